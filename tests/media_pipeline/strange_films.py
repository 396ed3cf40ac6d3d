"""Films as phones, cameras and editing programs make them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.media_pipeline.atoms import box_first
from tests.media_pipeline.making import (
    AAC,
    FLASH_S,
    LAYOUTS,
    X264,
    FilmMaker,
    beep,
    marked_picture,
    run_ffmpeg,
)

Signal = Callable[[np.ndarray], np.ndarray]
HDR_PATCHES = {
    "grey": (50.0, 50.0, 50.0),
    "white": (203.0, 203.0, 203.0),
    "lamp": (400.0, 400.0, 400.0),
    "sun": (1000.0, 1000.0, 1000.0),
    "green": (0.0, 203.0, 0.0),
    "bright green": (0.0, 1000.0, 0.0),
    "orange": (200.0, 100.0, 40.0),
    "bright orange": (1000.0, 500.0, 200.0),
}
"""Light in nits of red, green and blue by the primaries of BT.2020."""
PATCH_SIZE = 80
TO_BT709 = "scale=out_color_matrix=bt709,setparams=colorspace=bt709"


def pq_signal(nits: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084: what is stored for light, 0 to 1."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = (nits / 10_000) ** m1
    return ((c1 + c2 * power) / (1 + c3 * power)) ** m2


def hlg_signal(nits: np.ndarray) -> np.ndarray:
    """ITU-R BT.2100, for a screen of 1000 nits: the system's gamma undone, then the curve."""
    shown = nits / 1000
    luma = shown @ np.array([0.2627, 0.6780, 0.0593])
    scene = shown * (luma ** ((1 - 1.2) / 1.2))[:, None]
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    above = a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), above)


class StrangeFilms(FilmMaker):
    """Right films that are easily misread."""

    def _film_turned_90(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", -90)

    def _film_turned_and_mirrored(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", -90, "-display_hflip")

    def _film_askew(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", -10)

    def _film_nearly_turned(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", -80)

    def _film_turned_180(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", 180)

    def _film_turned_270(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_rotation", 90)

    def _film_mirrored(self, name: str) -> Path:
        return self.rewrapped(name, "plain", "-display_hflip")

    def _film_wide_pixels(self, name: str) -> Path:
        return self.marked(name, size=(360, 288), vf="setsar=16/11")

    def _film_odd_size(self, name: str) -> Path:
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p")
        return self.marked(name, size=(427, 241), picture=picture)

    def _film_pq(self, name: str) -> Path:
        return self._hdr(name, "smpte2084")

    def _film_hlg(self, name: str) -> Path:
        return self._hdr(name, "arib-std-b67")

    def _hdr(self, name: str, transfer: str) -> Path:
        convert = (
            "scale=in_color_matrix=smpte170m:out_color_matrix=bt709,format=yuv444p,"
            "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
            "format=gbrp,zscale=tin=bt709:pin=bt709:min=gbr:rin=pc:t=linear:npl=203,format=gbrpf32le,"
            f"zscale=p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
        )
        picture = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
        tags = ("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc")
        return self.marked(name, picture=picture, more=tags, vf=convert, seconds=2, size=(480, 270))

    def _film_pq_bright(self, name: str) -> Path:
        return self._patches(name, "smpte2084", pq_signal)

    def _film_hlg_bright(self, name: str) -> Path:
        return self._patches(name, "arib-std-b67", hlg_signal)

    def _patches(self, name: str, transfer: str, signal: Signal) -> Path:
        """The patches of HDR_PATCHES side by side, from light by the standards' own formulas."""
        path, raw = self.path(f"{name}.mp4"), self.path(f"{name}.rgb")
        bars = np.repeat(signal(np.array(list(HDR_PATCHES.values()))), PATCH_SIZE, axis=0)
        picture = np.broadcast_to(np.minimum(bars, 1.0), (480, *bars.shape))
        raw.write_bytes((picture * 65535).round().astype("<u2").tobytes())
        told = ("-f", "rawvideo", "-pix_fmt", "rgb48le", "-s", f"{len(bars)}x480", "-r", 25)
        told_colours = f"color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
        chain = (
            "loop=loop=24:size=1,scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le,"
            f"setparams={told_colours}"
        )
        codec = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:crf=8")
        run_ffmpeg(*told, "-i", raw, "-vf", chain, *codec, path)
        return path

    def _film_interlaced(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        woven = "testsrc2=s=640x480:r=50:d=2,interlace=scan=tff,setfield=tff"
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-flags", "+ildct+ilme", "-top", "1")
        run_ffmpeg("-f", "lavfi", "-i", woven, *picture[:4], "-x264-params", "tff=1", path)
        return path

    def _film_interlaced_bottom_first(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        woven = "testsrc2=s=640x480:r=50:d=2,interlace=scan=bff,setfield=bff"
        codec = ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "bff=1")
        run_ffmpeg("-f", "lavfi", "-i", woven, *codec, path)
        return path

    def _film_interlaced_untold(self, name: str) -> Path:
        """Woven bottom field first, in a format that cannot say so; its title stands still."""
        path = self.path(f"{name}.avi")
        title = "drawbox=c=gray:t=fill:enable='lt(t,2.2)'"
        woven = f"testsrc2=s=640x480:r=50:d=6,{title},interlace=scan=bff:lowpass=0,setfield=prog"
        run_ffmpeg("-f", "lavfi", "-i", woven, "-c:v", "mpeg4", "-q:v", 4, path)
        return path

    def _film_scrolling(self, name: str) -> Path:
        """A page that scrolls four lines at a time, in a format that tells of no fields."""
        path, page = self.path(f"{name}.avi"), "testsrc=s=640x1000:r=25:d=0.04,loop=loop=99:size=1"
        moved = f"{page},crop=640:360:0:'min(n*4,ih-360)'"
        run_ffmpeg("-f", "lavfi", "-i", moved, "-c:v", "mjpeg", "-q:v", 4, path)
        return path

    def _film_transparent(self, name: str) -> Path:
        path = self.path(f"{name}.mov")
        clear = "color=c=red@0.0:s=320x240:r=25:d=2,format=rgba"
        half = "drawbox=x=160:y=0:w=160:h=240:c=lime@1.0:t=fill:replace=1"
        run_ffmpeg("-f", "lavfi", "-i", f"{clear},{half}", "-c:v", "qtrle", path)
        return path

    def _film_transparent_vp8(self, name: str) -> Path:
        return self._transparent_webm(name, "libvpx")

    def _film_transparent_vp9(self, name: str) -> Path:
        return self._transparent_webm(name, "libvpx-vp9")

    def _transparent_webm(self, name: str, codec: str) -> Path:
        """White under its transparent left half, green in its right half."""
        path = self.path(f"{name}.webm")
        seen = "drawbox=x=160:y=0:w=160:h=240:c=lime:t=fill"
        mask = "color=c=black:s=320x240:r=25:d=2,drawbox=x=160:y=0:w=160:h=240:c=white:t=fill"
        whole = f"color=c=white:s=320x240:r=25:d=2,{seen}[p];{mask},format=gray[m]"
        graph = f"{whole};[p][m]alphamerge,format=yuva420p"
        how = ("-c:v", codec, "-auto-alt-ref", 0, "-b:v", "1M", "-deadline", "realtime")
        run_ffmpeg("-f", "lavfi", "-i", graph, *how, path)
        return path

    def _film_uneven_rate(self, name: str) -> Path:
        path = self.path(f"{name}.mkv")
        uneven = f"{marked_picture(640, 360, '30', 4)},select='not(between(mod(n,15),3,7))'"
        inputs = ("-f", "lavfi", "-i", uneven, "-f", "lavfi", "-i", beep(4))
        run_ffmpeg(*inputs, "-fps_mode", "vfr", *X264, "-c:a", "libopus", path)
        return path

    def _film_million(self, name: str) -> Path:
        """Says that a million pictures come in a second; their times say 25."""
        path = self.path(f"{name}.mkv")
        run_ffmpeg("-i", self.get("plain"), "-c", "copy", path)
        data = bytearray(path.read_bytes())
        at = data.index(b"\x23\xe3\x83\x84") + 4  # DefaultDuration, in four bytes of nanoseconds
        data[at : at + 4] = (1000).to_bytes(4, "big")
        path.write_bytes(data)
        return path

    def _film_held_end(self, name: str) -> Path:
        """A recording of a screen: nothing moves any more, so its last picture lasts 4 s."""
        holding = ("-bsf:v", "setts=duration='if(eq(N,74),4/TB,DURATION)'")
        return self._held(name, self.get("plain"), *holding, "-af", "apad=whole_dur=6.96")

    def _film_slides(self, name: str) -> Path:
        """Three pictures: 2 s, 2 s and 6 s."""
        path = self.path(f"{name}-even.mp4")
        run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=640x360:r=1/2:d=6", *X264, path)
        return self._held(name, path, "-bsf:v", "setts=duration='if(eq(N,2),6/TB,DURATION)'")

    def _film_one_picture(self, name: str) -> Path:
        """A picture that is shown for a whole song."""
        path, song = self.path(f"{name}-short.mp4"), "sine=440:d=6"
        picture = ("-f", "lavfi", "-i", marked_picture(seconds=0.04))
        run_ffmpeg(*picture, "-f", "lavfi", "-i", song, *X264, *AAC, path)
        return self._held(name, path, "-bsf:v", "setts=duration=6/TB")

    def _film_outlasted(self, name: str) -> Path:
        """Two seconds of picture under eight seconds of sound."""
        path, picture = self.path(f"{name}.mp4"), marked_picture(seconds=2)
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beep(8), *X264, *AAC, path)
        return path

    def _film_brightening(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = "color=c=white:s=320x180:r=25:d=8,fade=in:st=0:d=8"
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path

    def _film_moment(self, name: str) -> Path:
        return self.marked(name, seconds=0.04, sound=None)

    def _held(self, name: str, of: Path, *how: object) -> Path:
        path = self.path(f"{name}.mp4")
        sound = AAC if "-af" in how else ("-c:a", "copy")
        run_ffmpeg("-i", of, "-c:v", "copy", *sound, *how, path)
        return path

    def _film_edited(self, name: str) -> Path:
        """Begins within a group of pictures, by an edit list."""
        return self.rewrapped(name, "plain", "-ss", FLASH_S / 2)

    def _film_early(self, name: str) -> Path:
        """Its first times are negative."""
        path = self.path(f"{name}.mp4")
        keeping = ("-c", "copy", "-copyts", "-avoid_negative_ts", "disabled")
        run_ffmpeg("-itsoffset", "-0.3", "-i", self.get("plain"), *keeping, path)
        return path

    def _film_late_sound(self, name: str) -> Path:
        return self._late(name, "null", "atrim=start=0.6")

    def _film_late_picture(self, name: str) -> Path:
        return self._late(name, "trim=start=0.6", "anull")

    def _late(self, name: str, vf: str, af: str) -> Path:
        path = self.path(f"{name}.mp4")
        inputs = ("-f", "lavfi", "-i", marked_picture(), "-f", "lavfi", "-i", beep())
        run_ffmpeg(*inputs, "-vf", vf, "-af", af, *X264, *AAC, path)
        return path

    def _film_clock_wraps(self, name: str) -> Path:
        """The 33 bits of a broadcast clock end after half a second."""
        path = self.path(f"{name}.ts")
        offset = (2**33 / 90_000) - 0.5
        run_ffmpeg("-i", self.get("plain"), "-c", "copy", "-output_ts_offset", offset, path)
        return path

    def _film_clock_jumps(self, name: str) -> Path:
        """Two recordings in one file, as cameras leave them, each with a clock of its own."""
        path = self.path(f"{name}.ts")
        parts = []
        for number, offset in enumerate((100, 5000)):
            part = self.path(f"{name}-{number}.ts")
            run_ffmpeg("-i", self.get("plain"), "-c", "copy", "-output_ts_offset", offset, part)
            parts.append(part.read_bytes())
        path.write_bytes(b"".join(parts))
        return path

    def _film_sides_apart(self, name: str) -> Path:
        """As editing programs write it: silence in the left track, the beep in the right one."""
        path = self.path(f"{name}.mov")
        silence, sound = "anullsrc=r=48000:cl=mono:d=3", beep(3, "mono")
        inputs = [("-f", "lavfi", "-i", each) for each in (marked_picture(), silence, sound)]
        maps = ("-map", 0, "-map", 1, "-map", 2, *X264, "-c:a", "pcm_s16le")
        run_ffmpeg(*(word for each in inputs for word in each), *maps, path)
        return path

    def _film_two_languages(self, name: str) -> Path:
        """The same two tracks, where they are two languages."""
        named = ("-metadata:s:a:0", "language=ara", "-metadata:s:a:1", "language=fra")
        path = self.path(f"{name}.mov")
        run_ffmpeg("-i", self.get("sides_apart"), "-map", 0, "-c", "copy", *named, path)
        return path

    def _film_layout_changes(self, name: str) -> Path:
        """A broadcast: four quiet seconds in stereo, then four loud ones in 5.1."""
        path, parts = self.path(f"{name}.ts"), []
        for number, (layout, level) in enumerate((("stereo", 0.003), ("5.1", 0.05))):
            part = self.path(f"{name}-{number}.ts")
            picture = marked_picture(seconds=4)
            wave = "|".join([f"{level}*sin(2*PI*1000*t)"] * LAYOUTS[layout])
            sound = f"aevalsrc=exprs='{wave}':s=48000:d=4:c={layout}"
            inputs = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound)
            run_ffmpeg(*inputs, *X264, "-c:a", "ac3", "-output_ts_offset", 4 * number, part)
            parts.append(part.read_bytes())
        path.write_bytes(b"".join(parts))
        return path

    def _film_late_start(self, name: str) -> Path:
        path = self.path(f"{name}.mkv")
        run_ffmpeg("-itsoffset", "5", "-i", self.get("plain"), "-copyts", "-c", "copy", path)
        return path

    def _film_bt601(self, name: str) -> Path:
        tags = "setparams=colorspace=smpte170m:color_primaries=smpte170m:color_trc=smpte170m"
        vf = f"scale=out_color_matrix=smpte170m,format=yuv420p,{tags}"
        return self.marked(name, size=(640, 480), vf=vf)

    def _film_full_range(self, name: str) -> Path:
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuvj420p")
        vf = "scale=out_range=pc:out_color_matrix=bt709,format=yuvj420p"
        return self.marked(name, picture=picture, vf=vf, more=("-color_range", "pc"))

    def _film_ten_bit(self, name: str) -> Path:
        """As editing programs hand it over: ProRes, 4:2:2, ten bits."""
        picture = ("-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le")
        return self.marked(name, suffix="mov", picture=picture, vf=TO_BT709, seconds=2)

    def _film_four_two_two(self, name: str) -> Path:
        picture = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv422p")
        return self.marked(name, picture=picture, vf=TO_BT709)

    def _film_cover_first(self, name: str) -> Path:
        """A JPEG cover that stands before the film's own tracks."""
        path, cover = self.path(f"{name}.mp4"), self.path("cover.jpg")
        run_ffmpeg("-f", "lavfi", "-i", "color=c=red:s=64x64:d=0.04", "-frames:v", 1, cover)
        maps = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic")
        run_ffmpeg("-i", self.get("plain"), "-i", cover, *maps, path)
        path.write_bytes(box_first(path.read_bytes(), (b"moov",), b"udta"))
        return path

    def _film_with_data(self, name: str) -> Path:
        """Time code, chapters and subtitles beside the picture, and two tracks of sound."""
        path, notes = self.path(f"{name}.mov"), self.path(f"{name}.txt")
        notes.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=One\n")
        lines = self.path(f"{name}.srt")
        lines.write_text("1\n00:00:00,500 --> 00:00:01,500\nHello\n")
        inputs = ("-i", self.get("plain"), "-i", lines, "-i", notes)
        maps = ("-map", "1", "-map", "0:a", "-map", "0:v", "-map", "0:a", "-map_chapters", 2)
        codecs = ("-c", "copy", "-c:s", "mov_text", "-timecode", "10:00:00:00")
        run_ffmpeg(*inputs, *maps, *codecs, path)
        return path

    def _film_with_cover(self, name: str) -> Path:
        path, cover = self.path(f"{name}.mp4"), self.path("cover.png")
        run_ffmpeg("-f", "lavfi", "-i", "color=c=red:s=64x64:d=0.04", "-frames:v", 1, cover)
        maps = ("-map", "1", "-map", "0", "-c", "copy", "-disposition:v:0", "attached_pic")
        run_ffmpeg("-i", self.get("plain"), "-i", cover, *maps, path)
        return path

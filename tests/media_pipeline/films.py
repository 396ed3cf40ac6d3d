"""All films of these tests."""

from pathlib import Path

from tests.media_pipeline.broken_films import BrokenFilms
from tests.media_pipeline.making import AAC, CENTRE, X264, beep, marked_picture, run_ffmpeg
from tests.media_pipeline.strange_films import StrangeFilms


class Films(StrangeFilms, BrokenFilms):
    """The strange, the broken, and these ordinary ones."""

    def _film_plain(self, name: str) -> Path:
        return self.marked(name, more=("-movflags", "+faststart"))

    def _film_moving(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = "testsrc2=s=1280x720:r=25:d=5"
        sound = "sine=f=440:d=5,volume=-20dB"
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, *AAC, path)
        return path

    def _film_portrait(self, name: str) -> Path:
        return self.marked(name, size=(360, 640))

    def _film_small(self, name: str) -> Path:
        return self.marked(name, size=(176, 144))

    def _film_silent_film(self, name: str) -> Path:
        return self.marked(name, sound=None)

    def _film_silence(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        quiet = "anullsrc=r=48000:cl=stereo:d=3"
        picture = marked_picture()
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", quiet, *X264, *AAC, path)
        return path

    def _film_surround(self, name: str) -> Path:
        return self.marked(name, sound="5.1")

    def _film_centre_only(self, name: str) -> Path:
        """As films are mixed: whoever speaks is heard from the centre."""
        path = self.path(f"{name}.mp4")
        sound = beep(3, "5.1", only=CENTRE)
        picture = marked_picture()
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, *AAC, path)
        return path

    def _film_thunder(self, name: str) -> Path:
        """Quiet talk with a clap in it: brought to -16 LUFS by one gain, the clap would be cut."""
        path = self.path(f"{name}.mp4")
        talk = "0.01*sin(2*PI*300*t)*(1.2+sin(2*PI*3*t))"
        clap = "0.9*sin(2*PI*1000*t)*between(mod(t,4),2,2.005)"
        sound = f"aevalsrc=exprs='{talk}+{clap}':s=48000:d=8"
        picture = marked_picture(320, 240, seconds=8)
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *X264, *AAC, path)
        return path

    def _film_half_a_second(self, name: str) -> Path:
        return self.marked(name, seconds=0.5)

    def _film_five_minutes_and_more(self, name: str) -> Path:
        return self._long(name, "1", 301)

    def _film_four_hours(self, name: str) -> Path:
        """One picture a minute."""
        return self._long(name, "1/60", 4 * 3600)

    def _long(self, name: str, rate: str, seconds: int) -> Path:
        path = self.path(f"{name}.mp4")
        picture = f"testsrc2=s=320x180:r={rate}:d={seconds}"
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path

    def _film_seventy_tracks(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        maps = ("-map", "0:v", *("-map", "0:a") * 69)
        run_ffmpeg("-i", self.get("plain"), *maps, "-c", "copy", path)
        return path

    def _film_mono(self, name: str) -> Path:
        return self.marked(name, sound="mono")

    def _film_short_sound(self, name: str) -> Path:
        path = self.path(f"{name}.mp4")
        picture = marked_picture()
        run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beep(1.6), *X264, *AAC, path)
        return path

    def _film_sixty(self, name: str) -> Path:
        return self.marked(name, rate="60000/1001", size=(854, 480))

    def _film_webm(self, name: str) -> Path:
        picture = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
        return self.marked(name, suffix="webm", picture=picture, seconds=2, size=(320, 240))

    def _film_transport_stream(self, name: str) -> Path:
        return self.rewrapped(name, "plain", suffix="ts")

    def _film_avi(self, name: str) -> Path:
        picture = ("-c:v", "mjpeg", "-qscale:v", "4", "-pix_fmt", "yuvj420p")
        return self.marked(name, suffix="avi", picture=picture, size=(320, 240))

    def _film_mostly_black_or_blurred(self, name: str) -> Path:
        """Black, then blurred, then sharp from 4 to 5 s, then white."""
        path = self.path(f"{name}.mp4")
        picture = (
            "testsrc2=s=640x360:r=25:d=7,gblur=sigma=20:enable='lt(t,4)',"
            "drawbox=c=black:t=fill:enable='lt(t,2)',drawbox=c=white:t=fill:enable='gt(t,5)'"
        )
        run_ffmpeg("-f", "lavfi", "-i", picture, *X264, path)
        return path

    def _film_sound_only(self, name: str) -> Path:
        path = self.path(f"{name}.m4a")
        run_ffmpeg("-f", "lavfi", "-i", beep(), *AAC, path)
        return path

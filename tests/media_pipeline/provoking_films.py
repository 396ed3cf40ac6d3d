"""A master that is as it should be, and copies of it with one fault each."""

from pathlib import Path

from tests.media_pipeline.making import FilmMaker, run_ffmpeg

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2")
COPIED = ("-c", "copy")
FLASHING = "drawbox=c=white:t=fill:enable='between(t,2,5)*lt(mod(t,0.2),0.1)'"


class ProvokingFilms(FilmMaker):
    """Eight seconds each, 160 x 120, but for the fault."""

    def _film_good(self, name: str) -> Path:
        path = self.path("good.mp4")
        # A lattice of dark greys that goes by: nothing in it is black, still, or too light.
        waves = "lum='70+30*sin((X+4*N)/9)+20*sin(Y/7)':cb=128:cr=128"
        picture = f"color=c=gray:s=160x120:r=25:d=8,format=yuv420p,geq={waves}"
        sound = "sine=f=997:r=48000:d=8,volume=-1.9dB"
        inputs = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound)
        run_ffmpeg(*inputs, *H264, *AAC, path)
        return path

    def faulty(self, name: str, *arguments: object, suffix: str = "mp4") -> Path:
        path = self.path(f"{name}.{suffix}")
        run_ffmpeg("-i", self.get("good"), *arguments, path)
        return path

    def repainted(self, name: str, vf: str, *more: object) -> Path:
        return self.faulty(name, "-vf", vf, *H264, *more, "-c:a", "copy")

    def resounded(self, name: str, af: str) -> Path:
        return self.faulty(name, "-c:v", "copy", "-af", af, *AAC)

    def _film_container(self, name: str) -> Path:
        return self.faulty(name, *COPIED, suffix="mov")

    def _film_picture_codec(self, name: str) -> Path:
        return self.faulty(name, *H264, "-profile:v", "main", "-c:a", "copy")

    def _film_picture_size(self, name: str) -> Path:
        return self.repainted(name, "scale=128:96")

    def _film_frame_rate(self, name: str) -> Path:
        return self.repainted(name, "fps=30")

    def _film_field_order(self, name: str) -> Path:
        return self.repainted(name, "setfield=tff", "-flags", "+ildct+ilme")

    def _film_sound_codec(self, name: str) -> Path:
        return self.faulty(name, "-c:v", "copy", *AAC, "-ar", "44100")

    def _film_sound_tracks(self, name: str) -> Path:
        return self.faulty(name, *COPIED, "-an")

    def _film_duration(self, name: str) -> Path:
        return self.faulty(name, "-t", "7", *H264, *AAC)

    def _film_loudness(self, name: str) -> Path:
        return self.resounded(name, "volume=6dB")

    def _film_true_peak(self, name: str) -> Path:
        return self.resounded(name, "volume=24dB:enable='between(t,3,3.01)'")

    def _film_levels(self, name: str) -> Path:
        return self.repainted(name, "lutyuv=y='if(gt(val,80),254,val)'")

    def _film_black(self, name: str) -> Path:
        return self.repainted(name, "drawbox=c=black:t=fill:enable='between(t,2,6)'")

    def _film_freeze(self, name: str) -> Path:
        return self.repainted(name, "trim=end=1,tpad=stop_mode=clone:stop_duration=7")

    def _film_flashes(self, name: str) -> Path:
        return self.repainted(name, FLASHING)

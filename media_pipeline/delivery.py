"""Delivery profiles: what a master for a distributor is like. Data with a digest, like recipes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Literal

import rfc8785

from media_pipeline import ladder
from media_pipeline.source import Source

Scan = Literal["progressive", "top field first"]
Option = str | int
Options = Mapping[str, Option]

BROADCAST_LOUDNESS = {"integrated": -23.0, "true_peak": -1.0, "range": 20.0}
"""EBU R128: the programme's loudness in LUFS, and its highest true peak in dBTP."""
LONGEST_PADDING_S = 0.2
"""Sound that outlasts the pictures by less is the filling of an encoder's last block."""


@dataclass(frozen=True)
class Tolerances:
    """How far a master may be from its profile before its report warns.

    `loudness_lu` and `true_peak_db` are deviations, `outside_levels` is the share of a picture's
    pixels whose luma may lie outside of -1 to 103 % (EBU R103: 1 %), `black_s` and `freeze_s` are
    the longest spans that pass without a word, `length_s` the difference to the film.
    """

    loudness_lu: float = 0.5
    true_peak_db: float = 0.1
    outside_levels: float = 0.01
    black_s: float = 3.0
    freeze_s: float = 5.0
    length_s: float = 0.1


@dataclass(frozen=True)
class Profile:
    """One kind of master.

    `picture`, `sound` and `container` are options of ffmpeg. `canvas` is the size that every
    film is fitted into, without cropping, None for the film's own; `rate` likewise. `sound_tracks`
    is 1 for a stereo track, 2 for two tracks of one channel. `codec`, `codec_profile` and
    `sound_codec` are what ffprobe calls the result; `bit_rate` is in bit/s where it is constant.
    """

    name: str
    extension: str
    media_type: str
    muxer: str
    demuxer: str
    pix_fmt: str
    codec: str
    codec_profile: str
    sound_codec: str
    picture: Options
    sound: Options
    container: Options
    scan: Scan = "progressive"
    canvas: tuple[int, int] | None = None
    rate: str | None = None
    bit_rate: int | None = None
    sound_tracks: int = 1
    loudness: Mapping[str, float] = field(default_factory=lambda: BROADCAST_LOUDNESS)
    tolerances: Tolerances = Tolerances()

    @property
    def interlaced(self) -> bool:
        """Whether each picture is woven of two fields."""
        return self.scan != "progressive"


_BT709: Options = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "color_range": "tv",
}

WEB = Profile(
    name="web",
    extension="mp4",
    media_type="video/mp4",
    muxer="mp4",
    demuxer="mov",
    pix_fmt="yuv420p",
    codec="h264",
    codec_profile="High",
    sound_codec="aac",
    picture={"vcodec": "libx264", "preset": "medium", "profile:v": "high", "crf": 14, **_BT709},
    sound={"acodec": "aac", "b:a": 320_000},
    container={"movflags": "+faststart"},
    # What AAC decodes to differs from what it was given.
    tolerances=Tolerances(true_peak_db=0.5),
)
"""For players and platforms: as large as the film, H.264 that looks like it, AAC."""

PRORES = Profile(
    name="prores",
    extension="mov",
    media_type="video/quicktime",
    muxer="mov",
    demuxer="mov",
    pix_fmt="yuv422p10le",
    codec="prores",
    codec_profile="HQ",
    sound_codec="pcm_s24le",
    picture={"vcodec": "prores_ks", "profile:v": 3, "vendor": "apl0", **_BT709},
    sound={"acodec": "pcm_s24le"},
    container={"movflags": "+faststart+write_colr"},
)
"""For editing and cinemas: ProRes 422 HQ, as large as the film, PCM."""

XDCAM = Profile(
    name="xdcam",
    extension="mxf",
    media_type="application/mxf",
    muxer="mxf",
    demuxer="mxf",
    pix_fmt="yuv422p",
    codec="mpeg2video",
    codec_profile="4:2:2",
    sound_codec="pcm_s24le",
    picture={
        "vcodec": "mpeg2video",
        "profile:v": 0,
        "level:v": 2,
        "b:v": 50_000_000,
        "minrate": 50_000_000,
        "maxrate": 50_000_000,
        "bufsize": 17_825_792,
        "rc_max_vbv_use": 1,
        "rc_min_vbv_use": 1,
        "g": 12,
        "bf": 2,
        "sc_threshold": 1_000_000_000,
        "qmin": 1,
        "qmax": 12,
        "lmin": "1*QP2LAMBDA",
        "flags:v": "+ildct+ilme",
        "intra_vlc": 1,
        "non_linear_quant": 1,
        "intra_dc_precision": 2,
        "seq_disp_ext": "always",
        "video_format": "component",
        **_BT709,
    },
    sound={"acodec": "pcm_s24le"},
    container={"timecode": "10:00:00:00"},
    scan="top field first",
    canvas=(1920, 1080),
    rate="25",
    bit_rate=50_000_000,
    sound_tracks=2,
)
"""For television: XDCAM HD422 at 50 Mbit/s in MXF OP1a, 1080i25, two tracks of PCM."""

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (WEB, PRORES, XDCAM)}
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
"""Whose subtitles can be burned in: the six of the United Nations."""


STEPS = {"burning": "libass", "to 25i": "pulldown below 25, blended above"}
"""What the masters have in common; it changes with the code that makes them."""


def recipe_digest(profile: Profile, language: str | None, text_sha256: str | None) -> str:
    """The digest of all that makes a master what it is, besides its film."""
    recipe = {"profile": asdict(profile), "language": language, "text": text_sha256, "steps": STEPS}
    return sha256(rfc8785.dumps(recipe)).hexdigest()


def master_name(profile: Profile, language: str | None) -> str:
    """What its file is called, without the extension; unique among the outputs of a film."""
    return f"master-{profile.name}-{language}" if language else f"master-{profile.name}"


def length_s(source: Source) -> float:
    """How long a master of the film is: its pictures, and sound that goes on without them."""
    outlasting = source.duration_s - source.picture_s
    return source.duration_s if outlasting > LONGEST_PADDING_S else source.picture_s


def canvas_of(profile: Profile, source: Source) -> tuple[int, int]:
    """The size of the master's picture."""
    return profile.canvas or ladder.size_within(source, source.short_side)


def rate_of(profile: Profile, source: Source) -> Fraction:
    """Pictures per second of the master."""
    return Fraction(profile.rate) if profile.rate else source.rate

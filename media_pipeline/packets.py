"""The times of a film's pictures and sounds as its packets carry them; nothing is decoded."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

from media_pipeline import sandbox
from media_pipeline.probe import Picture, Probed, seconds

_ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time,flags"
JUMP_S = 10.0
"""From here on ffmpeg takes a step in a broadcasting format for a new clock, not for a pause."""
_LONG_GAP = 1.5
_UNEVEN_SHARE = 0.01
_FEW_WITHOUT_TIME = 0.1


@dataclass(frozen=True)
class Packets:
    """When pictures are shown. Seconds from the film's beginning, in the order of the display.

    `picture_end_s` and `sound_end_s` are the ends of the last ones, 0 without any; the last picture
    may be held for long. `jumps` tells that the film's clock was set anew on the way, so that a
    time cannot be looked up in the file.
    """

    picture_times: tuple[float, ...]
    key_times: tuple[float, ...]
    picture_end_s: float
    sound_end_s: float
    jumps: bool

    @property
    def usual_gap_s(self) -> float:
        """From one picture to the next, in general; 0 for a single picture."""
        gaps = self._gaps
        return median(gaps) if gaps else 0.0

    @property
    def variable_rate(self) -> bool:
        """Whether more than one picture in a hundred comes late, and more than a single one."""
        usual_s, gaps = self.usual_gap_s, self._gaps
        late = sum(gap > usual_s * _LONG_GAP for gap in gaps)
        return late > max(1, len(gaps) * _UNEVEN_SHARE)

    @property
    def even_rate(self) -> Fraction | None:
        """Pictures per second where they follow each other evenly; None where there is only one."""
        longest_s = self.usual_gap_s * _LONG_GAP
        even = [gap for gap in self._gaps if gap <= longest_s]
        return Fraction(len(even) / sum(even)).limit_denominator(1001) if sum(even) else None

    @property
    def average_rate(self) -> Fraction | None:
        """Pictures per second; None where there is only one."""
        times = self.picture_times
        if len(times) < 2 or times[-1] <= times[0]:
            return None
        return Fraction((len(times) - 1) / (times[-1] - times[0])).limit_denominator(1001)

    @property
    def _gaps(self) -> list[float]:
        return [after - before for before, after in pairwise(self.picture_times)]


@dataclass(frozen=True)
class _Packet:
    stream: int
    shown_s: float | None
    decoded_s: float | None
    duration_s: float
    key: bool
    hidden: bool


def read_packets(path: Path, probed: Probed, picture: Picture, *, wall_s: float = 300) -> Packets:
    """Read every packet of the picture and the first sound; ProcessFailed if that is impossible."""
    done = sandbox.run(
        "ffprobe",
        [
            *("-v", "error", "-show_packets", "-show_entries", _ENTRIES, "-of", "csv=p=0"),
            *sandbox.source_arguments(path, probed.demuxer),
        ],
        readable=[path],
        bounds=sandbox.bounds_for(picture.coded_width * picture.coded_height, wall_s),
    )
    read = (picture.index, probed.audio_index)
    found = [each for each in _parsed(done.stdout) if each.stream in read]
    jumps = False
    if probed.has_own_clock:
        jumps, found = _on_one_clock(found)
    pictures = [each for each in found if each.stream == picture.index and not each.hidden]
    sounds = [each for each in found if each.stream == probed.audio_index and not each.hidden]
    return _sorted(pictures, sounds, probed.start_s, jumps)


def _sorted(pictures: list[_Packet], sounds: list[_Packet], start_s: float, jumps: bool) -> Packets:
    timed = _timed(pictures)
    times = sorted(time_s - start_s for time_s, _ in timed)
    keys = sorted(time_s - start_s for time_s, packet in timed if packet.key)
    usual_s = Packets(tuple(times), (), 0.0, 0.0, jumps).usual_gap_s
    last_s = max((each.duration_s for t, each in timed if t - start_s == times[-1]), default=0.0)
    sound_ends = [time_s + each.duration_s - start_s for time_s, each in _timed(sounds)]
    return Packets(
        picture_times=tuple(times),
        key_times=tuple(keys),
        picture_end_s=times[-1] + max(usual_s, last_s) if times else 0.0,
        sound_end_s=max(sound_ends, default=0.0),
        jumps=jumps,
    )


def _timed(packets: list[_Packet]) -> list[tuple[float, _Packet]]:
    """Packets with the time at which they are shown, or decoded where the file lacks the former."""
    shown = [(each.shown_s, each) for each in packets if each.shown_s is not None]
    if len(packets) - len(shown) <= len(packets) * _FEW_WITHOUT_TIME:
        return shown
    return [(each.decoded_s, each) for each in packets if each.decoded_s is not None]


def _on_one_clock(packets: list[_Packet]) -> tuple[bool, list[_Packet]]:
    """The packets, in the file's order, as if the clock had never been set anew."""
    shift_s, jumps = 0.0, False
    expected: dict[int, float] = {}
    found = []
    for each in packets:
        if each.decoded_s is not None:
            step_s = each.decoded_s + shift_s - expected.get(each.stream, each.decoded_s + shift_s)
            if abs(step_s) > JUMP_S:
                shift_s, jumps = shift_s - step_s, True
            expected[each.stream] = each.decoded_s + shift_s + each.duration_s
        found.append(_shifted(each, shift_s))
    return jumps, found


def _shifted(packet: _Packet, by_s: float) -> _Packet:
    shown_s = None if packet.shown_s is None else packet.shown_s + by_s
    decoded_s = None if packet.decoded_s is None else packet.decoded_s + by_s
    return _Packet(packet.stream, shown_s, decoded_s, packet.duration_s, packet.key, packet.hidden)


def _parsed(table: bytes) -> Iterator[_Packet]:
    for line in table.decode("ascii", "replace").splitlines():
        # Side data of a packet follows in further columns.
        fields = [*line.split(",")[:5], "", "", "", "", ""]
        stream, shown, decoded, duration, flags = fields[:5]
        if not stream.isdigit():
            continue
        yield _Packet(
            stream=int(stream),
            shown_s=seconds(shown),
            decoded_s=seconds(decoded) if seconds(decoded) is not None else seconds(shown),
            duration_s=seconds(duration) or 0.0,
            key=flags.startswith("K"),
            hidden="D" in flags,
        )

"""What a few seconds of looking tell of a film's pictures: that they decode, and where they end."""

from dataclasses import dataclass
from pathlib import Path

from media_pipeline.packets import Packets, read_packets
from media_pipeline.probe import Picture, Probed
from media_pipeline.sampling import Fields, Sample, sample

_FIRST_PICTURES = 50
_LAST_S = 1.0
_LONGEST_LAST_LOOK_S = 15.0
_MIDDLE = 0.4
_SAME_S = 0.001


@dataclass(frozen=True)
class Seen:
    """The times of all pictures, where the last one that decodes ends, and how they are woven."""

    packets: Packets
    picture_end_s: float
    fields: Fields


def look(path: Path, probed: Probed, picture: Picture) -> Seen | None:
    """Read all packets and decode some pictures; None if none decodes. Raises ProcessFailed."""
    packets = read_packets(path, probed, picture)
    first = sample(path, probed, picture, most_pictures=_FIRST_PICTURES)
    if not packets.picture_times or not first.times:
        return None
    fields = first.fields
    middle_s = _key_before(packets, packets.picture_end_s * _MIDDLE)
    if picture.interlaced is None and middle_s and not packets.jumps:
        # Titles do not move: what is woven shows where something does.
        fields += sample(
            path, probed, picture, begin_s=middle_s, most_pictures=_FIRST_PICTURES
        ).fields
    return Seen(packets, _end_s(path, probed, picture, packets), fields)


def _end_s(path: Path, probed: Probed, picture: Picture, packets: Packets) -> float:
    """The end of the last picture that decodes.

    Only what follows one of the last key pictures is decoded. A film without one there would have
    to be decoded whole: its packets are believed.
    """
    promised_s = packets.picture_end_s
    begin_s = _key_before(packets, promised_s - _LAST_S)
    if packets.jumps or (begin_s is None and promised_s > _LONGEST_LAST_LOOK_S):
        return promised_s
    if begin_s is not None and promised_s - begin_s > _LONGEST_LAST_LOOK_S:
        return promised_s
    last = sample(path, probed, picture, begin_s=begin_s or 0.0)
    if not last.times:
        last = sample(path, probed, picture)
    return _end_of(last, packets)


def _end_of(last: Sample, packets: Packets) -> float:
    promised_s = packets.picture_end_s
    nearly_s = max(packets.usual_gap_s / 2, _SAME_S)
    if not last.times or last.times[-1] > packets.picture_times[-1] - nearly_s:
        return promised_s
    return min(promised_s, last.times[-1] + packets.usual_gap_s)


def _key_before(packets: Packets, latest_s: float) -> float | None:
    return max((key for key in packets.key_times if key <= latest_s), default=None)

"""The second judgement on a film: what only decoding it to its end can tell."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import rfc8785

from media_pipeline.codes import Finding, finding
from media_pipeline.damage import Damage, damage_of, lost_spans, places
from media_pipeline.errors import ProcessFailed
from media_pipeline.metering import metered
from media_pipeline.packets import read_packets
from media_pipeline.probe import probe
from media_pipeline.source import Source
from media_pipeline.verdict import has_lost_its_end
from media_pipeline.watching import Span, Watched, watch

MEASURES = {
    "black_s": 5.0,
    "frozen_s": 10.0,
    "silent_s": 15.0,
    "whole_share": 0.98,
    "badly_damaged_share": 0.05,
    "useless_share": 0.5,
}
"""How long a span must last to be told; from which share on it is nearly the whole film."""
_MOST_TIMES = 5
_WATCHED_SHARE = 0.8


@dataclass(frozen=True)
class Examination:
    """What was found. `duration_s` is how long the film really is; `cpu_s` what it took."""

    findings: tuple[Finding, ...]
    duration_s: float
    cpu_s: float


def recipe_digest() -> str:
    """Changes when films would be examined in another way."""
    return sha256(rfc8785.dumps({"examination": MEASURES})).hexdigest()


def examine(path: Path, source: Source, *, on_progress: Callable[[float], None]) -> Examination:
    """Decode a film that `inspect` has accepted to its end.

    `on_progress` gets the share that is done, 0 to 1, about every half second; an exception raised
    in it ends the work and passes through. Damage leads to findings, not to errors;
    ProcessTimedOut, ProcessStalled or ProcessKilled mean that no judgement was reached.
    """
    path = path.absolute()
    on_progress(0.0)
    with metered() as meter:
        found, duration_s = _found(path, source, on_progress)
    on_progress(1.0)
    return Examination(found, duration_s, meter.cpu_s)


def _found(
    path: Path, source: Source, on_progress: Callable[[float], None]
) -> tuple[tuple[Finding, ...], float]:
    """Findings, and how long the film really is."""
    try:
        watched = watch(
            path,
            source,
            black_s=min(MEASURES["black_s"], source.picture_s * MEASURES["whole_share"]),
            frozen_s=MEASURES["frozen_s"],
            silent_s=MEASURES["silent_s"],
            on_progress=lambda share: on_progress(_WATCHED_SHARE * share),
        )
        lost = _lost(path, source, watched)
        damage = damage_of(path, source) if lost or watched.complained else Damage()
    except ProcessFailed:
        return (_beyond_use(0.0, source),), 0.0
    found = [*_losses(source, watched, damage, lost), *_pictures(watched), *_sound(watched)]
    return tuple(found), round(watched.duration_s, 3)


def _lost(path: Path, source: Source, watched: Watched) -> list[Span]:
    probed = probe(path, source.demuxer)
    if probed.picture is None:
        return [Span(0.0, source.picture_s)]
    packets = read_packets(path, probed, probed.picture)
    return lost_spans(watched.times, packets.picture_times, source.picture_s)


def _losses(source: Source, watched: Watched, damage: Damage, lost: list[Span]) -> list[Finding]:
    bad_share = damage.pictures / max(1, len(watched.times))
    bad_share += sum(span.length_s for span in lost) / source.picture_s
    if bad_share >= MEASURES["useless_share"] or not watched.times:
        return [_beyond_use(max(0.0, 1.0 - bad_share) * source.picture_s, source)]
    found = []
    if has_lost_its_end(source.duration_s, watched.duration_s):
        lengths = {"declared_s": source.duration_s, "duration_s": round(watched.duration_s, 3)}
        found.append(finding("truncated", **lengths))
    hurt = places([*damage.times, *(span.begin_s for span in lost)])
    if hurt:
        badly = bad_share >= MEASURES["badly_damaged_share"]
        found.append(finding("damaged_badly" if badly else "damaged_in_part", **_told(hurt)))
    return found


def _beyond_use(good_s: float, source: Source) -> Finding:
    return finding("mostly_damaged", good_s=round(good_s, 3), duration_s=source.duration_s)


def _pictures(watched: Watched) -> list[Finding]:
    if _is_whole(watched.black, watched.picture_s):
        return [finding("all_black")]
    frozen = [span for span in watched.frozen if not _lies_in(span, watched.black)]
    if _is_whole(frozen, watched.picture_s):
        return [finding("all_frozen")]
    found = []
    black = [span for span in watched.black if span.length_s >= MEASURES["black_s"]]
    for code, spans in (("black_parts", black), ("frozen_parts", frozen)):
        if spans:
            found.append(finding(code, **_told([span.begin_s for span in spans])))
    return found


def _sound(watched: Watched) -> list[Finding]:
    spans = watched.silent
    if not spans or _is_whole(spans, watched.duration_s):
        return []
    return [finding("silent_parts", **_told([span.begin_s for span in spans]))]


def _is_whole(spans: list[Span], length_s: float) -> bool:
    return sum(span.length_s for span in spans) >= length_s * MEASURES["whole_share"] > 0


def _lies_in(span: Span, others: list[Span]) -> bool:
    middle_s = (span.begin_s + span.end_s) / 2
    return any(other.begin_s <= middle_s <= other.end_s for other in others)


def _told(times: list[float]) -> dict[str, object]:
    """How many, and the first of them."""
    return {"count": len(times), "times_s": [round(time_s, 3) for time_s in times[:_MOST_TIMES]]}

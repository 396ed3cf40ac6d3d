"""What a file of ours holds, packet by packet, with a digest of each; nothing is decoded."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from media_pipeline import sandbox
from media_pipeline.errors import Damaged, ProcessFailed
from media_pipeline.probe import seconds

_ENTRIES = (
    "stream=index,codec_type,codec_name,extradata_hash"
    ":packet=stream_index,pts_time,dts_time,flags,data_hash"
)
_PIXELS = 8192 * 4320
_MOST_OUTPUT_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True)
class Packet:
    """One encoded picture or piece of sound. `shown_s` is when it is to be shown or heard."""

    shown_s: float
    key: bool
    digest: str


@dataclass(frozen=True)
class Held:
    """One stream: its packets in the order of the file, without those that are not to be shown.

    `setup_digest` is of what a decoder is told before the first packet.
    """

    kind: str
    codec: str
    setup_digest: str
    packets: tuple[Packet, ...]

    @property
    def end_s(self) -> float:
        """When its last packet begins; 0 without any."""
        return max((packet.shown_s for packet in self.packets), default=0.0)


@dataclass(frozen=True)
class Contents:
    """All streams of a file, in its order."""

    streams: tuple[Held, ...]

    def first(self, kind: str) -> Held | None:
        """The first stream of a kind, `video` or `audio`."""
        return next((held for held in self.streams if held.kind == kind), None)


def read_contents(path: Path, demuxer: str, *, wall_s: float = 600, niceness: int = 0) -> Contents:
    """Read every packet; Damaged if that is not possible without complaints."""
    arguments = ["-v", "error", "-show_data_hash", "crc32", "-show_packets", "-show_streams"]
    arguments += ["-show_entries", _ENTRIES, "-of", "csv"]
    bounds = sandbox.bounds_for(_PIXELS, wall_s, niceness=niceness)
    bounds = replace(bounds, stdout_bytes=_MOST_OUTPUT_BYTES)
    try:
        done = sandbox.run(
            "ffprobe",
            [*arguments, *sandbox.source_arguments(path, demuxer)],
            readable=[path],
            bounds=bounds,
        )
    except ProcessFailed as failure:
        raise Damaged(name=path.name, tail=failure.tail) from failure
    if done.log.strip():
        raise Damaged(name=path.name, tail=done.log.splitlines()[0][:200])
    rows = list(csv.reader(done.stdout.decode("ascii", "replace").splitlines()))
    return Contents(tuple(_streams(rows)))


def _streams(rows: list[list[str]]) -> Iterator[Held]:
    packets: dict[str, list[Packet]] = {}
    for row in rows:
        if row[0] == "packet":
            packets.setdefault(row[1], []).extend(_packet(row))
    for row in rows:
        if row[0] == "stream":
            _, index, codec, kind, *setup = row
            yield Held(kind, codec, "".join(setup), tuple(packets.get(index, ())))


def _packet(row: list[str]) -> Iterator[Packet]:
    _, _, shown, decoded, flags, digest, *_ = [*row, "", ""]
    shown_s = seconds(shown)
    if shown_s is None:
        shown_s = seconds(decoded)
    if shown_s is not None and "D" not in flags:
        yield Packet(shown_s, flags.startswith("K"), digest)

"""Whatever numbers stand in fragments or in tables of packets, they are read truly or refused."""

import math
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from media_pipeline import fragments, keyframes, packets
from media_pipeline.errors import NotAsPromised
from tests.fuzz.effort import effort

WIDE = st.one_of(st.integers(0, 40), st.sampled_from([0xFFFF, 2**31, 2**32 - 1]))
FLAGS = st.builds(
    lambda chosen: sum(set(chosen)),
    st.lists(st.sampled_from([0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x100, 0x200, 0x400, 0x20000])),
)
KINDS = ("tfhd", "tfdt", "trun", "trex", "mdhd")


def box(kind: str, payload: bytes) -> bytes:
    return struct.pack(">I4s", len(payload) + 8, kind.encode()) + payload


@st.composite
def segmented(draw: st.DrawFn) -> bytes:
    """A film in fragments, its boxes in their places with any numbers in them, or one left out."""
    lost = draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(KINDS)))

    def numbers(kind: str) -> bytes:
        if kind == lost:
            return b""
        values = draw(st.lists(WIDE, min_size=2, max_size=9))
        version = draw(st.sampled_from([0, 0, 0, 1]))
        head = struct.pack(">I", version << 24 | draw(FLAGS))
        return box(kind, head + struct.pack(f">{len(values)}I", *values))

    moov = box("mvex", numbers("trex")) + box("trak", box("mdia", numbers("mdhd")))
    parts = [box("moov", moov)]
    for _ in range(draw(st.integers(0, 3))):
        runs = b"".join(numbers("trun") for _ in range(draw(st.integers(0, 2))))
        parts.append(box("moof", box("traf", numbers("tfhd") + numbers("tfdt") + runs)))
        parts.append(box("mdat", bytes(draw(st.integers(0, 30)))))
    return b"".join(parts)


def one_run_of(count: int) -> bytes:
    """A fragment whose run has so many samples, all like the default, in the fewest bytes."""
    moov = box("mvex", box("trex", bytes(24)))
    moov += box("trak", box("mdia", box("mdhd", bytes(12) + struct.pack(">I", 25) + bytes(8))))
    run = box("trun", struct.pack(">II", 0, count))
    traf = box("traf", box("tfhd", bytes(8)) + box("tfdt", bytes(8)) + run)
    return box("moov", moov) + box("moof", traf) + box("mdat", b"")


@effort(200)
@given(segmented())
@example(one_run_of(3))
@example(one_run_of(2**32 - 1))
def test_fragments_lie_within_the_file_or_are_refused_by_name(data):
    with tempfile.TemporaryDirectory() as folder, suppress(NotAsPromised):
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        layout = fragments.read_layout(path)
        assert 0 < layout.init_length <= layout.fragments_begin
        for each in layout.fragments:
            assert each.offset + each.length <= len(data)
            assert 0 <= each.begin_s < math.inf
            assert 0 <= each.duration_s < math.inf
            if each.fills_itself:
                assert each.data_end <= len(data)


CELLS = st.one_of(
    st.integers(-(2**63), 2**63).map(str),
    st.floats().map(str),
    st.sampled_from(["", "N/A", "0", "1", "K__", "KD_", "_", "inf", "nan", "1e999", "0x10"]),
    st.text(max_size=4),
)
TABLES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.lists(CELLS, max_size=7).map(",".join), max_size=12).map(
        lambda rows: "\n".join(rows).encode("utf-8", "replace")
    ),
)


@effort(300)
@given(TABLES)
def test_a_table_of_packets_gives_numbers_that_can_be_reckoned_with(table):
    found = list(packets._parsed(table))
    for each in found:
        assert each.stream >= 0
        assert all(math.isfinite(t) for t in (each.shown_s, each.decoded_s) if t is not None)
        assert math.isfinite(each.duration_s)
    jumps, shifted = packets._on_one_clock(found)
    read = packets._sorted(shifted, [], 0.0, jumps)
    assert list(read.picture_times) == sorted(read.picture_times)
    assert set(read.key_times) <= set(read.picture_times)
    assert read.usual_gap_s >= 0
    assert read.average_rate is None or read.average_rate >= 0


@effort(100)
@given(
    st.lists(st.tuples(st.integers(-(2**63), 2**63), st.integers(-(2**63), 2**63)), max_size=9),
    st.sampled_from([(1, 1), (1, 90_000), (1001, 30_000), (1, 12_800)]),
)
def test_times_of_key_pictures_are_those_in_the_table(rows, tick):
    head = ["#software: Lavf", f"#tb 0: {tick[0]}/{tick[1]}", "#media_type 0: video"]
    table = [f"0, {decoded:10d}, {shown:10d},        1,   42, 0x1" for decoded, shown in rows]
    found = keyframes._presentation_times([*head, *table])
    assert len(found) == len(rows)
    for time_s, (_, shown) in zip(found, rows, strict=True):
        assert math.isclose(time_s, shown * tick[0] / tick[1], rel_tol=1e-12, abs_tol=1e-12)


def test_without_a_tick_there_are_no_times():
    assert keyframes._presentation_times(["0, 0, 0, 1, 42, 0x1"]) == ()

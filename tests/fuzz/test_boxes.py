"""Whatever bytes stand in a file, its boxes are told truly or the file is refused by name."""

import struct
import tempfile
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from media_pipeline import boxes, fragments
from media_pipeline.errors import NotAsPromised
from tests.fuzz.effort import effort

KINDS = st.sampled_from([b"ftyp", b"moov", b"mvhd", b"mdat", b"sidx", b"avcC", b"av1C", b"free"])
NUMBERS = st.one_of(
    st.integers(0, 40), st.sampled_from([0, 1, 7, 8, 15, 16, 2**31, 2**32 - 1, 2**63, 2**64 - 1])
)


@st.composite
def box(draw: st.DrawFn, payload: st.SearchStrategy[bytes]) -> bytes:
    """A box that mostly tells its true size."""
    kind, body = draw(KINDS), draw(payload)
    told = draw(st.one_of(st.none(), st.none(), st.none(), NUMBERS))
    if draw(st.booleans()):
        size = len(body) + 16 if told is None else told
        return struct.pack(">I4sQ", 1, kind, size) + body
    size = len(body) + 8 if told is None else told
    return struct.pack(">I4s", min(size, 2**32 - 1), kind) + body


@st.composite
def index(draw: st.DrawFn) -> bytes:
    """What stands in a segment index or a movie header, with any numbers."""
    version = draw(st.sampled_from([0, 1, 2]))
    wide = ">QQ" if version else ">II"
    most = 2**64 - 1 if version else 2**32 - 1
    numbers = [min(draw(NUMBERS), most) for _ in range(2)]
    scale = min(draw(NUMBERS), 2**32 - 1)
    head = struct.pack(">B3xII", version, 1, scale) + struct.pack(wide, *numbers)
    count = draw(st.integers(0, 4))
    said = draw(st.sampled_from([count, 0, 3, 65535]))
    table = b"".join(
        struct.pack(">III", *(min(draw(NUMBERS), 2**32 - 1) for _ in range(3)))
        for _ in range(count)
    )
    return head + struct.pack(">HH", 0, said) + table


PAYLOADS = st.recursive(
    st.one_of(st.binary(max_size=40), index()),
    lambda inner: st.lists(box(inner), max_size=3).map(b"".join),
    max_leaves=4,
)
FILES = st.one_of(st.binary(max_size=120), st.lists(box(PAYLOADS), max_size=5).map(b"".join))
READERS: list[Callable[[Path], object]] = [
    boxes.duration_s,
    boxes.avc_codec,
    boxes.av1_codec,
    boxes.moov_comes_first,
    boxes.init_and_segments,
    fragments.read_layout,
]


def written(data: bytes) -> Path:
    path = Path(tempfile.gettempdir()) / f"plural-fuzz-{Path('/proc/self').resolve().name}.mp4"
    path.write_bytes(data)
    return path


@pytest.fixture(autouse=True)
def cleared():
    yield
    written(b"").unlink()


@effort(120)
@given(FILES)
@example(struct.pack(">I4sQ", 1, b"moov", 8) + bytes(8))
def test_boxes_fill_the_file_without_gap_or_overlap(data):
    path = written(data)
    try:
        found = boxes.top_boxes(path)
    except NotAsPromised:
        return
    assert [box.offset for box in found[:1]] == [0] * bool(data)
    assert all(before.end == after.offset for before, after in pairwise(found))
    assert sum(box.size for box in found) == len(data)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@effort(120)
@given(data=FILES)
def test_an_index_is_read_or_refused_by_name(read, data):
    with suppress(NotAsPromised):
        read(written(data))


@effort(120)
@given(index())
def test_segments_lie_within_the_file(payload):
    sidx = struct.pack(">I4s", len(payload) + 8, b"sidx") + payload
    data = struct.pack(">I4s", 8, b"moov") + sidx + struct.pack(">I4s", 58, b"mdat") + bytes(50)
    with suppress(NotAsPromised):
        _, segments = boxes.init_and_segments(written(data))
        assert all(segment.offset + segment.length <= len(data) for segment in segments)
        assert all(0 <= segment.duration_s < float("inf") for segment in segments)

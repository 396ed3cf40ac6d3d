"""Films that promise too much: pixels, pictures a second, tracks, hours, samples, levels."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.media_pipeline.hostile.atoms import Change, boxes, changed, written
from tests.media_pipeline.hostile.lab import Case, Lab, box, element

_FULL = 0xFFFFFFFF
# Some readers refuse to open what is out of measure, before anybody can tell the reason.
TOO_LARGE = frozenset({"too_large_picture", "damaged"})
TOO_MANY = frozenset({"too_many_streams", "damaged"})


def _index(kind: bytes, change: Change) -> Callable[[Lab], Path]:
    """A sound film with one kind of box in its index changed."""
    return lambda lab: lab.write(changed(lab.sound("mp4"), kind, change))


def _in_all(sound: str, *changes: tuple[bytes, bytes]) -> Callable[[Lab], Path]:
    """A sound film of some kind with byte strings exchanged, which must be there."""

    def make(lab: Lab) -> Path:
        data = lab.sound(sound)
        for before, after in changes:
            assert before in data, before
            data = data.replace(before, after)
        return lab.write(data)

    return make


def _announced_size(width: int, height: int) -> Callable[[Lab], Path]:
    """Sizes in the sample description and the track header, not in the pictures."""

    def make(lab: Lab) -> Path:
        data = changed(lab.sound("mp4"), b"stsd", written(40, ">HH", width, height))
        return lab.write(changed(data, b"tkhd", written(76, ">II", width << 16, height << 16)))

    return make


def _jpeg_size(width: int, height: int) -> Callable[[Lab], Path]:
    """An AVI of JPEG pictures that say themselves how large they are."""

    def make(lab: Lab) -> Path:
        data = bytearray(lab.sound("avi"))
        at = data.find(b"\xff\xc0\x00\x11\x08")
        assert at > 0
        while at > 0:
            struct.pack_into(">HH", data, at + 5, height, width)
            at = data.find(b"\xff\xc0\x00\x11\x08", at + 9)
        return lab.write(bytes(data))

    return make


def _vp8_size(lab: Lab) -> Path:
    """WebM whose key frames begin with the largest size of VP8."""
    data = bytearray(lab.sound("webm"))
    at = data.find(b"\x9d\x01\x2a")
    assert at > 0
    while at > 0:
        struct.pack_into("<HH", data, at + 3, 16383, 16383)
        at = data.find(b"\x9d\x01\x2a", at + 7)
    return lab.write(bytes(data))


def _png_bomb(lab: Lab) -> Path:
    """One PNG picture of 65,535 x 65,535 that is a few kilobytes small, in Matroska."""

    def part(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 65535, 65535, 8, 6, 0, 0, 0)
    body = zlib.compress(bytes(30_000_000), 9)
    picture = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", body) + part(b"IEND", b"")
    size = element(0xB0, b"\x01\x00") + element(0xBA, b"\x01\x00")
    return lab.write(_matroska([_track(1, b"V_PNG", size)], picture))


def _track(number: int, codec: bytes, video: bytes, more: bytes = b"") -> bytes:
    parts = element(0xD7, number.to_bytes(2, "big")) + element(0x73C5, number.to_bytes(2, "big"))
    parts += element(0x83, b"\1") + element(0x86, codec) + more
    return element(0xAE, parts + element(0xE0, video))


def _matroska(tracks: list[bytes], frame: bytes, *, info: bytes = b"", head: bytes = b"") -> bytes:
    begin = element(0x1A45DFA3, element(0x4282, b"matroska"))
    about = element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40") + info)
    blocks = (element(0xA3, struct.pack(">BHB", 0x81, n * 40, 0x80) + frame) for n in range(30))
    cluster = element(0x1F43B675, element(0xE7, b"\0") + b"".join(blocks))
    every = about + head + element(0x1654AE6B, b"".join(tracks)) + cluster
    return begin + element(0x18538067, every)


def _matroska_of(info: bytes = b"", more: bytes = b"", head: bytes = b"") -> Callable[[Lab], Path]:
    size = element(0xB0, b"\x40") + element(0xBA, b"\x40")
    track = _track(1, b"V_UNCOMPRESSED", size + element(0x2EB524, b"I420"), more)
    return lambda lab: lab.write(_matroska([track], bytes(6144), info=info, head=head))


def _thousand_tracks(lab: Lab) -> Path:
    def many(payload: bytes) -> bytes:
        tracks = [box(kind, data) for kind, data in boxes(payload) if kind == b"trak"]
        rest = b"".join(box(kind, data) for kind, data in boxes(payload) if kind != b"trak")
        return rest + tracks[0] * 1000

    return lab.write(changed_top(lab.sound("mp4"), b"moov", many))


def changed_top(data: bytes, kind: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A box of the top level with another payload."""
    return b"".join(
        box(each, change(payload) if each == kind else payload) for each, payload in boxes(data)
    )


def _thousand_matroska_tracks(lab: Lab) -> Path:
    size = element(0xB0, b"\x40") + element(0xBA, b"\x40")
    tracks = [_track(number, b"V_UNCOMPRESSED", size) for number in range(1, 1001)]
    return lab.write(_matroska(tracks, bytes(6144)))


def _packet(pid: int, section: bytes) -> bytes:
    head = struct.pack(">BHB", 0x47, 0x4000 | pid, 0x10) + b"\0"
    return (head + section).ljust(188, b"\xff")


def _section(table: int, body: bytes, length: int | None = None) -> bytes:
    size = len(body) + 4 if length is None else length
    whole = struct.pack(">BH", table, 0xB000 | size) + body
    return whole + struct.pack(">I", _crc(whole))


def _crc(data: bytes) -> int:
    value = _FULL
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
            value &= _FULL
    return value


def _programmes(lab: Lab) -> Path:
    """A transport stream of 40 programmes with 30 streams each."""
    head = struct.pack(">HBBB", 1, 0xC1, 0, 0)
    table = b"".join(struct.pack(">HH", 1 + n, 0xE100 + n) for n in range(40))
    packets = [_packet(0, _section(0, head + table))]
    for n in range(40):
        begin = struct.pack(">HBBBHH", 1 + n, 0xC1, 0, 0, 0xE100 + n, 0xF000)
        streams = [struct.pack(">BHH", 0x1B, 0xE200 + n * 30 + k, 0xF000) for k in range(30)]
        packets.append(_packet(0x100 + n, _section(2, begin + b"".join(streams))))
    return lab.write(b"".join(packets) * 20)


def _map_of_itself(lab: Lab) -> Path:
    """The programme table names itself as the map of its programme."""
    head = struct.pack(">HBBB", 1, 0xC1, 0, 0)
    table = _packet(0, _section(0, head + struct.pack(">HH", 1, 0xE000)))
    return lab.write(table * 60)


def _map_longer_than_said(lab: Lab) -> Path:
    head = struct.pack(">HBBB", 1, 0xC1, 0, 0)
    table = _packet(0, _section(0, head + struct.pack(">HH", 1, 0xE100)))
    begin = struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 0xE101, 0xFFFF)
    return lab.write((table + _packet(0x100, _section(2, begin + b"\xff" * 99, 0xFFD))) * 40)


def _fragments(decode_time: int, duration: int) -> Callable[[Lab], Path]:
    """A fragmented film whose fragments lie that far apart and last that long."""

    def make(lab: Lab) -> Path:
        data, at = bytearray(lab.sound("fragmented")), 0
        while (at := data.find(b"tfdt", at + 1)) > 0:
            struct.pack_into(">Q", data, at + 8, decode_time * (at % 97))
        at = 0
        while (at := data.find(b"tfhd", at + 1)) > 0:
            flags = struct.unpack_from(">I", data, at + 4)[0]
            if flags & 8:
                place = at + 12 + 8 * bool(flags & 1) + 4 * bool(flags & 2)
                struct.pack_into(">I", data, place, duration)
        return lab.write(bytes(data))

    return make


def _times(count: int, delta: int) -> Change:
    return lambda payload: struct.pack(">IIII", 0, 1, count, delta)


def _edits(count: int, length: int, begin: int) -> Change:
    one = struct.pack(">IiI", length, begin, 0x10000)
    return lambda payload: struct.pack(">II", 0, count) + one * min(count, 5_000)


def _avi_rate(scale: int, rate: int) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        data = bytearray(lab.sound("avi"))
        at = data.index(b"vids")
        struct.pack_into("<II", data, at + 20, scale, rate)
        return lab.write(bytes(data))

    return make


def _nested(kind: bytes, levels: int) -> bytes:
    sizes = (8 * (levels - level) for level in range(levels))
    return b"".join(struct.pack(">I4s", size, kind) for size in sizes)


def _nested_tags(levels: int) -> bytes:
    inner = b""
    for _ in range(levels):
        inner = element(0x67C8, element(0x45A3, b"x") + inner)
    return element(0x1254C367, element(0x7373, inner))


_DOUBLE = struct.Struct(">d")

CASES = [
    Case("pixels_16k_announced", _announced_size(16384, 16384)),
    Case("pixels_65535_announced", _announced_size(65535, 65535)),
    Case("pixels_zero_announced", _announced_size(0, 0)),
    Case("pixels_16k_in_jpeg", _jpeg_size(16384, 16384), TOO_LARGE),
    Case("pixels_65500_in_jpeg", _jpeg_size(65500, 65500)),
    Case("pixels_16k_in_vp8", _vp8_size),
    Case("pixels_65535_in_png", _png_bomb),
    Case("pixels_one_line", _jpeg_size(60000, 1)),
    Case("rate_of_a_million", _index(b"mdhd", written(12, ">I", 0x7FFFFFFF))),
    Case("rate_of_nought", _index(b"mdhd", written(12, ">I", 0))),
    Case("rate_of_a_million_by_times", _index(b"stts", _times(25, 0))),
    Case("rate_of_a_million_in_avi", _avi_rate(1, 1_000_000)),
    Case("rate_of_nought_in_avi", _avi_rate(0, 0)),
    Case("rate_of_a_thousand_million_in_matroska", _matroska_of(more=element(0x23E383, b"\1"))),
    Case("tracks_1000", _thousand_tracks, TOO_MANY),
    Case("tracks_1000_in_matroska", _thousand_matroska_tracks, TOO_MANY),
    Case("streams_1200_in_programmes", _programmes),
    Case("map_of_itself", _map_of_itself),
    Case("map_longer_than_said", _map_longer_than_said),
    Case("endless_movie_header", _index(b"mvhd", written(16, ">I", _FULL))),
    Case("endless_media_header", _index(b"mdhd", written(16, ">I", _FULL))),
    Case("endless_track_header", _index(b"tkhd", written(20, ">I", _FULL))),
    Case("endless_by_times", _index(b"stts", _times(25, 0x7FFFFFFF)), frozenset({"endless"})),
    Case("endless_edit", _index(b"elst", _edits(1, 0x7FFFFFFF, 0))),
    Case("edit_that_begins_late", _index(b"elst", _edits(1, 1000, 0x7FFFFFFF))),
    Case("edits_5000", _index(b"elst", _edits(5_000, 1, 0))),
    Case("edits_that_are_not_there", _index(b"elst", _edits(0x0FFFFFFF, 1, 0))),
    Case("endless_fragments", _fragments(1 << 40, 0x7FFFFFFF)),
    Case("fragments_before_time", _fragments((1 << 63) // 97, 1)),
    Case("endless_matroska", _matroska_of(info=element(0x4489, _DOUBLE.pack(1e300)))),
    Case("matroska_of_no_number", _matroska_of(info=element(0x4489, _DOUBLE.pack(float("nan"))))),
    Case("matroska_of_infinity", _matroska_of(info=element(0x4489, _DOUBLE.pack(float("inf"))))),
    Case("matroska_of_negative_length", _matroska_of(info=element(0x4489, _DOUBLE.pack(-1e18)))),
    Case("samples_by_the_thousand_million", _index(b"stts", _times(_FULL, 1))),
    Case("sizes_by_the_thousand_million", _index(b"stsz", written(4, ">II", 1, 0x3FFFFFFF))),
    Case("sizes_of_nought", _index(b"stsz", written(4, ">II", 0, 0x3FFFFFFF))),
    Case("sizes_larger_than_the_file", _index(b"stsz", written(12, ">II", _FULL, _FULL))),
    Case("chunks_behind_the_end", _index(b"stco", written(8, ">I", 0xFFFFFF00))),
    Case("chunks_by_the_thousand_million", _index(b"stco", written(4, ">I", _FULL))),
    Case("chunks_that_repeat", _index(b"stsc", written(8, ">III", 1, _FULL, 1))),
    Case("descriptions_by_the_thousand_million", _index(b"stsd", written(4, ">I", _FULL))),
    Case("no_sizes", _index(b"stsz", lambda payload: None)),
    Case("no_times", _index(b"stts", lambda payload: None)),
    Case("no_description", _index(b"stsd", lambda payload: None)),
    Case("boxes_nested_2000_deep", lambda lab: lab.write(_nested(b"moov", 2000))),
    Case(
        "boxes_nested_in_a_film",
        lambda lab: lab.write(lab.sound("mp4") + _nested(b"udta", 20_000)),
    ),
    Case("boxes_30000", lambda lab: lab.write(box(b"free") * 30_000)),
    Case("boxes_before_the_film", lambda lab: lab.write(box(b"free") * 30_000 + lab.sound("ts"))),
    Case("index_50_times", lambda lab: lab.write(_index_again(lab, 50))),
    Case("tags_nested_300_deep", _matroska_of(head=_nested_tags(300))),
    Case("void_that_never_ends", _matroska_of(head=element(0xEC, b"", (1 << 56) - 2))),
]


def _index_again(lab: Lab, times: int) -> bytes:
    data = lab.sound("mp4")
    index = next(box(kind, payload) for kind, payload in boxes(data) if kind == b"moov")
    return data + index * times

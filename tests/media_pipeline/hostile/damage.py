"""Sound films with something missing, moved or wrong."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.media_pipeline.hostile import atoms
from tests.media_pipeline.hostile.lab import Case, Lab, box, element, flipped, wide_box

_UNKNOWN = (1 << 56) - 1


def _cut_at_box(number: int, more: int) -> Callable[[Lab], Path]:
    """Cut where a box of the index begins, or some bytes after."""

    def make(lab: Lab) -> Path:
        data = lab.sound("mp4")
        places = atoms.boundaries(data)
        return lab.write(data[: places[number % len(places)] + more])

    return make


def _cut(kind: str, share: float) -> Callable[[Lab], Path]:
    return lambda lab: lab.write(lab.sound(kind)[: int(len(lab.sound(kind)) * share)])


def _without_its_head(kind: str, size: int) -> Callable[[Lab], Path]:
    return lambda lab: lab.write(lab.sound(kind)[size:])


def _flipped(kind: str, seed: int, begin: float, end: float) -> Callable[[Lab], Path]:
    return lambda lab: lab.write(flipped(lab.sound(kind), f"{kind}{seed}", begin, end))


def _flipped_index(seed: int) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        data = lab.sound("mp4")
        begin = data.index(b"moov") / len(data)
        return lab.write(flipped(data, f"moov{seed}", begin, 1.0, 6))

    return make


def _resized(kind: bytes, size: int) -> Callable[[Lab], Path]:
    """The same film, with one box that tells a wrong size."""

    def make(lab: Lab) -> Path:
        data = bytearray(lab.sound("mp4"))
        struct.pack_into(">I", data, data.index(kind) - 4, size)
        return lab.write(bytes(data))

    return make


def _followed(tail: bytes) -> Callable[[Lab], Path]:
    return lambda lab: lab.write(lab.sound("mp4") + tail)


def _led(head: bytes) -> Callable[[Lab], Path]:
    return lambda lab: lab.write(head + lab.sound("mp4"))


def _matroska_sizes(number: int, size: int) -> Callable[[Lab], Path]:
    """The first element of this kind tells a wrong size."""

    def make(lab: Lab) -> Path:
        data = lab.sound("mkv")
        name = number.to_bytes((number.bit_length() + 7) // 8, "big")
        at = data.index(name) + len(name)
        width = 9 - data[at].bit_length()
        told = ((1 << 56) | size).to_bytes(8, "big")
        return lab.write(data[:at] + told + data[at + width :])

    return make


def _avi(at: bytes, skip: int, form: str, *values: int) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        data = bytearray(lab.sound("avi"))
        struct.pack_into(form, data, data.rindex(at) + skip, *values)
        return lab.write(bytes(data))

    return make


def _avi_index_of_itself(lab: Lab) -> Path:
    """Every entry of the index points to the index, with the length of everything."""
    data = bytearray(lab.sound("avi"))
    at = data.rindex(b"idx1")
    for entry in range(at + 8, len(data) - 16, 16):
        struct.pack_into("<II", data, entry + 8, at, 0x7FFFFFFF)
    return lab.write(bytes(data))


def _repeated(kind: str, times: int) -> Callable[[Lab], Path]:
    return lambda lab: lab.write(lab.sound(kind) * times)


def _packets(change: Callable[[int, bytes], bytes]) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        data = lab.sound("ts")
        packets = [data[at : at + 188] for at in range(0, len(data), 188)]
        return lab.write(b"".join(change(*each) for each in enumerate(packets)))

    return make


def _sizes() -> Iterator[Case]:
    for kind in (b"ftyp", b"mdat", b"moov", b"trak", b"stbl", b"avcC"):
        for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
            yield Case(
                f"size_of_{kind.decode()}_is_{size}", _resized(kind, size), worth_making=size == 0
            )


CASES = [
    *(Case(f"cut_at_box_{n}", _cut_at_box(n, 0)) for n in range(1, 24)),
    *(Case(f"cut_inside_box_{n}", _cut_at_box(n, 11)) for n in range(0, 24, 2)),
    *(
        Case(f"cut_{kind}_at_{share}", _cut(kind, share), worth_making=share == 0.4)
        for kind in ("faststart", "mkv", "webm", "avi", "ts", "flv", "asf", "fragmented")
        for share in (0.01, 0.4, 0.95)
    ),
    *(Case(f"headless_{kind}", _without_its_head(kind, 300)) for kind in ("mp4", "mkv", "ts")),
    *(
        Case(f"flipped_mp4_data_{n}", _flipped("mp4", n, 0.02, 0.7), worth_making=n < 2)
        for n in range(5)
    ),
    *(Case(f"flipped_mp4_head_{n}", _flipped("mp4", n, 0.0, 0.005)) for n in range(3)),
    *(Case(f"flipped_mp4_index_{n}", _flipped_index(n), worth_making=n < 5) for n in range(10)),
    *(
        Case(f"flipped_{kind}_{n}", _flipped(kind, n, 0.0, 1.0), worth_making=n == 0)
        for kind in ("mkv", "webm", "avi", "ts", "flv", "asf")
        for n in range(3)
    ),
    *_sizes(),
    Case("size_of_64_bits_zero", _followed(wide_box(b"mdat", 0))),
    Case("size_of_64_bits_negative", _followed(wide_box(b"free", 2**63))),
    Case("size_of_64_bits_all_ones", _led(wide_box(b"free", 2**64 - 1))),
    Case("size_of_64_bits_beyond_the_end", _followed(wide_box(b"moov", 2**62, bytes(99)))),
    Case("file_type_again", _led(box(b"ftyp", b"isom\0\0\2\0isom") * 9)),
    Case("empty_index_after_the_film", _followed(box(b"moov"))),
    Case("two_films_in_a_row", _repeated("mp4", 2)),
    Case("matroska_segment_too_long", _matroska_sizes(0x18538067, _UNKNOWN - 1)),
    Case("matroska_tracks_too_long", _matroska_sizes(0x1654AE6B, _UNKNOWN - 1)),
    Case("matroska_tracks_unknown", _matroska_sizes(0x1654AE6B, _UNKNOWN)),
    Case("matroska_cluster_of_nothing", _matroska_sizes(0x1F43B675, 0)),
    Case(
        "matroska_longest_names",
        lambda lab: lab.write(element(0x1A45DFA3, element(0x42F2, b"\xff")) + lab.sound("mkv")),
    ),
    Case("matroska_twice", _repeated("mkv", 2)),
    Case("avi_index_of_itself", _avi_index_of_itself),
    Case("avi_index_longer_than_the_file", _avi(b"idx1", 4, "<I", 0xFFFFFFFF)),
    Case("avi_header_of_no_length", _avi(b"strh", 4, "<I", 0)),
    Case("avi_header_longer_than_the_file", _avi(b"strf", 4, "<I", 0xFFFFFFF0)),
    Case("avi_samples_of_no_size", _avi(b"vids", 44, "<I", 0xFFFFFFFF)),
    Case("transport_stream_backwards", lambda lab: lab.write(_backwards(lab.sound("ts")))),
    Case("transport_stream_without_maps", _packets(lambda n, p: p if p[1] & 0x1F else b"")),
    Case(
        "transport_stream_of_one_counter",
        _packets(lambda n, p: p[:3] + bytes([p[3] & 0xF0]) + p[4:]),
    ),
    Case(
        "transport_stream_with_long_fields",
        _packets(lambda n, p: p[:3] + b"\x30\xff" + p[5:] if n % 9 == 5 else p),
    ),
    Case(
        "transport_stream_with_spoilt_times",
        _packets(lambda n, p: p.replace(b"\0\0\1\xe0", b"\0\0\1\xbd") if n % 3 else p),
    ),
]


def _backwards(data: bytes) -> bytes:
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    return b"".join(reversed(packets))

"""Which format a file is, told from its first bytes and never from its name."""

import stat
from pathlib import Path

HEAD_BYTES = 4096
_EBML = b"\x1a\x45\xdf\xa3"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_MXF = bytes.fromhex("060e2b34020501010d0102")
_MPEG_PROGRAM = b"\x00\x00\x01\xba"
_QUICKTIME_ATOMS = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_TS_SYNC = 0x47
_TS_LAYOUTS = ((0, 188), (4, 192))


def is_plain_file(path: Path) -> bool:
    """Whether it holds bytes of its own: no link, pipe, device or folder."""
    return stat.S_ISREG(path.lstat().st_mode)


def demuxer_of(path: Path) -> str | None:
    """ffmpeg's name of the one demuxer that may open the file; None if it is no film format."""
    with path.open("rb") as stream:
        return demuxer_for(stream.read(HEAD_BYTES))


def demuxer_for(head: bytes) -> str | None:
    """The same for the first bytes of a file (4096 are enough)."""
    if head[4:8] in _QUICKTIME_ATOMS:
        return "mov"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    for beginning, demuxer in _BEGINNINGS:
        if head.startswith(beginning):
            return demuxer
    return "mpegts" if _is_transport_stream(head) else None


_BEGINNINGS = (
    (_EBML, "matroska"),
    (b"OggS", "ogg"),
    (_ASF, "asf"),
    (b"FLV\x01", "flv"),
    (_MXF, "mxf"),
    (_MPEG_PROGRAM, "mpeg"),
)


def _is_transport_stream(head: bytes) -> bool:
    for first, distance in _TS_LAYOUTS:
        marks = head[first : first + distance * 8 : distance]
        if len(marks) >= 5 and all(mark == _TS_SYNC for mark in marks):
            return True
    return False

"""Things that are no films, things that are two at once, and things that are no files."""

import gzip
import io
import os
import socket
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.media_pipeline.hostile.lab import CANARY, Case, Lab, box

NO_FILM = frozenset({"not_a_film"})
_TEXT = "I am a film, believe me. Je suis un film. " * 40

_BYTES: dict[str, bytes] = {
    "one_zero": b"\0",
    "one_sync_byte": b"\x47",
    "one_line_end": b"\n",
    "zeros": bytes(5000),
    "ones": b"\xff" * 5000,
    "text_in_utf_8": ("\ufeff" + _TEXT).encode(),
    "text_in_utf_16": _TEXT.encode("utf-16"),
    "text_in_utf_32": _TEXT.encode("utf-32"),
    "text_in_latin_1": ("Étude d'été à Genève " * 50).encode("latin-1"),
    "text_in_gb18030": ("我是一部电影。" * 90).encode("gb18030"),
    "text_in_arabic_code_page": ("أنا فيلم صدقني " * 50).encode("cp1256"),
    "html": b"<!DOCTYPE html><script>alert(1)</script><video src=canary.mp4></video>",
    "shell_script": b"#!/bin/sh\ncat canary.txt\n",
    "python_script": b"print(open('canary.txt').read())\n",
    "php": b"<?php system('cat canary.txt'); ?>",
    "json": b'{"film": "canary.mp4"}',
    "elf": b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 62, 1) + bytes(2000),
    "windows_program": b"MZ\x90\0" + bytes(56) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(999),
    "java_class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(500),
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(file:canary.txt)>>>>endobj\n",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "gif": b"GIF89a\1\0\1\0\x80\0\0" + bytes(99),
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(99),
    "wave": b"RIFF\x24\0\0\0WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    + b"data",
    "mp3": b"ID3\4\0\0\0\0\0\0" + (b"\xff\xfb\x90\x64" + bytes(413)) * 4,
    "sqlite": b"SQLite format 3\0" + bytes(4080),
    "gzip_bomb": gzip.compress(bytes(20_000_000)),
    "y4m_text": b"YUV4MPEG2 W4 H4 F25:1 Ip A1:1 C420jpeg\nFRAME\n" + bytes(24),
    "sync_bytes_too_far_apart": (b"\x47" + bytes(199)) * 40,
}

_HEADS: dict[str, bytes] = {
    "file_type_alone": box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41"),
    "file_type_and_zeros": box(b"ftyp", b"isom\0\0\2\0isom") + bytes(9000),
    "media_data_alone": box(b"mdat", bytes(9000)),
    "matroska_alone": b"\x1a\x45\xdf\xa3",
    "matroska_and_text": b"\x1a\x45\xdf\xa3" + b"#EXTM3U\n/etc/hostname\n" * 200,
    "ogg_and_text": b"OggS" + b"#EXTM3U\n/etc/hostname\n" * 200,
    "flv_and_text": b"FLV\x01\x05\0\0\0\x09\0\0\0\0" + b"#EXTM3U\ncanary.mp4\n" * 200,
    "avi_and_text": b"RIFF\xff\xff\0\0AVI " + b"ffconcat version 1.0\nfile canary.mp4\n" * 99,
    "asf_and_text": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"Ref1=canary.mp4\n" * 99,
    "mxf_and_text": bytes.fromhex("060e2b34020501010d0102") + b"canary.mp4\n" * 99,
    "program_stream_again_and_again": b"\0\0\1\xba" * 2000,
    "sync_bytes_only": b"\x47" * 188 * 60,
    "transport_stream_of_zeros": (b"\x47" + bytes(187)) * 60,
    "empty_packets": (b"\x47\x1f\xff\x10" + b"\xff" * 184) * 60,
}


def _zip(lab: Lab, store: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", store) as archive:
        archive.writestr("film.mp4", lab.sound("mp4"))
        archive.writestr("../../canary.txt", "climbing")
    return out.getvalue()


def _tar(lab: Lab) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("film.mp4")
        link.type, link.linkname = tarfile.SYMTYPE, str(lab.canary())
        archive.addfile(link)
        inner = tarfile.TarInfo("inner.mp4")
        inner.size = len(lab.sound("mp4"))
        archive.addfile(inner, io.BytesIO(lab.sound("mp4")))
    return out.getvalue()


_PAIRS: dict[str, Callable[[Lab], bytes]] = {
    "film_then_zip": lambda lab: lab.sound("mp4") + _zip(lab),
    "film_then_html": lambda lab: lab.sound("mp4") + _BYTES["html"],
    "film_then_script_in_a_box": lambda lab: lab.sound("mp4") + box(b"free", _BYTES["php"]),
    "film_with_pdf_first": lambda lab: box(b"free", _BYTES["pdf"]) + lab.sound("faststart"),
    "film_with_html_as_its_brand": lambda lab: (
        box(b"ftyp", b"<htm\0\0\0\0l><script>alert(1)</script>isom") + lab.sound("mp4")
    ),
    "film_with_playlist_in_a_box": lambda lab: (
        box(b"skip", f"#EXTM3U\n{lab.canary()}\n".encode()) + lab.sound("mp4")
    ),
    "matroska_then_mp4": lambda lab: lab.sound("mkv") + lab.sound("mp4"),
    "avi_then_playlist": lambda lab: lab.sound("avi") + f"#EXTM3U\n{lab.url}\n".encode(),
    "transport_stream_then_text": lambda lab: lab.sound("ts") + f"file '{lab.url}'\n".encode() * 50,
}

_REFUSED_PAIRS: dict[str, Callable[[Lab], bytes]] = {
    "zip": _zip,
    "zip_deflated": lambda lab: _zip(lab, zipfile.ZIP_DEFLATED),
    "zip_then_film": lambda lab: _zip(lab) + lab.sound("mp4"),
    "tar": _tar,
    "pdf_then_film": lambda lab: _BYTES["pdf"] + lab.sound("mp4"),
    "jpeg_then_film": lambda lab: _BYTES["jpeg"] + lab.sound("mp4"),
    "gif_then_film": lambda lab: _BYTES["gif"] + lab.sound("mp4"),
    "html_then_film": lambda lab: _BYTES["html"] + lab.sound("mp4"),
    "script_then_film": lambda lab: _BYTES["shell_script"] + lab.sound("mp4"),
    "id3_then_film": lambda lab: b"ID3\4\0\0\0\0\0\0" + lab.sound("mp4"),
}


def _link(target: Callable[[Lab], Path]) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        lab.film.symlink_to(target(lab))
        return lab.film

    return make


def _pipe(lab: Lab) -> Path:
    os.mkfifo(lab.film)
    return lab.film


def _socket(lab: Lab) -> Path:
    folder = os.open(lab.folder, os.O_PATH)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"/proc/self/fd/{folder}/{lab.film.name}")
    os.close(folder)
    return lab.film


def _folder(lab: Lab) -> Path:
    lab.film.mkdir()
    (lab.film / "canary.txt").write_bytes(CANARY)
    return lab.film


CASES = [
    Case("nothing", lambda lab: lab.write(b""), frozenset({"empty"})),
    *(
        Case(name, lambda lab, data=data: lab.write(data), NO_FILM)  # type: ignore[misc]
        for name, data in _BYTES.items()
    ),
    *(
        Case(
            name,
            lambda lab, data=data: lab.write(data),  # type: ignore[misc]
            frozenset({"damaged", "no_index", "no_picture"}),
        )
        for name, data in _HEADS.items()
    ),
    *(
        Case(name, lambda lab, pair=pair: lab.write(pair(lab)), NO_FILM)  # type: ignore[misc]
        for name, pair in _REFUSED_PAIRS.items()
    ),
    *(
        Case(name, lambda lab, pair=pair: lab.write(pair(lab)))  # type: ignore[misc]
        for name, pair in _PAIRS.items()
    ),
    Case("link_to_a_film", _link(lambda lab: lab.canary()), NO_FILM),
    Case("link_to_a_text", _link(lambda lab: lab.canary("txt")), NO_FILM),
    Case("link_to_nowhere", _link(lambda lab: lab.folder / "nowhere"), NO_FILM),
    Case("link_to_a_device", _link(lambda lab: Path("/dev/zero")), NO_FILM),
    Case("named_pipe", _pipe, NO_FILM),
    Case("named_socket", _socket, NO_FILM),
    Case("folder", _folder, NO_FILM),
]

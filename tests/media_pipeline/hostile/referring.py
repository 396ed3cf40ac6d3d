"""Files that name other files or addresses, in the hope that somebody opens them."""

import struct
from collections.abc import Callable
from pathlib import Path

from tests.media_pipeline.hostile.atoms import changed
from tests.media_pipeline.hostile.lab import Case, Lab, box, element

NO_FILM = frozenset({"not_a_film"})
_HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n{more}#EXTINF:9,\n{uri}\n#EXT-X-ENDLIST\n"


def _hls(lab: Lab, uri: object, more: str = "") -> str:
    return _HLS.format(uri=uri, more=more)


_TEXTS: dict[str, Callable[[Lab], str]] = {
    "hls_by_path": lambda lab: _hls(lab, lab.canary()),
    "hls_by_file_url": lambda lab: _hls(lab, f"file://{lab.canary()}"),
    "hls_by_web_address": lambda lab: _hls(lab, lab.url),
    "hls_by_relative_name": lambda lab: _hls(lab, "canary.mp4"),
    "hls_of_a_text": lambda lab: _hls(lab, lab.canary("txt")),
    "hls_with_a_key": lambda lab: _hls(
        lab, "canary.mp4", f'#EXT-X-KEY:METHOD=AES-128,URI="{lab.url}"\n'
    ),
    "hls_with_a_map": lambda lab: _hls(lab, "canary.mp4", f'#EXT-X-MAP:URI="{lab.url}"\n'),
    "hls_through_concat": lambda lab: _hls(lab, f"concat:{lab.canary('txt')}|{lab.url}"),
    "hls_through_subfile": lambda lab: _hls(lab, f"subfile,,start,0,end,64,,:{lab.canary('txt')}"),
    "hls_of_sizes": lambda lab: f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{lab.url}\n",
    "m3u": lambda lab: f"{lab.canary()}\n{lab.url}\n",
    "m3u_after_a_mark": lambda lab: f"\ufeff#EXTM3U\n#EXTINF:1,\n{lab.url}\n",
    "pls": lambda lab: f"[playlist]\nFile1={lab.canary()}\nFile2={lab.url}\nNumberOfEntries=2\n",
    "xspf": lambda lab: (
        '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
        f"<track><location>file://{lab.canary()}</location></track>"
        f"<track><location>{lab.url}</location></track></trackList></playlist>"
    ),
    "asx": lambda lab: f'<asx version="3.0"><entry><ref href="{lab.url}"/></entry></asx>',
    "smil": lambda lab: f'<smil><body><video src="{lab.url}"/></body></smil>',
    "concat": lambda lab: f"ffconcat version 1.0\nfile '{lab.canary()}'\n",
    "concat_with_options": lambda lab: (
        f"ffconcat version 1.0\nfile '{lab.canary('txt')}'\noption f rawvideo\n"
    ),
    "concat_without_a_head": lambda lab: f"file '{lab.canary()}'\nfile '{lab.url}'\n",
    "dash": lambda lab: (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        f'<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        f"<BaseURL>{lab.url}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ),
    "dash_by_path": lambda lab: (
        f'<MPD><Period><AdaptationSet><Representation id="1"><BaseURL>file://{lab.canary()}'
        "</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ),
    "dash_with_an_entity": lambda lab: (
        f'<!DOCTYPE MPD [<!ENTITY c SYSTEM "file://{lab.canary("txt")}">]><MPD>&c;</MPD>'
    ),
    "smooth_streaming": lambda lab: (
        f'<SmoothStreamingMedia MajorVersion="2"><StreamIndex Url="{lab.url}"/>'
        "</SmoothStreamingMedia>"
    ),
    "sdp": lambda lab: (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=film\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {lab.port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    ),
    "rtsp_text": lambda lab: f"RTSPtextrtsp://127.0.0.1:{lab.port}/film\n",
    "asf_reference": lambda lab: f"[Reference]\r\nRef1={lab.url}\r\nRef2={lab.canary()}\r\n",
    "ffmetadata": lambda lab: f";FFMETADATA1\ntitle={lab.canary()}\n",
    "vobsub_index": lambda lab: (
        "# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\n"
        "timestamp: 00:00:00:000, filepos: 000000000\n"
    ),
    "ass_with_a_font": lambda lab: (
        "[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: ../canary.txt\n!!!!\n"
        "[Events]\nFormat: Layer, Start, End, Style, Text\n"
        f"Dialogue: 0,0:00:00.00,0:00:09.00,Default,{{\\img({lab.canary('png')})}}\n"
    ),
    "srt_with_markup": lambda lab: (
        f'1\n00:00:00,000 --> 00:00:09,000\n<img src="{lab.url}"/><font face="x">\n'
    ),
    "webvtt_with_a_style": lambda lab: (
        f"WEBVTT\n\nSTYLE\n::cue {{ background: url({lab.url}) }}\n\n"
        "00:00.000 --> 00:09.000\nfilm\n"
    ),
    "svg": lambda lab: (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        f'<image href="file://{lab.canary("png")}" width="9" height="9"/></svg>'
    ),
    "avisynth": lambda lab: f'FFVideoSource("{lab.canary()}")\n',
    "vapoursynth": lambda lab: f"import vapoursynth\nopen('{lab.canary('txt')}').read()\n",
    "internet_shortcut": lambda lab: f"[InternetShortcut]\r\nURL={lab.url}\r\n",
    "desktop_link": lambda lab: f"[Desktop Entry]\nType=Link\nURL=file://{lab.canary()}\n",
}


def _vobsub(lab: Lab) -> Path:
    """An index that carries the film's name, with its pictures beside it."""
    lab.film.with_suffix(".sub").write_bytes(b"\x00\x00\x01\xba" + bytes(2044))
    return lab.write(_TEXTS["vobsub_index"](lab))


def _numbered_name(lab: Lab) -> Path:
    """A sound film whose name reads as a pattern for pictures, with such a picture beside it."""
    path = lab.folder / "%03d.png"
    path.write_bytes(lab.sound("mp4"))
    (lab.folder / "001.png").write_bytes(lab.canary("png").read_bytes())
    return path


def _name_with_protocol(name: str) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        path = lab.folder / name.format(port=lab.port)
        path.write_bytes(lab.sound("mp4"))
        return path

    return make


def _with_reference(kind: bytes, data: Callable[[Lab], bytes]) -> Callable[[Lab], Path]:
    """A film whose samples are said to lie in another file."""

    def make(lab: Lab) -> Path:
        entry = box(kind, bytes(4) + data(lab))
        table = struct.pack(">II", 0, 1) + entry
        return lab.write(changed(lab.sound("mp4"), b"dref", lambda payload: table))

    return make


def _alias(path: str) -> bytes:
    """A Mac OS alias record that names an absolute path (tag 18) and a volume."""
    name = Path(path).name.encode()
    record = bytearray(150)
    struct.pack_into(">HH", record, 4, 150, 2)
    record[10] = 1
    record[11:12] = b"/"
    record[50] = len(name)
    record[51 : 51 + len(name)] = name
    struct.pack_into(">hh", record, 130, 1, 1)
    for tag, text in ((2, path.replace("/", ":").encode()), (18, path.encode()), (19, b"/")):
        record += struct.pack(">hH", tag, len(text)) + text + b"\0" * (len(text) % 2)
    record += struct.pack(">hH", -1, 0)
    struct.pack_into(">H", record, 4, len(record))
    return bytes(record)


def _reference_movie(uri: Callable[[Lab], object]) -> Callable[[Lab], Path]:
    def make(lab: Lab) -> Path:
        target = f"{uri(lab)}\0".encode()
        named = bytes(4) + b"url " + struct.pack(">I", len(target)) + target
        index = box(b"rmra", box(b"rmda", box(b"rdrf", named)))
        return lab.write(box(b"ftyp", b"qt  " + bytes(4) + b"qt  ") + box(b"moov", index))

    return make


def _in_matroska(insert: Callable[[Lab], bytes]) -> Callable[[Lab], Path]:
    """A sound Matroska film with more elements at the beginning of its segment."""

    def make(lab: Lab) -> Path:
        data = lab.sound("mkv")
        at = data.index(b"\x18\x53\x80\x67") + 4
        length = 8 if data[at] == 1 else 9 - data[at].bit_length()
        unknown = b"\x01" + b"\xff" * 7
        return lab.write(data[:at] + unknown + insert(lab) + data[at + length :])

    return make


def _attached(name: str, kind: bytes) -> Callable[[Lab], bytes]:
    def attachments(lab: Lab) -> bytes:
        parts = [(0x466E, name.encode()), (0x4660, kind), (0x46AE, b"\x01"), (0x465C, bytes(999))]
        return element(0x1941A469, element(0x61A7, b"".join(element(*part) for part in parts)))

    return attachments


def _linked_chapters(lab: Lab) -> bytes:
    """Ordered chapters of which one lies in another file, with that file's name."""
    atom = element(0x73C4, b"\1") + element(0x91, b"\0") + element(0x92, b"\x3b\x9a\xca\0")
    atom += element(0x6E67, b"canary-that-must")
    edition = element(0x45DD, b"\1") + element(0xB6, atom)
    return element(0x1043A770, element(0x45B9, edition))


def _next_segment(lab: Lab) -> bytes:
    named = element(0x3E83BB, str(lab.canary()).encode()) + element(0x3EB923, b"canary-that-must")
    before = element(0x3C83AB, lab.url.encode())
    return element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40") + named + before)


def _xml_in_index(lab: Lab) -> Path:
    """Descriptions in MP4 may be XML: with an entity that names a file."""
    evil = f'<!DOCTYPE x [<!ENTITY c SYSTEM "file://{lab.canary("txt")}">]><x>&c;</x>'
    meta = box(b"meta", bytes(4) + box(b"xml ", bytes(4) + evil.encode() + b"\0"))
    uuid = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + evil.encode())
    return lab.write(lab.sound("mp4") + meta + uuid)


CASES = [
    *(
        Case(name, lambda lab, text=text: lab.write(text(lab)), NO_FILM)  # type: ignore[misc]
        for name, text in _TEXTS.items()
    ),
    Case("vobsub_with_its_pictures", _vobsub, NO_FILM),
    Case("name_of_a_picture_pattern", _numbered_name),
    Case("name_of_a_protocol", _name_with_protocol("concat:canary.txt|canary.mp4")),
    Case("name_of_a_pipe", _name_with_protocol("pipe:0")),
    Case("name_of_an_option", _name_with_protocol("-i")),
    Case("name_with_a_line_end", _name_with_protocol("film\n-f concat -i canary.txt\n.mp4")),
    Case("dref_url_of_the_web", _with_reference(b"url ", lambda lab: lab.url.encode() + b"\0")),
    Case(
        "dref_url_of_a_file",
        _with_reference(b"url ", lambda lab: f"file://{lab.canary()}\0".encode()),
    ),
    Case("dref_urn", _with_reference(b"urn ", lambda lab: b"x\0" + lab.url.encode() + b"\0")),
    Case("dref_alias_by_path", _with_reference(b"alis", lambda lab: _alias(str(lab.canary())))),
    Case("dref_alias_upwards", _with_reference(b"alis", lambda lab: _alias("../canary.mp4"))),
    Case("dref_alias_beside", _with_reference(b"alis", lambda lab: _alias("canary.mp4"))),
    Case("reference_movie_of_the_web", _reference_movie(lambda lab: lab.url)),
    Case("reference_movie_of_a_file", _reference_movie(lambda lab: lab.canary())),
    Case("matroska_with_a_font", _in_matroska(_attached("font.ttf", b"font/ttf"))),
    Case(
        "matroska_with_a_climbing_attachment",
        _in_matroska(_attached("../../../../tmp/canary", b"text/plain")),
    ),
    Case("matroska_with_linked_chapters", _in_matroska(_linked_chapters)),
    Case("matroska_with_a_next_file", _in_matroska(_next_segment)),
    Case("mp4_with_an_entity_in_xml", _xml_in_index),
]

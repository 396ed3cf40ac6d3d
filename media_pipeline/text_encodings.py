"""Text from bytes that do not say how they are encoded."""

from collections.abc import Sequence

from charset_normalizer import from_bytes

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ZEROS_OF_UTF16 = 0.1
_USUAL = ("cp1252", "cp1256", "cp1251", "gb18030", "big5")
_BY_LANGUAGE: dict[tuple[str, ...], tuple[str, ...]] = {
    ("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"): ("cp1250", "iso8859_2"),
    ("be", "bg", "kk", "mk", "ru", "sr", "uk"): ("cp1251", "koi8_r", "cp866"),
    ("ca", "da", "de", "en", "es", "eu", "fi", "fr", "gl", "is", "it", "nb", "nl", "no"): (
        *("cp1252", "mac_roman", "cp850"),
    ),
    ("pt", "sv"): ("cp1252", "mac_roman", "cp850"),
    ("el",): ("cp1253", "iso8859_7"),
    ("az", "tr"): ("cp1254",),
    ("he", "yi"): ("cp1255",),
    ("ar", "fa", "ur"): ("cp1256",),
    ("et", "lt", "lv"): ("cp1257",),
    ("vi",): ("cp1258",),
    ("th",): ("cp874",),
    ("ja",): ("cp932", "euc_jp"),
    ("ko",): ("cp949",),
    ("zh",): ("gb18030", "big5"),
}
"""What programs write of a language when they do not write Unicode."""


def decoded(data: bytes, language: str | None) -> str | None:
    """The text, None if no encoding fits; `language` is a BCP 47 tag, where it is known.

    A mark at the beginning is believed, then UTF-8 and UTF-16 are recognised; else the encodings of
    the language are tried: they are far apart, where those of all languages are close together.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if data.count(0) > len(data) * _ZEROS_OF_UTF16:
        return _strictly(data, "utf-16-le" if _has_its_zeros_behind(data) else "utf-16-be")
    text = _strictly(data, "utf-8")
    if text is None:
        text = _guessed(data, _encodings_of(language)) or _guessed(data, _USUAL)
    return text or _guessed(data, ())


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _has_its_zeros_behind(data: bytes) -> bool:
    """Whether the numbers and marks of a subtitle file have their zero as the second byte."""
    return data[1::2].count(0) > data[::2].count(0)


def _encodings_of(language: str | None) -> Sequence[str]:
    primary = (language or "").partition("-")[0].lower()
    return next((found for tags, found in _BY_LANGUAGE.items() if primary in tags), _USUAL)


def _guessed(data: bytes, encodings: Sequence[str]) -> str | None:
    best = from_bytes(data, cp_isolation=list(encodings) or None).best()
    return None if best is None else str(best)

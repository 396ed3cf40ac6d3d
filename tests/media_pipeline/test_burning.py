"""Letters in the picture: joined, in their order, none missing; text is never a command."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pysubs2
import pytest

from media_pipeline import burning, sandbox
from media_pipeline.captions import Cue, Subtitles
from tests.media_pipeline.making import run_ffmpeg

SIZE = (1280, 720)
NO_CHARACTER = "\U0010fffd"
ZERO_WIDTH_NON_JOINER = "\u200c"


class Drawn:
    """White letters on grey, drawn as masters draw them, by a process that sees their fonts."""

    def __init__(self, folder: Path, text: str, language: str) -> None:
        made, fonts = folder / "made", folder / "fonts"
        for each in (made, fonts):
            each.mkdir()
        subtitles = Subtitles((Cue(0, 1, text),))
        ass = burning.to_ass(subtitles, language, SIZE)
        (made / burning.FILE_NAME).write_text(ass, encoding="utf-8")
        burning.put_fonts(fonts, text, language)
        grey = made / "grey.mp4"
        run_ffmpeg("-f", "lavfi", "-i", f"color=c=gray:s={SIZE[0]}x{SIZE[1]}:r=5:d=1", grey)
        shown = f"subtitles={burning.FILE_NAME}:fontsdir={fonts}:wrap_unicode=1,format=gray"
        done = sandbox.run(
            "ffmpeg",
            [
                *("-v", "warning", *sandbox.source_arguments(grey, "mov"), "-vf", shown),
                *("-frames:v", "1", "-f", "rawvideo", "file:picture.raw"),
            ],
            readable=[fonts],
            folder=made,
        )
        pixels = np.fromfile(made / "picture.raw", np.uint8).reshape(SIZE[1], SIZE[0])
        self.log = done.log
        self.ink = pixels > 150
        self.rows = np.flatnonzero(self.ink.any(axis=1))
        self.columns = np.flatnonzero(self.ink.any(axis=0))

    @property
    def width(self) -> int:
        return int(np.ptp(self.columns)) + 1

    @property
    def pieces(self) -> int:
        """How many pieces there are with empty columns between them."""
        return int((np.diff(self.columns) > 1).sum()) + 1

    @property
    def shape(self) -> np.ndarray:
        """The ink alone, wherever it stands."""
        return self.ink[self.rows.min() : self.rows.max() + 1][
            :, self.columns.min() : self.columns.max() + 1
        ]

    def tallest_at(self) -> float:
        """Where the tallest stroke stands: 0 at the left end of the text, 1 at the right."""
        shape = self.shape
        tops = np.where(shape.any(axis=0), shape.argmax(axis=0), shape.shape[0])
        return float(tops.argmin() / (shape.shape[1] - 1))


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., Drawn]:
    def drawn(text: str, language: str) -> Drawn:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return Drawn(folder, text, language)

    return drawn


def test_arabic_letters_are_joined(draw: Callable[..., Drawn]) -> None:
    joined = draw("سلمى", "ar")
    apart = draw(ZERO_WIDTH_NON_JOINER.join("سلمى"), "ar")
    assert joined.pieces == 1
    assert apart.pieces == 4
    assert joined.width < 0.9 * apart.width


def test_arabic_runs_from_right_to_left(draw: Callable[..., Drawn]) -> None:
    assert draw("سسسسسل", "ar").tallest_at() < 0.2
    assert draw("ل سسسسس", "ar").tallest_at() > 0.8


def test_a_line_of_arabic_with_foreign_words_begins_at_the_right(
    draw: Callable[..., Drawn],
) -> None:
    # The stop belongs to the end of the sentence, which is its left.
    with_stop, without = draw("سسس lll.", "ar"), draw("سسس lll", "ar")
    moved = with_stop.columns.min() - without.columns.min()
    assert with_stop.width > without.width
    first = with_stop.shape[:, :8]
    assert first[: -with_stop.shape.shape[0] // 2].sum() == 0
    assert moved < 0


def test_chinese_characters_are_drawn_and_no_boxes(draw: Callable[..., Drawn]) -> None:
    many, one = draw("中", "zh"), draw("文", "zh")
    box = draw(NO_CHARACTER, "zh")
    assert not np.array_equal(many.ink, one.ink)
    assert not np.array_equal(many.ink, box.ink)
    assert not np.array_equal(one.ink, box.ink)
    assert "failed to find" not in many.log + one.log
    assert "glyph 0x10FFFD" in box.log


def test_traditional_characters_are_drawn_as_there(draw: Callable[..., Drawn]) -> None:
    assert not np.array_equal(draw("骨", "zh-Hans").ink, draw("骨", "zh-Hant-TW").ink)


def test_a_long_chinese_line_is_broken_inside_the_picture(draw: Callable[..., Drawn]) -> None:
    long = draw("欢迎来到多元青年电影节" * 5, "zh")
    assert long.columns.min() > 0.04 * SIZE[0]
    assert long.columns.max() < 0.96 * SIZE[0]
    assert np.ptp(long.rows) > 2 * np.ptp(draw("欢迎", "zh").rows)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "مرحبا Plural 2026، 多"),
        ("zh", "你好，Café Šárka，Привет！"),
        ("en", "Hello — “you”, 多元, مرحبا"),
        ("fr", "Où ça ? Œuvre naïve, garçon"),
        ("ru", "Привет, ёлка! «Да»"),
        ("es", "¿Cómo estás, señor?"),
    ],
)
def test_the_six_languages_lack_no_character(
    draw: Callable[..., Drawn], language: str, text: str
) -> None:
    drawn = draw(text, language)
    assert "failed to find" not in drawn.log
    assert drawn.ink.any()


def test_what_looks_like_a_command_is_drawn(draw: Callable[..., Drawn]) -> None:
    plain = draw("X", "en")
    braces = draw("{\\an8}X", "en")
    assert braces.width > 4 * plain.width
    assert braces.rows.min() > SIZE[1] / 2
    assert np.ptp(draw("one\\Ntwo", "en").rows) < 2 * np.ptp(plain.rows)


def test_no_text_can_add_an_event_or_a_style() -> None:
    text = "a\nDialogue: 0,0:00:00.00,9:00:00.00,other,,0,0,0,,evil\n[Fonts]\n{\\p1}m 0 0"
    ass = burning.to_ass(Subtitles((Cue(1, 2.25, text),)), "en", SIZE)
    parsed = pysubs2.SSAFile.from_string(ass, format_="ass")
    (event,) = parsed.events
    assert (event.start, event.end) == (1000, 2250)
    assert set(parsed.styles) == {"arabic", "han", "other"}
    assert not event.is_drawing


def test_only_the_fonts_that_a_text_needs_are_copied(tmp_path: Path) -> None:
    burning.put_fonts(tmp_path, "Bonjour", "fr")
    assert [path.name for path in tmp_path.iterdir()] == ["other.ttf"]
    burning.put_fonts(tmp_path, "多元", "fr")
    assert {path.name for path in tmp_path.iterdir()} == {"other.ttf", "han.ttc"}

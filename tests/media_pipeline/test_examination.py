"""What a whole decode finds in a film that was taken in on first sight."""

import pytest

from media_pipeline import codes
from media_pipeline.damage import lost_spans, places
from media_pipeline.errors import ProcessStalled
from media_pipeline.examination import MEASURES, examine, recipe_digest
from media_pipeline.watching import Span
from tests.seldom import seldom


@pytest.mark.parametrize(
    "name",
    [
        *("plain", "silent_film", "uneven_rate", "late_start", "clock_jumps", "interlaced"),
        *("transport_stream", "transparent", "with_data", "silence"),
        *seldom("moving", "sixty", "short_sound", "edited", "early", "clock_wraps", "webm"),
        *seldom("avi", "pq", "ten_bit", "million"),
    ],
)
def test_a_whole_film_has_nothing_more_to_tell(examined, judged, name):
    found = examined(name)
    assert found.findings == ()
    assert found.duration_s == pytest.approx(judged(name).source.duration_s, abs=0.1)
    assert found.cpu_s > 0


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("damaged_in_part", codes.finding("damaged_in_part", count=1, times_s=[4.96])),
        ("black", codes.finding("all_black")),
        ("frozen", codes.finding("all_frozen")),
    ],
)
def test_it_is_told_exactly(examined, name, finding):
    assert examined(name).findings == (finding,)


def test_pauses_are_told_with_their_times(examined):
    found = {each.code: each.data for each in examined("pauses").findings}
    assert set(found) == {"black_parts", "frozen_parts", "silent_parts"}
    for code, begin_s in (("black_parts", 2), ("frozen_parts", 9), ("silent_parts", 3)):
        assert found[code]["count"] == 1
        assert found[code]["times_s"] == [pytest.approx(begin_s, abs=0.1)], code


def test_much_damage_is_told_with_where_it_begins(examined):
    (found,) = examined("badly_damaged").findings
    assert (found.code, found.severity) == ("damaged_badly", "to_fix")
    assert found.data["times_s"] == [pytest.approx(2, abs=0.1)]


def test_a_film_of_which_little_can_be_seen_is_beyond_use(examined, judged):
    assert judged("mostly_damaged").accepted
    (found,) = examined("mostly_damaged").findings
    assert (found.code, found.severity) == ("mostly_damaged", "refused")
    assert found.data == {"good_s": pytest.approx(2, abs=0.2), "duration_s": 6.0}


def test_what_the_first_look_has_told_is_not_told_as_damage(examined, judged):
    """The end that is missing was found by decoding the last pictures; the rest is whole."""
    for name in ("cut", "without_end"):
        assert "truncated" in {each.code for each in judged(name).findings}
        assert examined(name).findings == ()


def test_a_file_that_cannot_be_opened_any_more_is_beyond_use(films, judged, tmp_path):
    empty = tmp_path / "film.mp4"
    empty.write_bytes(films.get("plain").read_bytes()[:40])
    (found,) = examine(empty, judged("plain").source, on_progress=lambda share: None).findings
    assert (found.code, found.data) == ("mostly_damaged", {"good_s": 0.0, "duration_s": 3.0})


def test_the_share_that_was_seen_is_told_and_may_stop_the_work(films, judged):
    source, shares = judged("moving").source, []
    examine(films.get("moving"), source, on_progress=shares.append)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)

    def stop(share):
        raise ProcessStalled

    with pytest.raises(ProcessStalled):
        examine(films.get("moving"), source, on_progress=stop)


def test_the_recipe_changes_with_what_is_measured(monkeypatch):
    before = recipe_digest()
    monkeypatch.setitem(MEASURES, "black_s", 6.0)
    assert recipe_digest() != before


@pytest.mark.parametrize(
    ("decoded", "promised", "end_s", "spans"),
    [
        ([0, 1, 2], [0, 1, 2], 3, []),
        ([0, 2], [0, 0.5, 1, 1.5, 2], 2.5, [Span(0, 2)]),
        ([2], [0, 0.5, 1, 1.5, 2], 2.5, [Span(0.0, 2)]),
        ([0], [0, 0.5, 1, 1.5, 2], 2.5, [Span(0, 2.5)]),
        ([0, 9], [0, 9], 10, []),
        ([0, 0.04, 0.08], [0, 0.02, 0.04, 0.06, 0.08], 0.1, []),
    ],
)
def test_pictures_are_lost_where_packets_stand_and_none_decodes(decoded, promised, end_s, spans):
    assert lost_spans(decoded, promised, end_s) == spans


def test_what_lies_close_together_is_one_place():
    assert places([0.1, 1.0, 2.5, 9.0, 5.0]) == [0.1, 5.0, 9.0]
    assert places([]) == []

"""What jurors say to a filmmaker: staff read it first, then its maker, from their instant on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from plural.actions import scores
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.entry import FilmVersion
from plural.models.publication import Audience
from plural.models.rounds import Round, RoundState
from plural.models.scoring import Assignment, Score
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

KIND = "Your light is beautiful"
SHARP = "Boring and far too long"
SECRET = "Between us: the best of all"
HOURS = {
    Audience.RECIPIENTS: 1.0,
    Audience.PARTNERS: 2.0,
    Audience.ENTRANTS: 3.0,
    Audience.PUBLIC: 4.0,
}


class Commented:
    """A closed round whose two jurors have written to the maker of the first film, and staff."""

    def __init__(self, app: Flask, make: Make, sign_in: Callable[[Any], Visitor]) -> None:
        self.app = app
        self.panel = Panel(app, make, make.staff())
        self.panel.add_jurors(2)
        self.panel.add_films(2)
        self.round_id = self.panel.assigned()
        self.panel.score_all(self.round_id, lambda _a: 4)
        self.film = self.panel.films[0]
        with make.saving():
            mine = Score.query.join(Assignment).filter_by(film_version_id=self.film.id)
            for score, words in zip(mine.order_by(Score.id), (KIND, SHARP), strict=True):
                score.comment_for_maker, score.comment_for_jury = words, SECRET
            entry = db.session.get_one(FilmVersion, self.film.id).entry
            maker, self.entry_id = entry.account, entry.id
            self.jurors = [account.name for account, _membership in self.panel.jurors]
        self.staff, self.maker = sign_in(self.panel.staff), sign_in(maker)
        self.page = f"staff/rounds/{self.round_id}/comments"

    def id_of(self, words: str) -> int:
        with self.app.app_context():
            return int(Score.query.filter_by(comment_for_maker=words).one().id)

    def release(self, words: str) -> Any:
        return self.staff.post(f"staff/comments/{self.id_of(words)}/release")

    def seen(self) -> str:
        page: str = self.maker.get(f"entries/{self.entry_id}/result").text
        assert SECRET not in page
        assert not any(name in page for name in self.jurors)
        return page


@pytest.fixture
def commented(app: Flask, make: Make, sign_in: Callable[[Any], Visitor]) -> Commented:
    found = Commented(app, make, sign_in)
    found.panel.only_close(found.round_id)
    make.publication({found.panel.films[1]: make.award("grand")}, HOURS)
    return found


def test_the_maker_reads_what_was_released_from_the_entrants_instant_on(
    commented: Commented, set_clock: Callable[[float], None]
) -> None:
    assert "Released." in commented.release(KIND).text
    set_clock(2.9 * 3600)
    assert KIND not in commented.seen()
    set_clock(3.1 * 3600)
    page = commented.seen()
    assert KIND in page
    assert SHARP not in page


def test_nothing_is_shown_that_staff_have_not_released_or_have_held_back(
    commented: Commented, set_clock: Callable[[float], None]
) -> None:
    set_clock(5 * 3600)
    assert "What jurors want to tell you" not in commented.seen()
    commented.release(KIND)
    assert KIND in commented.seen()
    commented.staff.post(f"staff/comments/{commented.id_of(KIND)}/holding")
    assert KIND not in commented.seen()
    with commented.app.app_context():
        deeds = [e.action for e in AuditEvent.query.order_by(AuditEvent.seq)][-2:]
    assert deeds == ["score.comment_released", "score.comment_held_back"]


def test_all_comments_of_a_round_are_released_with_one_click(
    commented: Commented, set_clock: Callable[[float], None]
) -> None:
    assert "2 comments released." in commented.staff.post(commented.page).text
    set_clock(5 * 3600)
    assert KIND in commented.seen()
    assert SHARP in commented.seen()


def test_staff_read_what_is_for_the_maker_without_its_author_and_after_the_close_only(
    app: Flask, make: Make, sign_in: Any
) -> None:
    found = Commented(app, make, sign_in)
    assert KIND not in found.staff.get(found.page).text
    assert found.release(KIND).status_code == 409
    assert found.staff.post(found.page).status_code == 409
    found.panel.only_close(found.round_id)
    page = found.staff.get(found.page).text
    assert KIND in page
    assert not any(name in page for name in found.jurors)


def test_staff_read_what_is_for_the_jury_after_the_close_in_a_column_of_its_own(
    app: Flask, make: Make, sign_in: Any
) -> None:
    """Whatever jurors see of each other: a round may require these words."""
    found = Commented(app, make, sign_in)
    assert SECRET not in found.staff.get(found.page).text
    found.panel.only_close(found.round_id)
    for_maker, for_jury = found.staff.get(found.page).text.split("data-for-jury")
    assert (for_maker.count(KIND), for_maker.count(SHARP), for_maker.count(SECRET)) == (1, 1, 0)
    assert (for_jury.count(KIND), for_jury.count(SHARP), for_jury.count(SECRET)) == (0, 0, 2)


def test_words_for_the_jury_alone_are_read_too_and_are_nothing_to_release(
    app: Flask, make: Make, sign_in: Any
) -> None:
    found = Commented(app, make, sign_in)
    with make.saving():
        for score in Score.query.all():
            score.comment_for_maker = ""
    found.panel.only_close(found.round_id)
    page = found.staff.get(found.page).text
    assert page.count(SECRET) == 2
    assert "Release" not in page


def test_a_voided_score_says_nothing_to_the_maker(
    commented: Commented, set_clock: Callable[[float], None]
) -> None:
    commented.release(KIND)
    with commented.panel.deed():
        found = db.session.get_one(Score, commented.id_of(KIND))
        found.voided_at, found.void_reason = found.submitted_at, "conflict"
    set_clock(5 * 3600)
    assert KIND not in commented.seen()
    page = commented.staff.get(commented.page).text
    assert (page.count(KIND), page.count(SHARP), page.count(SECRET)) == (0, 1, 1)


def test_words_that_change_afterwards_wait_for_staff_again(commented: Commented) -> None:
    commented.release(KIND)
    with commented.panel.deed():
        score = db.session.get_one(Score, commented.id_of(KIND))
        scores.keep(score.assignment, score, scores.Sheet({"story": 2.0}, comment_for_maker=KIND))
        assert score.comment_released_at is not None
        scores.keep(score.assignment, score, scores.Sheet({"story": 2.0}, comment_for_maker=SHARP))
        assert score.comment_released_at is None
        assert db.session.get_one(Round, commented.round_id).state is RoundState.CLOSED


def test_another_maker_does_not_see_it(
    commented: Commented, set_clock: Callable[[float], None], sign_in: Any
) -> None:
    commented.release(KIND)
    set_clock(5 * 3600)
    with commented.app.app_context():
        other = db.session.get_one(FilmVersion, commented.panel.films[1].id).entry
        account, entry_id = other.account, other.id
        browser = sign_in(account)
    assert KIND not in browser.get(f"entries/{entry_id}/result").text
    assert browser.get(f"entries/{commented.entry_id}/result").status_code == 404

from dataclasses import replace

import pytest

from judging.conflicts import Conflict, Source
from judging.deliberation import Minutes, conclude
from judging.errors import (
    DuplicateId,
    NotConfirmed,
    NotRecused,
    QuorumNotMet,
    UnknownFilm,
    UnknownJuror,
)

MEMBERS = frozenset("abcde")
MINUTES = Minutes(
    present=frozenset("abcd"),
    winners=("g", "f"),
    reasons="The camera never leaves the child's height.",
    recused=frozenset("d"),
    dissent={"c": "The ending is borrowed."},
    confirmed=frozenset("abc"),
)
CONFLICT = Conflict("f", "d", Source.DECLARED, "teacher")


def concluded(minutes=MINUTES, **changes):
    return conclude(minutes, members=MEMBERS, candidates="fgh", **changes)


def test_confirmed_minutes_name_the_winners():
    assert concluded(conflicts=[CONFLICT], quorum=3) == ("f", "g")


def test_no_award_is_a_decision():
    assert concluded(replace(MINUTES, winners=())) == ()


def test_whoever_dissents_confirms_all_the_same():
    with pytest.raises(NotConfirmed) as refused:
        concluded(replace(MINUTES, confirmed=frozenset("ab")))
    assert refused.value.juror_ids == ("c",)


def test_a_recused_member_need_not_confirm():
    assert "d" not in MINUTES.confirmed
    assert concluded() == ("f", "g")


def test_a_member_with_a_conflict_must_be_recused():
    minutes = replace(MINUTES, recused=frozenset(), confirmed=frozenset("abcd"))
    with pytest.raises(NotRecused) as refused:
        concluded(minutes, conflicts=[CONFLICT])
    assert (refused.value.film_id, refused.value.juror_id) == ("f", "d")
    assert concluded(minutes, conflicts=[replace(CONFLICT, film_id="other round")]) == ("f", "g")


def test_a_recusal_may_break_the_quorum():
    with pytest.raises(QuorumNotMet) as refused:
        concluded(quorum=4)
    assert (refused.value.present, refused.value.quorum) == (3, 4)


def test_a_film_is_awarded_once():
    with pytest.raises(DuplicateId):
        concluded(replace(MINUTES, winners=("f", "f")))


def test_strangers_are_refused():
    with pytest.raises(UnknownJuror):
        concluded(replace(MINUTES, present=frozenset("abx")))
    with pytest.raises(UnknownFilm):
        concluded(replace(MINUTES, winners=("z",)))

"""May a film be used, may a result be known: every rule of the two questions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from plural.extensions import db
from plural.models.consent import Consent, Guardian, Use
from plural.models.entry import Entry, EntryState, FilmVersion, Person, PersonRole, Work
from plural.models.festival import AwardKind
from plural.models.people import Account, Membership
from plural.models.publication import Audience, Distinction, PublicationState
from plural.rights import (
    age_on,
    clears,
    covers,
    is_minor,
    may_identify,
    may_know,
    may_use,
    signers,
)
from tests.factories import Make

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHILD, ADULT = date(2012, 1, 1), date(1990, 1, 1)
OUTWARD = (Use.NAME, Use.FACE, Use.WEB, Use.BROADCAST)


class Case:
    """A film in memory, and short words for what people decide about it."""

    def __init__(self, birth_date: date | None = ADULT) -> None:
        self.entry = Entry(title="Film", state=EntryState.ELIGIBLE)
        self.film = FilmVersion(id=1, number=1)
        self.entry.versions.append(self.film)
        self.maker = self.person(PersonRole.MAKER, birth_date, account_id=7)
        self.count = 0

    def person(
        self, role: PersonRole, birth_date: date | None, account_id: int | None = None
    ) -> Person:
        person = Person(role=role, name="P", birth_date=birth_date, account_id=account_id)
        self.entry.persons.append(person)
        return person

    def guardian(self, person: Person | None = None) -> Guardian:
        person = person or self.maker
        guardian = Guardian(id=len(person.guardians) + 1, name="G", email="g@example.org")
        person.guardians.append(guardian)
        return guardian

    def signs(
        self,
        signer: Guardian | None = None,
        use: Use = Use.JURY,
        at: datetime = NOW - HOUR,
        until: datetime | None = None,
        film_id: int = 1,
        person: Person | None = None,
    ) -> Consent:
        """A guardian, or the person themselves, says yes at one instant and no at a later one."""
        self.count += 1
        person = person or (signer.person if signer else self.maker)
        consent = Consent(
            id=self.count,
            film_version_id=film_id,
            use=use,
            given_at=at,
            revoked_at=until,
            by_guardian_id=signer.id if signer else None,
            by_account_id=None if signer else 7,
        )
        person.consents.append(consent)
        return consent

    def usable(self, use: Use = Use.JURY, territory: str | None = None, at: datetime = NOW) -> bool:
        return may_use(self.film, use, territory, at)


# ----- age


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (date(2008, 6, 1), date(2026, 5, 31), 17),
        (date(2008, 6, 1), date(2026, 6, 1), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 6, 1), date(2026, 6, 1), 0),
        (date(2007, 12, 31), date(2026, 1, 1), 18),
    ],
)
def test_age_is_counted_in_whole_years(birth_date: date, day: date, age: int) -> None:
    assert age_on(birth_date, day) == age


def test_the_18th_birthday_ends_childhood_at_midnight_utc() -> None:
    person = Person(birth_date=date(2008, 6, 2))
    midnight = datetime(2026, 6, 2, tzinfo=UTC)
    assert is_minor(person, midnight - timedelta(seconds=1))
    assert not is_minor(person, midnight)


def test_somebody_without_birth_date_is_no_minor() -> None:
    assert not is_minor(Person(birth_date=None), NOW)


# ----- an adult's own word


def test_an_adults_yes_is_enough_and_counts_for_its_use_only() -> None:
    case = Case()
    assert not case.usable()
    case.signs()
    assert case.usable()
    assert not any(case.usable(use) for use in OUTWARD)


def test_a_yes_counts_from_its_instant_until_it_is_taken_back() -> None:
    case = Case()
    case.signs(at=NOW, until=NOW + HOUR)
    second = timedelta(seconds=1)
    assert [case.usable(at=NOW + d) for d in (-second, 0 * second, HOUR - second, HOUR)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_yes_given_again_counts() -> None:
    case = Case()
    case.signs(at=NOW - 3 * HOUR, until=NOW - 2 * HOUR)
    assert not case.usable()
    case.signs(at=NOW - HOUR)
    assert case.usable()


def test_of_two_answers_at_one_instant_the_later_written_counts() -> None:
    case = Case()
    case.signs(at=NOW - HOUR)
    case.signs(at=NOW - HOUR, until=NOW - HOUR)
    assert not case.usable()


def test_a_yes_is_about_one_film_version() -> None:
    case = Case()
    case.signs(film_id=2)
    assert not case.usable()


# ----- children and guardians


def test_a_childs_film_needs_both_the_child_and_a_guardian() -> None:
    case = Case(CHILD)
    case.signs()
    assert not case.usable()
    guardian = case.guardian()
    assert not case.usable()
    case.signs(guardian)
    assert case.usable()


def test_a_guardians_yes_without_the_childs_is_nothing() -> None:
    case = Case(CHILD)
    case.signs(case.guardian())
    assert not case.usable()


def test_the_childs_no_wins_over_the_guardian() -> None:
    case = Case(CHILD)
    case.signs(case.guardian())
    case.signs(until=NOW - HOUR / 2)
    assert not case.usable()


def test_a_guardians_no_suspends_its_use_only() -> None:
    case = Case(CHILD)
    guardian = case.guardian()
    for use in (Use.JURY, Use.WEB):
        case.signs(use=use)
        case.signs(guardian, use)
    assert case.usable(Use.WEB)
    case.signs(guardian, Use.WEB, at=NOW - HOUR / 2, until=NOW - HOUR / 2)
    assert (case.usable(Use.JURY), case.usable(Use.WEB)) == (True, False)


def test_a_guardian_takes_back_and_gives_again() -> None:
    case = Case(CHILD)
    guardian = case.guardian()
    case.signs()
    case.signs(guardian, at=NOW - 3 * HOUR, until=NOW - 2 * HOUR)
    assert not case.usable()
    case.signs(guardian, at=NOW - HOUR)
    assert case.usable()
    assert not case.usable(at=NOW - 1.5 * HOUR)


def test_of_two_guardians_one_yes_is_enough_until_the_other_says_no() -> None:
    case = Case(CHILD)
    case.signs()
    first, second = case.guardian(), case.guardian()
    case.signs(first)
    assert case.usable()
    refusal = case.signs(second, until=NOW - HOUR)
    assert not case.usable()
    refusal.revoked_at = None
    assert case.usable()


def test_an_ended_guardian_counts_neither_way() -> None:
    case = Case(CHILD)
    case.signs()
    first, second = case.guardian(), case.guardian()
    case.signs(first)
    case.signs(second, until=NOW - HOUR)
    second.ended_at = NOW
    assert case.usable()
    first.ended_at = NOW
    assert not case.usable()


def test_on_the_18th_birthday_the_makers_own_word_is_what_counts() -> None:
    case = Case(date(2008, 6, 2))
    birthday = datetime(2026, 6, 2, tzinfo=UTC)
    guardian = case.guardian()
    case.signs()
    case.signs(guardian, until=NOW - HOUR)
    assert not case.usable(at=birthday - HOUR)
    assert case.usable(at=birthday)


def test_a_child_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    case = Case(date(2008, 2, 29))
    case.signs(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert not case.usable(at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    assert case.usable(at=datetime(2026, 3, 1, tzinfo=UTC))


def test_everybody_under_18_in_the_film_counts_but_no_other_adult() -> None:
    case = Case()
    case.signs()
    case.person(PersonRole.APPEARING, ADULT)
    assert case.usable()
    child = case.person(PersonRole.APPEARING, CHILD)
    assert signers(case.entry, NOW) == [case.maker, child]
    assert not case.usable()
    case.signs(case.guardian(child))
    assert case.usable()


def test_a_name_stands_beside_the_film_only_when_allowed() -> None:
    case = Case(CHILD)
    guardian = case.guardian()
    case.signs(use=Use.NAME)
    assert not may_identify(case.maker, case.film, NOW)
    case.signs(guardian, Use.NAME)
    assert may_identify(case.maker, case.film, NOW)


# ----- the festival's hand


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        (EntryState.DRAFT, True),
        (EntryState.SUBMITTED, True),
        (EntryState.ELIGIBLE, True),
        (EntryState.INELIGIBLE, True),
        (EntryState.WITHDRAWN, False),
        (EntryState.DISQUALIFIED, False),
    ],
)
def test_what_is_out_of_the_festival_is_used_for_nothing(state: EntryState, usable: bool) -> None:
    case = Case()
    case.signs()
    case.entry.state = state
    assert case.usable() is usable


def test_a_withheld_film_is_used_for_nothing_despite_consent() -> None:
    case = Case()
    for use in Use:
        case.signs(use=use)
    assert all(case.usable(use) for use in Use)
    case.entry.withheld_at = NOW
    assert not any(case.usable(use) for use in Use)


# ----- works of others


def work(**facts: Any) -> Work:
    return Work(**{"title": "Song", "uses": [], "territories": [], "ends_at": None, **facts})


def test_an_uncleared_work_leaves_the_jury_only() -> None:
    case = Case()
    for use in Use:
        case.signs(use=use)
    case.entry.works.append(work())
    assert {use for use in Use if case.usable(use)} == {Use.JURY}


@pytest.mark.parametrize(
    ("territories", "asked", "covered"),
    [
        ([], None, True),
        ([], "JO", True),
        (["JO"], "JO", True),
        (["JO", "FR"], "FR", True),
        (["JO"], "FR", False),
        (["JO"], None, False),
    ],
)
def test_a_list_of_territories_never_covers_the_world(
    territories: list[str], asked: str | None, covered: bool
) -> None:
    assert covers(territories, asked) is covered


def test_a_work_is_cleared_for_its_uses_places_and_term() -> None:
    cleared = work(uses=["web"], territories=["JO"], ends_at=NOW + HOUR)
    assert clears(cleared, Use.WEB, "JO", NOW)
    assert not clears(cleared, Use.BROADCAST, "JO", NOW)
    assert not clears(cleared, Use.WEB, "FR", NOW)
    assert clears(cleared, Use.WEB, "JO", NOW + HOUR - timedelta(seconds=1))
    assert not clears(cleared, Use.WEB, "JO", NOW + HOUR)


def test_every_work_must_be_cleared() -> None:
    case = Case()
    case.signs(use=Use.WEB)
    case.entry.works += [work(uses=["web"]), work(uses=["web"], territories=["JO"])]
    assert case.usable(Use.WEB, "JO")
    assert not case.usable(Use.WEB, "FR")
    assert not case.usable(Use.WEB, None)


# ----- may_know


@pytest.fixture
def known(make: Make) -> Any:
    """A distinction that each audience learns an hour after the one before, and its people."""
    film = make.eligible_film(make.account("Recipient"))
    other = make.eligible_film(make.account("Entrant"))
    drafting = make.entry(make.account("Drafting"))
    partner, _membership = make.juror()
    left, membership = make.juror()
    guardian = make.guardian(make.whole_entry(film.entry_id))
    stranger = make.guardian(make.whole_entry(other.entry_id), "stranger@example.org")
    award = make.award("best", AwardKind.JURY_DISTINCTION)
    hours = {a: float(i) for i, a in enumerate(Audience, 1)}
    publication = make.publication({film: award}, hours)
    staff = make.staff()
    return {
        "recipient": film.entry.account_id, "entrant": other.entry.account_id,
        "drafting": drafting.account_id, "partner": partner.id, "left": left.id,
        "staff": staff.id, "guardian": guardian.id, "stranger": stranger.id,
        "public": None, "membership": membership.id, "confirmed_at": publication.confirmed_at,
    }  # fmt: skip


def who(ids: dict[str, Any], role: str) -> Any:
    if role == "left":
        db.session.get_one(Membership, ids["membership"]).ended_at = ids["confirmed_at"]
    if role in ("guardian", "stranger"):
        return db.session.get_one(Guardian, ids[role])
    return ids[role] and db.session.get_one(Account, ids[role])


@pytest.mark.parametrize(
    ("role", "from_hour"),
    [
        ("staff", 0),
        ("recipient", 1),
        ("guardian", 1),
        ("partner", 2),
        ("entrant", 3),
        ("stranger", 3),
        ("left", 4),
        ("drafting", 4),
        ("public", 4),
    ],
)
def test_everybody_knows_from_the_instant_of_their_first_audience(
    make: Make, known: dict[str, Any], role: str, from_hour: int
) -> None:
    with make.saving():
        result = Distinction.query.one()
        person = who(known, role)
        start = min(d.at for d in result.publication.disclosures) - HOUR
        knows = [may_know(person, result, start + h * HOUR) for h in range(6)]
    assert knows == [hour >= from_hour for hour in range(6)]


def test_nobody_but_staff_knows_what_is_not_confirmed_or_was_withdrawn(
    make: Make, known: dict[str, Any]
) -> None:
    with make.saving():
        result = Distinction.query.one()
        late = known["confirmed_at"] + 100 * HOUR
        people = [who(known, role) for role in ("recipient", "guardian", "partner", "public")]
        assert all(may_know(person, result, late) for person in people)
        result.withdrawn_at = known["confirmed_at"]
        assert not any(may_know(person, result, late) for person in people)
        assert may_know(who(known, "staff"), result, late)
        result.withdrawn_at = None
        result.publication.state = PublicationState.PROPOSED
        result.publication.confirmed_by_id = None
        assert not any(may_know(person, result, late) for person in people)


def test_staff_of_another_festival_are_the_public(make: Make, known: dict[str, Any]) -> None:
    elsewhere = make.staff("Elsewhere", make.festival("elsewhere"))
    with make.saving():
        result = Distinction.query.one()
        person = db.session.get_one(Account, elsewhere.id)
        assert not may_know(person, result, known["confirmed_at"] + 3.5 * HOUR)
        assert may_know(person, result, known["confirmed_at"] + 4.5 * HOUR)

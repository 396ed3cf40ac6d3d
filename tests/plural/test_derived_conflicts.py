"""Who must not judge follows from the rows when a jury opens: the film is not on their ballot."""

from typing import Any

import pytest
from flask import Flask

from judging.conflicts import Ties
from plural.actions import conflicts
from plural.extensions import db
from plural.models.entry import Person, PersonRole
from plural.models.people import Account, Membership
from plural.models.rounds import Round
from plural.models.scoring import Conflict
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.visitor import Visitor


def offered(jury: Jury, juror: int, sign_in: Any) -> list[bool]:
    """Which of the films are on a juror's ballot."""
    visitor: Visitor = sign_in(jury.panel.jurors[juror][0])
    page = visitor.get(f"jury/{jury.seat(juror)}/ballots").text
    return [f'name="rank_{film.id}"' in page for film in jury.panel.films]


def entrant_of(jury: Jury, film: int) -> Account:
    with jury.panel.app.app_context():
        found = db.session.get_one(type(jury.panel.films[film]), jury.panel.films[film].id)
        account: Account = found.entry.account
        return account


def test_a_juror_who_is_the_author_under_a_second_address_does_not_judge_the_film(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make)
    with jury.panel.deed():
        second = entrant_of(jury, 1).email
        db.session.get_one(Membership, jury.panel.jurors[0][1].id).email = second
    jury.open()
    assert offered(jury, 0, sign_in) == [True, False, True]
    assert offered(jury, 1, sign_in) == [True, True, True]


def test_a_juror_who_bears_the_name_of_the_author_does_not_judge_the_film(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make)
    with jury.panel.deed():
        name = entrant_of(jury, 2).name
        db.session.get_one(Account, jury.panel.jurors[0][0].id).name = name
    jury.open()
    assert offered(jury, 0, sign_in) == [True, True, False]


def test_a_co_authors_conflict_keeps_their_film_from_them(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make)
    with jury.panel.deed():
        crew = Person(
            entry_id=jury.panel.films[0].entry_id,
            account_id=jury.panel.jurors[1][0].id,
            role=PersonRole.CREW,
            name="Under a pen name",
        )
        db.session.add(crew)
    jury.open()
    assert offered(jury, 1, sign_in) == [False, True, True]


def test_a_film_of_somebody_of_the_organisation_is_judged_by_none_of_its_people(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make)
    with jury.panel.app.app_context():
        organisation = db.session.get_one(Membership, jury.panel.jurors[0][1].id).organisation
    make.juror(organisation, entrant_of(jury, 1))
    jury.open()
    assert offered(jury, 0, sign_in) == [True, False, True]
    with app.app_context():
        reasons = {conflict.reason for conflict in Conflict.query}
        assert reasons == {"same organisation"}
        assert db.session.get_one(Round, jury.round_id).declared_digest


# ----- the same mail domain


def write_from(jury: Jury, film: int, domain: str) -> None:
    with jury.panel.deed():
        entrant = db.session.get_one(Account, entrant_of(jury, film).id)
        entrant.email = f"teacher{film}@{domain}"


def mail_to(jury: Jury, juror: int, address: str) -> None:
    with jury.panel.deed():
        db.session.get_one(Membership, jury.panel.jurors[juror][1].id).email = address


def recorded(jury: Jury) -> list[tuple[str, str, str]]:
    """All conflicts: the address of the entrant, that of the juror's account, the reason."""
    with jury.panel.app.app_context():
        rows = Conflict.query.order_by(Conflict.entry_id, Conflict.account_id)
        return [(row.entry.account.email, row.account.email, row.reason) for row in rows]


def test_a_colleague_at_the_mail_domain_of_the_entrant_does_not_judge_the_film(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make)
    write_from(jury, 1, "lincoln-school.example")
    mail_to(jury, 0, "colleague@Lincoln-School.example")
    jury.open()
    assert offered(jury, 0, sign_in) == [True, False, True]
    assert offered(jury, 1, sign_in) == [True, True, True]
    juror = jury.panel.jurors[0][0].email
    assert recorded(jury) == [("teacher1@lincoln-school.example", juror, "same mail domain")]


@pytest.mark.parametrize("host", ["gmail.com", "mail.ru", "qq.com", "sfr.fr", "example.org"])
def test_a_mail_host_that_anybody_may_use_is_no_conflict(app: Flask, make: Make, host: str) -> None:
    jury = Jury(app, make)
    write_from(jury, 1, host)
    mail_to(jury, 0, f"colleague@{host}")
    jury.open()
    assert recorded(jury) == []


def test_a_mail_domain_of_jurors_of_three_organisations_is_a_host_that_no_list_knows(
    app: Flask, make: Make
) -> None:
    jury = Jury(app, make, 3)
    write_from(jury, 1, "small-town-mail.example")
    for juror in range(3):
        mail_to(jury, juror, f"juror{juror}@small-town-mail.example")
    jury.open()
    assert recorded(jury) == []


def test_a_mail_domain_of_two_organisations_counts_for_both(app: Flask, make: Make) -> None:
    jury = Jury(app, make, 2)
    write_from(jury, 1, "two-houses.example")
    for juror in range(2):
        mail_to(jury, juror, f"juror{juror}@two-houses.example")
    jury.open()
    assert [reason for _e, _j, reason in recorded(jury)] == ["same mail domain"] * 2


@pytest.mark.parametrize(
    ("acting", "is_host"),
    [
        (["a", "b", "c"], True),
        (["a", "b", "ab"], False),
        (["a", "b", ""], False),
        (["a", "b", "c", "cd"], True),
    ],
)
def test_organisations_that_share_a_juror_count_once_and_who_has_left_does_not_count(
    acting: list[str], is_host: bool
) -> None:
    """Each juror by the organisations that they act for."""
    jurors = [
        Ties(f"{n}", organisation_ids=frozenset(some), addresses=frozenset({f"{n}@house.example"}))
        for n, some in enumerate(acting)
    ]
    assert conflicts.shared_domains(jurors) == ({"house.example"} if is_host else set())

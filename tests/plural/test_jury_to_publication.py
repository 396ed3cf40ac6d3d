"""What a final jury came to is what goes out: shared, withheld, one prize per film, withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from plural import clock, lifecycle
from plural.actions import announcing, publishing, results
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.entry import EntryState, FilmVersion
from plural.models.festival import Edition
from plural.models.publication import Audience, Publication
from plural.round_rules import RoundRules
from tests.factories import Make
from tests.plural.final_juries import Jury


def edition(jury: Jury) -> Edition:
    return db.session.get_one(Edition, jury.award.edition_id)


def publish(jury: Jury, leave_out: bool = False) -> list[tuple[int, int]]:
    """Two people publish; award and film version of each distinction."""
    second = jury.make.staff("Second")
    with jury.panel.deed():
        now = clock.now()
        hours = {audience: now + timedelta(hours=n) for n, audience in enumerate(Audience, 1)}
        publication = publishing.propose(edition(jury), hours, jury.panel.by())
        seen = publishing.digest(publishing.lines(edition(jury)))
        publishing.confirm(publication, seen, leave_out, db.session.merge(second))
        db.session.flush()
        return sorted((d.award_id, d.film_version_id) for d in publication.distinctions)


def test_an_award_that_is_shared_goes_to_each_film_and_each_maker_is_told(
    app: Flask, make: Make, set_clock: Any
) -> None:
    jury = Jury(app, make).open(RoundRules())
    jury.vote(0, 0, 1)
    jury.vote(1, 1, 0)
    jury.panel.close(jury.round_id)
    both = sorted(film.id for film in jury.panel.films[:2])
    assert publish(jury) == [(jury.award.id, film_id) for film_id in both]
    set_clock(2 * 3600)
    with jury.panel.deed():
        announcing.announce_due()
        told = [
            i.payload["ids"] for i in OutboxItem.query if i.payload["name"] == "result_recipient"
        ]
    entries = {film.entry_id for film in jury.panel.films[:2]}
    assert {ids["entry_id"] for ids in told} == entries


def test_an_award_that_is_not_given_is_nothing_to_publish(app: Flask, make: Make) -> None:
    jury = Jury(app, make).open()
    for juror in range(2):
        jury.cast(juror, [[0], [jury.panel.films[0].id]])
    jury.panel.close(jury.round_id)
    with app.app_context():
        assert results.decided(edition(jury)) == []
    with pytest.raises(Refused) as refused:
        publish(jury)
    assert refused.value.code == "nothing_decided"


def test_with_one_prize_per_film_two_awards_go_to_two_films(app: Flask, make: Make) -> None:
    jury = Jury(app, make)
    later = make.award("music", category_id=make.category("adult").id, position=2)
    jury.open(RoundRules(one_prize_per_film=True))
    for juror in range(2):
        for award in (jury.award, later):
            jury.vote(juror, 0, 1, award=award)
    jury.panel.close(jury.round_id)
    first, second = (film.id for film in jury.panel.films[:2])
    assert publish(jury) == [(jury.award.id, first), (later.id, second)]
    with app.app_context():
        assert results.collisions(edition(jury)) == {}


def test_an_entry_withdrawn_after_winning_does_not_go_out_and_nobody_moves_up(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make).open()
    for juror in range(2):
        jury.vote(juror, 0, 1)
    jury.panel.close(jury.round_id)
    with jury.panel.deed():
        entry = db.session.get_one(FilmVersion, jury.panel.films[0].id).entry
        lifecycle.move(entry, EntryState.WITHDRAWN, entry.account, withdrawn_at=clock.now())
    with app.app_context():
        [line] = publishing.lines(edition(jury))
        assert line.hindrance == "entry_left"
    with pytest.raises(Refused) as refused:
        publish(jury)
    assert refused.value.code == "films_hindered"
    assert publish(jury, leave_out=True) == []
    with app.app_context():
        assert Publication.query.one().distinctions == []
    page = sign_in(jury.panel.staff).get(f"staff/rounds/{jury.round_id}/result")
    assert page.status_code == 200


def test_a_receipt_is_found_in_the_record_of_the_jury(app: Flask, make: Make, sign_in: Any) -> None:
    jury = Jury(app, make).open()
    juror = sign_in(jury.panel.jurors[0][0])
    path = f"jury/{jury.seat(0)}/ballots/{jury.award.id}"
    fields = {f"rank_{jury.panel.films[0].id}": "1", "revision": "0"}
    page = juror.post(path, fields).text
    receipt = page.split("Receipt: ")[1].split("<")[0].strip()
    jury.panel.close(jury.round_id)
    snapshot = sign_in(jury.panel.staff).get(f"staff/rounds/{jury.round_id}/snapshot.json").text
    assert len(receipt) == 16
    assert f'"receipt":"{receipt}"' in snapshot.replace(" ", "")
    assert jury.panel.jurors[0][0].name not in snapshot

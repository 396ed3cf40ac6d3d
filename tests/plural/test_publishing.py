"""Publication: two people, four audiences, each at its instant, and the second thoughts."""

import email
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from plural import audit, clock
from plural.actions import announcing, publishing
from plural.actions.outbox import HANDLERS
from plural.actions.panel import pseudonym
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.consent import Consent, Use
from plural.models.entry import EntryState, FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account, Membership
from plural.models.publication import Audience, Disclosure, Distinction, Publication
from plural.models.rounds import Round, RoundKind, RoundResult, RoundState
from plural.rights import may_know
from tests.factories import Make
from tests.visitor import Visitor

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Results:
    """A closed jury round has given one award to `film`; `other` has received nothing."""

    edition: Edition
    film: FilmVersion
    other: FilmVersion
    first: Account
    second: Account


@pytest.fixture
def results(make: Make) -> Results:
    film = make.eligible_film(make.account("Lina", language="ar"), title="Crossing")
    other = make.eligible_film(make.account("Sam"), title="Harbour")
    make.award("grand")
    decide(make, "final", {"grand": [film]})
    return Results(make.edition(), film, other, make.staff("First"), make.staff("Second"))


def decide(make: Make, key: str, winners: dict[str, list[FilmVersion]]) -> Round:
    """A closed international jury whose frozen document names these winners."""
    films = [film for held in winners.values() for film in held]
    round_ = make.round(RoundKind.INTERNATIONAL_JURY, films, state=RoundState.CLOSED, key=key)
    with make.saving():
        named = {
            award: [pseudonym(db.session.get_one(FilmVersion, f.id)) for f in held]
            for award, held in winners.items()
        }
        awards = [
            {"award": award, "winners": films, "citation": "For its courage."}
            for award, films in named.items()
        ]
        db.session.add(
            RoundResult(
                round_id=round_.id,
                version=1,
                document={"awards": awards},
                digest="0" * 64,
                frozen_at=clock.now(),
            )
        )
    return round_


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def instants(*hours: float) -> dict[Audience, Any]:
    now = clock.now()
    return {a: now + h * HOUR for a, h in zip(Audience, hours, strict=True)}


def account(row: Account) -> Account:
    return db.session.get_one(Account, row.id)


def propose(results: Results, *hours: float) -> Publication:
    edition = db.session.get_one(Edition, results.edition.id)
    return publishing.propose(edition, instants(*(hours or (1, 2, 3, 4))), account(results.first))


def confirm(results: Results, publication: Publication, leave_out: bool = False) -> None:
    seen = publishing.digest(publishing.lines(publication.edition))
    publishing.confirm(publication, seen, leave_out, account(results.second))


def published(results: Results, *hours: float) -> Publication:
    publication = propose(results, *hours)
    confirm(results, publication)
    db.session.commit()
    return publication


def mails() -> list[tuple[str, dict[str, int]]]:
    items = OutboxItem.query.filter_by(kind="mail").order_by(OutboxItem.id)
    return [(item.payload["name"], item.payload["ids"]) for item in items]


# ----- two people


def test_what_a_second_person_confirms_becomes_distinctions(
    context: None, results: Results
) -> None:
    publication = published(results)
    [distinction] = publication.distinctions
    assert distinction.film_version_id == results.film.id
    assert distinction.citation == "For its courage."
    actions = [e.action for e in audit.events(publication.edition.festival)]
    assert actions[-3:] == ["publication.proposed", "publication.confirmed", "publication.sealed"]
    assert audit.first_broken(publication.edition.festival) is None


def test_nobody_confirms_their_own_proposal(context: None, results: Results) -> None:
    publication = propose(results)
    seen = publishing.digest(publishing.lines(publication.edition))
    with pytest.raises(Refused, match="second_person_wanted"):
        publishing.confirm(publication, seen, False, account(results.first))
    assert Distinction.query.count() == 0


def test_of_two_confirmations_the_second_is_refused(context: None, results: Results) -> None:
    publication = published(results)
    with pytest.raises(Refused, match="transition_not_allowed"):
        confirm(results, publication)
    with pytest.raises(Refused, match="already_confirmed"):
        propose(results)
    assert Distinction.query.count() == 1


def test_results_that_changed_since_they_were_looked_at_are_not_confirmed(
    context: None, make: Make, results: Results
) -> None:
    publication = propose(results)
    seen = publishing.digest(publishing.lines(publication.edition))
    db.session.commit()
    make.award("joy")
    decide(make, "second_final", {"joy": [results.other]})
    db.session.expire_all()
    with pytest.raises(StaleState, match="results_changed"):
        publishing.confirm(publication, seen, False, account(results.second))


def test_audiences_hear_in_their_order_or_not_at_all(context: None, results: Results) -> None:
    with pytest.raises(Refused, match="audiences_out_of_order"):
        propose(results, 2, 1, 3, 4)
    assert propose(results, 1, 1, 1, 1).disclosures[0].audience is Audience.RECIPIENTS


def test_nothing_decided_is_nothing_to_propose(app: Flask, make: Make) -> None:
    edition, by = make.edition(), make.staff()
    with app.app_context(), pytest.raises(Refused, match="nothing_decided"):
        publishing.propose(
            db.session.get_one(Edition, edition.id), instants(1, 2, 3, 4), account(by)
        )


def test_the_usual_instants_are_in_order_and_ahead(context: None, make: Make) -> None:
    usual = publishing.usual_instants(make.edition())
    assert list(usual) == list(Audience)
    assert list(usual.values()) == sorted(usual.values())
    assert usual[Audience.RECIPIENTS] > clock.now()


# ----- consent is read again


def revoke(film: FilmVersion, use: Use) -> None:
    for consent in Consent.query.filter_by(film_version_id=film.id, use=use):
        consent.revoked_at = clock.now()
    db.session.flush()


def test_a_consent_taken_back_after_the_proposal_stops_the_confirmation(
    context: None, results: Results
) -> None:
    publication = propose(results)
    seen = publishing.digest(publishing.lines(publication.edition))
    revoke(results.film, Use.WEB)
    with pytest.raises(StaleState, match="results_changed"):
        publishing.confirm(publication, seen, False, account(results.second))
    with pytest.raises(Refused, match="films_hindered"):
        confirm(results, publication)
    assert Distinction.query.count() == 0


def test_a_film_is_left_out_only_by_a_person_who_says_so_and_the_reason_is_kept(
    context: None, results: Results
) -> None:
    publication = propose(results)
    revoke(results.film, Use.WEB)
    confirm(results, publication, leave_out=True)
    assert publication.distinctions == []
    sealed = audit.events(publication.edition.festival)[-1].detail
    assert sealed is not None
    left_out = sealed.payload["left_out"]
    assert left_out == {f"film_version:{results.film.id}": "web_not_allowed"}


# ----- the instants


def test_each_audience_may_know_from_its_instant_on(context: None, results: Results) -> None:
    publication = published(results)
    [distinction] = publication.distinctions
    maker, entrant = distinction.film.entry.account, account_of(results.other)
    for hour, knowers in ((0.5, []), (1.5, [maker]), (3.5, [maker, entrant])):
        at = clock.now() + hour * HOUR
        knows = [p for p in (maker, entrant, None) if may_know(p, distinction, at)]
        assert knows == knowers
    assert may_know(None, distinction, clock.now() + 4.5 * HOUR)


def account_of(film: FilmVersion) -> Account:
    return db.session.get_one(FilmVersion, film.id).entry.account


def test_one_audience_is_postponed_within_the_order(context: None, results: Results) -> None:
    publication, by = published(results), account(results.first)
    later = clock.now() + 2.5 * HOUR
    publishing.reschedule(publication, Audience.PARTNERS, later, by)
    assert publishing.instants_of(publication)[Audience.PARTNERS] == later
    with pytest.raises(Refused, match="audiences_out_of_order"):
        publishing.reschedule(publication, Audience.PARTNERS, clock.now() + 9 * HOUR, by)
    with pytest.raises(Refused, match="instant_has_passed"):
        publishing.reschedule(publication, Audience.PARTNERS, clock.now() - HOUR, by)


def test_publishing_to_an_audience_now_brings_those_before_it_along(
    context: None, results: Results
) -> None:
    publication = published(results)
    publishing.publish_now(publication, Audience.ENTRANTS, account(results.first))
    ahead = {a for a, at in publishing.instants_of(publication).items() if at > clock.now()}
    assert ahead == {Audience.PUBLIC}
    with pytest.raises(Refused, match="already_disclosed"):
        publishing.reschedule(
            publication, Audience.ENTRANTS, clock.now() + HOUR, account(results.first)
        )


def test_a_proposal_alone_is_not_published(context: None, results: Results) -> None:
    publication = propose(results)
    with pytest.raises(Refused, match="not_confirmed"):
        publishing.publish_now(publication, Audience.PUBLIC, account(results.first))


# ----- mails


def test_announcing_before_its_instant_posts_nothing(context: None, results: Results) -> None:
    published(results)
    assert announcing.announce_due() == 0
    assert mails() == []


def test_each_audience_gets_its_mails_once_when_its_instant_has_come(
    app: Flask, make: Make, results: Results, set_clock: Callable[[float], None]
) -> None:
    juror, _membership = make.juror()
    with app.app_context():
        publication = published(results)
        ids = {"publication_id": publication.id}
        set_clock(1.5 * 3600)
        assert announcing.announce_due() == 1
        assert mails() == [("result_recipient", {"entry_id": results.film.entry_id})]
        assert announcing.announce_due() == 0
        set_clock(4.5 * 3600)
        assert announcing.announce_due() == 3
        assert mails()[1:] == [
            ("result_partner", {"account_id": juror.id, **ids}),
            ("result_entrant", {"account_id": account_of(results.other).id, **ids}),
        ]
        assert all(d.announced_at is not None for d in publication.disclosures)


def test_two_schedulers_announce_once(
    app: Flask, results: Results, set_clock: Callable[[float], None]
) -> None:
    with app.app_context():
        published(results)
        set_clock(1.5 * 3600)
        due = Disclosure.query.filter_by(audience=Audience.RECIPIENTS).one()
        assert announcing.announce(due) is True
        assert announcing.announce(due) is False
        assert len(mails()) == 1


def test_the_guardian_of_a_minor_hears_with_the_recipient(
    app: Flask, make: Make, set_clock: Callable[[float], None]
) -> None:
    entry = make.entry(
        make.account("Lina"),
        birth_date=date(2012, 5, 1),
        state=EntryState.ELIGIBLE,
        title="Street",
    )
    film = make.film(entry)
    guardian = make.guardian(entry, "mother@example.org")
    make.consents(entry)
    make.award("grand")
    decide(make, "final", {"grand": [film]})
    results = Results(make.edition(), film, film, make.staff("First"), make.staff("Second"))
    with app.app_context():
        published(results)
        set_clock(1.5 * 3600)
        announcing.announce_due()
        assert mails()[-1] == ("result_guardian", {"guardian_id": guardian.id})
        db.session.commit()
        deliver_all()
        written = [m for m in sent(app) if "mother@example.org" in m]
        assert len(written) == 1
        assert "Street" in written[0]
        assert "Award grand" in written[0]
        assert "/consent/" in written[0]


def deliver_all() -> None:
    for name, ids in mails():
        HANDLERS["mail"](name=name, ids=ids)


def sent(app: Flask) -> list[str]:
    folder = app.extensions["plural_settings"].instance_folder / "mails"
    texts = []
    for path in sorted(folder.iterdir()) if folder.exists() else []:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        texts.append(f"{message['To']}\n{message['Subject']}\n{body.get_content()}")
    return texts


def test_the_mails_name_the_award_to_the_recipient_and_only_thank_the_others(
    app: Flask, make: Make, results: Results, set_clock: Callable[[float], None]
) -> None:
    juror, _membership = make.juror()
    with app.app_context():
        publication = published(results)
        set_clock(4.5 * 3600)
        announcing.announce_due()
        db.session.commit()
        deliver_all()
        texts = sent(app)
        assert len(texts) == 3
        [recipient] = [t for t in texts if t.startswith(account_of(results.film).email)]
        assert "Award grand" in recipient
        assert "For its courage." in recipient
        [entrant] = [t for t in texts if t.startswith(account_of(results.other).email)]
        [partner] = [t for t in texts if t.startswith(juror.email)]
        for text in (entrant, partner):
            assert "Award grand" not in text
            assert "Crossing" not in text
        assert publication.distinctions[0].withdrawn_at is None


def test_a_mail_that_is_composed_after_a_withdrawal_does_not_go(
    app: Flask, results: Results, set_clock: Callable[[float], None]
) -> None:
    with app.app_context():
        publication = published(results)
        set_clock(1.5 * 3600)
        announcing.announce_due()
        [distinction] = publication.distinctions
        distinction.withdrawn_at = clock.now()
        db.session.commit()
        deliver_all()
        assert sent(app) == []


# ----- second thoughts


def test_a_withdrawal_before_anybody_has_heard_is_silent(
    app: Flask, results: Results, set_clock: Callable[[float], None]
) -> None:
    with app.app_context():
        publication = published(results)
        [distinction] = publication.distinctions
        with pytest.raises(Refused, match="reason_wanted"):
            publishing.withdraw(distinction, "", account(results.first))
        publishing.withdraw(distinction, "Not the maker's own film.", account(results.first))
        assert mails() == []
        set_clock(4.5 * 3600)
        assert not may_know(None, distinction, clock.now())
        announcing.announce_due()
        told = {ids["account_id"] for name, ids in mails() if name == "result_entrant"}
        assert told == {account_of(results.film).id, account_of(results.other).id}


def test_those_who_have_heard_are_told_of_a_withdrawal_and_nobody_thanks_them_again(
    app: Flask, results: Results, set_clock: Callable[[float], None]
) -> None:
    with app.app_context():
        publication = published(results)
        set_clock(1.5 * 3600)
        announcing.announce_due()
        [distinction] = publication.distinctions
        set_clock(1.6 * 3600)
        publishing.withdraw(distinction, "A mistake.", account(results.first))
        assert mails()[-1] == ("result_withdrawn", {"distinction_id": distinction.id})
        db.session.commit()
        deliver_all()
        [told] = sent(app)
        assert told.startswith(account_of(results.film).email)
        with pytest.raises(Refused, match="already_withdrawn"):
            publishing.withdraw(distinction, "Again.", account(results.first))
        set_clock(4.5 * 3600)
        announcing.announce_due()
        told = {ids["account_id"] for name, ids in mails() if name == "result_entrant"}
        assert told == {account_of(results.other).id}


def test_staff_publish_in_the_browser(
    app: Flask, results: Results, sign_in: Callable[[Account], Visitor]
) -> None:
    first, second = sign_in(results.first), sign_in(results.second)
    dates = {
        "recipients": "2090-01-01T10:00",
        "partners": "2090-01-02T10:00",
        "entrants": "2090-01-03T10:00",
        "public": "2090-01-04T10:00",
    }
    wrong = first.post("staff/publication/proposal", {**dates, "public": "2089-01-01T10:00"})
    assert "Please look at these again" in wrong.text
    assert "Proposed." in first.post("staff/publication/proposal", dates).text
    page = second.get("staff/publication").text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert first.post("staff/publication/confirmation", {"seen": seen}).status_code == 409
    assert second.post("staff/publication/confirmation", {"seen": "x"}).status_code == 409
    confirmed = second.post("staff/publication/confirmation", {"seen": seen})
    assert "Confirmed." in confirmed.text
    moved = first.post("staff/publication/disclosures/public", {"at": "2090-02-01T10:00"})
    assert "Changed." in moved.text
    assert "give a date" in first.post("staff/publication/disclosures/public", {"at": "x"}).text
    assert first.post("staff/publication/disclosures/everybody", {"now": "y"}).status_code == 404
    assert "Published." in first.post("staff/publication/disclosures/public", {"now": "y"}).text
    public = Visitor(app)
    assert "Crossing" in public.get("recipients").text
    with app.app_context():
        distinction = Distinction.query.one()
    out = f"staff/publication/distinctions/{distinction.id}/withdrawal"
    assert "Taken out." in second.post(out, {"reason": "A mistake."}).text
    assert "Crossing" not in public.get("recipients").text


def test_a_recipient_may_hear_who_has_left_the_jury_may_not(
    app: Flask, make: Make, results: Results, set_clock: Callable[[float], None]
) -> None:
    _juror, membership = make.juror()
    with app.app_context():
        published(results)
        db.session.get_one(Membership, membership.id).ended_at = clock.now()
        db.session.commit()
        set_clock(2.5 * 3600)
        announcing.announce_due()
        assert [name for name, _ids in mails()] == ["result_recipient"]

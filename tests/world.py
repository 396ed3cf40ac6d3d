"""One festival with one of each, and a browser for every role: for tests that walk all routes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask

from plural.models.entry import EntryState, Finding, Person, PersonRole, Severity, Work
from plural.models.festival import AwardKind
from plural.models.media import Upload
from plural.models.people import MembershipRole, OrganisationKind
from plural.models.rounds import RoundKind
from plural.models.safety import Worry
from plural.models.scoring import FilmNote
from tests.factories import Make
from tests.judged_world import Judged, judge, make_master
from tests.visitor import Visitor

ROLES = (
    "nobody",
    "maker",
    "other_maker",
    "guardian",
    "other_guardian",
    "juror",
    "other_juror",
    "focal_point",
    "chair",
    "distributor",
    "other_distributor",
    "staff",
    "safeguarding",
    "staff_elsewhere",
)


@dataclass
class World:
    """One festival with one of each, the addresses' ids, and a browser per role.

    `own_ids` holds what single endpoints take in the place of `ids`.
    """

    app: Flask
    ids: dict[str, Any]
    browsers: dict[str, Visitor]
    own_ids: dict[str, dict[str, Any]] = field(default_factory=dict)


def build(app: Flask, make: Make) -> World:
    edition = make.edition()
    # The first of the staff is the one who looks after the safety of children.
    safeguarding, staff = make.staff("Safeguarding"), make.staff()
    for account in (safeguarding, staff):
        make.signed(account, edition)
    maker, other_maker = make.account("Maker"), make.account("Other maker")
    entry = make.entry(maker, birth_date=date(2012, 1, 1), state=EntryState.ELIGIBLE)
    guardian = make.guardian(entry)
    film = make.film(entry)
    make.consents(entry)
    track = make.subtitles(film)
    other = make.entry(other_maker, birth_date=date(2012, 1, 1), state=EntryState.ELIGIBLE)
    other_guardian = make.guardian(other, "other@example.org")
    other_film = make.film(other)
    make.consents(other)
    partner, other_partner = make.organisation("Partner"), make.organisation("Other partner")
    juror, membership = make.juror(partner)
    other_juror, other_membership = make.juror(other_partner)
    focal_point = make.account("Focal point")
    speaking = make.membership(MembershipRole.FOCAL_POINT, partner, focal_point)
    chair, presiding = make.juror(other_partner)
    award = make.award("best", AwardKind.PARTNER_RECOGNITION, organisation_id=partner.id)
    round_ = make.round(RoundKind.PRESELECTION, [film], [membership, other_membership])
    assignment = make.assignment(round_.seats[0], film)
    distributor, broadcaster = make.distributor()
    other_distributor, _other = make.distributor(
        make.organisation("Elsewhere TV", OrganisationKind.DISTRIBUTOR)
    )
    licence = make.licence(broadcaster, film)
    finding = make.add(
        Finding(
            film_version_id=film.id,
            code="too_long",
            severity=Severity.TO_FIX,
            data={"duration_s": 312.0, "max_duration_s": 300},
        )
    )
    work = make.add(Work(entry_id=entry.id, title="A song", uses=["web", "broadcast"]))
    person = make.add(
        Person(entry_id=entry.id, name="Crew", role=PersonRole.CREW, birth_date=date(1990, 1, 1))
    )
    upload = make.add(
        Upload(
            film_version_id=film.id,
            account_id=maker.id,
            length_bytes=10,
            created_at=film.created_at,
            expires_at=edition.entries_close_at,
        )
    )
    worry = make.add(
        Worry(
            film_version_id=film.id,
            raised_by_id=juror.id,
            words="She looks afraid",
            raised_at=film.created_at,
        )
    )
    note = make.add(
        FilmNote(
            account_id=juror.id,
            film_version_id=film.id,
            at_s=5.0,
            words="The light here",
            written_at=film.created_at,
        )
    )
    score = make.score(assignment)
    judged = Judged(
        grand=make.award("grand", category_id=make.category("adult").id),
        best=award,
        film=other_film,
        jurors=[(juror, membership), (other_juror, other_membership)],
        focal_point=(focal_point, speaking),
        chair=(chair, presiding),
    )
    judge(make, staff, judged)
    master = make_master(make, film)
    judged.take("masters.report staff.master_report", name=master)
    elsewhere = make.festival("elsewhere")
    make.edition("2026", elsewhere)
    ids = {
        "entry": entry.id,
        "film": film.id,
        "guardian": guardian.id,
        "track": track.id,
        "finding": finding.id,
        "work": work.id,
        "person": person.id,
        "organisation": partner.id,
        "membership": membership.id,
        "account": juror.id,
        "award": award.id,
        "category": make.category("teen").id,
        "round": round_.id,
        "seat": round_.seats[0].id,
        "assignment": assignment.id,
        "licence": licence.id,
        "code": upload.code,
        "name": "240.mp4",
        "version": app.extensions["plural_static_version"],
        "filename": "css/tokens.css",
        "token": "no-such-token",
        "audience": "public",
        "written": "en",
        "worry": worry.id,
        "note": note.id,
        "score": score.id,
        "subject": "progress",
        "form": "csv",
    }
    accounts = {
        "maker": maker,
        "other_maker": other_maker,
        "juror": juror,
        "other_juror": other_juror,
        "focal_point": focal_point,
        "distributor": distributor,
        "other_distributor": other_distributor,
        "chair": chair,
        "staff": staff,
        "safeguarding": safeguarding,
        "staff_elsewhere": make.staff("Elsewhere", elsewhere),
    }
    browsers = {role: Visitor(app) for role in ROLES}
    for role, account in accounts.items():
        if role == "staff_elsewhere":
            browsers[role] = Visitor(app, "/en/elsewhere/2026").sign_in(account)
            browsers[role].place = "/en/plural/2026"
        else:
            browsers[role].sign_in(account)
    become_guardian(browsers["guardian"], guardian.id)
    become_guardian(browsers["other_guardian"], other_guardian.id)
    return World(app, ids, browsers, judged.own_ids)


def become_guardian(browser: Visitor, guardian_id: int) -> None:
    with browser.client.session_transaction(base_url="https://localhost") as session:
        session["guardians"] = [guardian_id]


def routes(world: World) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and a filled-in address of every route."""
    place = {"language": "en", "festival": "plural", "edition": "2026"}
    for rule in world.app.url_map.iter_rules():
        own = world.own_ids.get(rule.endpoint, {})
        known = {**place, **world.ids, **own}
        values = {name: known[name] for name in {*rule.arguments, *own}}
        address = world.app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address

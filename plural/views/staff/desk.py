"""The desk itself, the films under way, and the audit chain."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from plural import failures, outbox
from plural.actions import audit_heads, carrying, throughput, worries
from plural.actions import desk as figures
from plural.actions import films as works
from plural.models.audit import AuditEvent
from plural.models.entry import FilmVersion
from plural.status import percent
from plural.views.staff.blueprint import blueprint

LAST_EVENTS = 100
LAST_HEADS = 30


@blueprint.get("/staff")
def desk() -> Any:
    edition = g.edition
    return render_template(
        "staff/desk.html",
        by_state=figures.entries_by_state(edition),
        unsigned=figures.waiting_for_consent(edition),
        findings=figures.open_findings(edition),
        tracks=figures.unread_machine_tracks(edition),
        failed=figures.failed_films(edition),
        queue=figures.queue(),
        rounds=figures.rounds(edition),
        worries=worries.unanswered(edition) if g.who.safeguards else 0,
    )


@blueprint.get("/staff/films")
def films() -> Any:
    return render_template(
        "staff/films.html",
        films=figures.films_under_way(g.edition),
        queue=figures.queue(),
        day=throughput.throughput(),
        reasons=reasons,
        is_overdue=carrying.is_overdue,
        share=percent,
    )


def reasons(film: FilmVersion) -> dict[str, str]:
    """Codes of what has failed in this film, each once, with their sentences."""
    return {o.reason: failures.sentence(o.reason) for o in figures.failures(film)}


@blueprint.post("/staff/films/<int:film>/retry")
def retry(film: FilmVersion) -> Any:
    works.retry(film, by=g.who.account)
    outbox.commit()
    flash(_("We try again."), "info")
    return redirect(url_for("staff.films"))


@blueprint.get("/staff/audit", endpoint="audit")
def audit_chain() -> Any:
    events = (
        AuditEvent.query.filter_by(festival_id=g.festival.id)
        .order_by(AuditEvent.seq.desc())
        .limit(LAST_EVENTS)
        .all()
    )
    return render_template(
        "staff/audit.html",
        events=events,
        festival=g.festival,
        heads=audit_heads.mailed(g.festival, LAST_HEADS),
        verification=audit_heads.verify(g.festival) if request.args.get("verify") else None,
        compared=compared(),
    )


def compared() -> bool | None:
    """Whether the chain leads through the line of a mail that somebody has written here."""
    seq, hash_ = request.args.get("seq", type=int), request.args.get("hash", "")
    return audit_heads.leads_through(g.festival, seq, hash_) if seq and hash_ else None

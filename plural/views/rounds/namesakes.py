"""Jurors who bear the family name of somebody behind a film: related or not, one click each."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import namesakes as deeds
from plural.models.entry import Entry
from plural.models.people import Account
from plural.models.rounds import Round
from plural.views.rounds.blueprint import blueprint


@blueprint.get("/staff/rounds/<int:round>/namesakes")
def namesakes(round: Round) -> Any:
    return render_template(
        "rounds/namesakes.html",
        round=round,
        findings=deeds.findings(round),
        me=g.who.account.id,
    )


@blueprint.post("/staff/rounds/<int:round>/namesakes/<int:entry>/<int:account>/conflict")
def keep_namesake_away(round: Round, entry: Entry, account: Account) -> Any:
    deeds.keep_away(round, entry, account, g.who.account)
    return done(round, _("Kept. This juror does not judge the film."))


@blueprint.post("/staff/rounds/<int:round>/namesakes/<int:entry>/<int:account>/no-conflict")
def rule_namesake_out(round: Round, entry: Entry, account: Account) -> Any:
    deeds.rule_out(round, entry, account, g.who.account)
    return done(round, _("Kept. This juror may judge the film."))


def done(round_: Round, words: str) -> Any:
    outbox.commit()
    flash(words, "good")
    return redirect(url_for("rounds.namesakes", round=round_.id))

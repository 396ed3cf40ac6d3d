"""The one blueprint that all pages of rounds add their routes to."""

from flask import Blueprint, Response, g, redirect, url_for

from plural import languages
from plural.actions import drafts
from plural.labels import label, tone
from plural.models.people import Membership
from plural.models.rounds import Round, RoundKind

blueprint = Blueprint("rounds", __name__)
blueprint.context_processor(lambda: {"label": label, "tone": tone})


def name_of(round_: Round) -> str:
    return languages.text(round_.edition, f"round.{round_.key}.name") or round_.key


def to_round(round_: Round) -> Response:
    return redirect(url_for("rounds.show", round=round_.id))  # type: ignore[return-value]


def to_result(round_: Round) -> Response:
    return redirect(url_for("rounds.result", round=round_.id))  # type: ignore[return-value]


def to_board(round_: Round) -> Response:
    return redirect(url_for("rounds.board", round=round_.id))  # type: ignore[return-value]


def by_organisation(kind: RoundKind) -> dict[str, list[Membership]]:
    groups: dict[str, list[Membership]] = {}
    for membership in drafts.judges(g.edition, kind):
        groups.setdefault(membership.organisation.name, []).append(membership)
    return groups

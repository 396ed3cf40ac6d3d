"""The recipients' page, one page per film, and the same as a feed for partners' sites."""

from typing import Any

from flask import Blueprint, current_app, g, jsonify, render_template, request, url_for

from plural import languages
from plural.actions import disclosing
from plural.actions.disclosing import Shown
from plural.addresses import API, PAGES, address
from plural.errors import NotFound
from plural.models.publication import Audience
from plural.playing import playing, still
from plural.rights import disclosed
from plural.views.words import WORDS

blueprint = Blueprint("recipients", __name__)
blueprint.context_processor(lambda: WORDS)


@blueprint.get(PAGES + "/recipients")
def index() -> Any:
    results = disclosing.shown(g.edition, g.who.account, g.who.at)
    category = request.args.get("category", "")
    offered = {s.entry.category.key for s in results}
    return render_template(
        "recipients/index.html",
        results=[s for s in results if category not in offered or s.entry.category.key == category],
        categories=[c for c in g.edition.categories if c.key in offered],
        category=category if category in offered else "",
        public_at=disclosing.public_instant(g.edition),
        is_public=disclosed(g.edition.publication, Audience.PUBLIC, g.who.at),
        still=still,
    )


@blueprint.get(PAGES + "/recipients/<code>")
def show(code: str) -> Any:
    shown = disclosing.find(g.edition, code, g.who.account, g.who.at)
    if shown is None:
        raise NotFound()
    return render_template(
        "recipients/show.html",
        shown=shown,
        entry=shown.entry,
        film=shown.film,
        playing=playing(shown.film),
        is_public=disclosed(g.edition.publication, Audience.PUBLIC, g.who.at),
        public_at=disclosing.public_instant(g.edition),
    )


@blueprint.get(API + "/recipients")
def feed() -> Any:
    """Films and their distinctions as JSON, for the pages of partners."""
    results = disclosing.shown(g.edition, g.who.account, g.who.at)
    return jsonify(
        edition=languages.text(g.edition, "edition.name"),
        recipients=[as_data(shown) for shown in results],
    )


def as_data(shown: Shown) -> dict[str, Any]:
    entry = shown.entry
    return {
        "title": entry.title,
        "title_english": entry.title_english,
        "country": entry.country,
        "language": entry.language,
        "category": languages.text(g.edition, f"category.{entry.category.key}.name"),
        "makers": shown.makers,
        "synopsis": entry.synopsis,
        "duration_s": shown.film.duration_s,
        "distinctions": [
            {
                "kind": d.award.kind.value,
                "name": languages.text(g.edition, f"award.{d.award.key}.name"),
                "organisation": d.organisation.name if d.organisation else None,
                "citation": d.citation,
            }
            for d in shown.distinctions
        ],
        "page": address("recipients.show", g.edition, languages.current(), code=entry.code),
        "poster": absolute(url_for("media.file", film=shown.film.id, name="poster.jpg")),
    }


def absolute(path: str) -> str:
    public: str = current_app.extensions["plural_settings"].public_address
    return public.rstrip("/") + path

"""What every template can use."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask import Flask, g, has_request_context, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from plural import clock, languages
from plural.labels import label, tone
from plural.languages import direction
from plural.problems import sentence
from plural.web import other_languages

# Blueprints whose pages are parts of another's entry in the navigation.
SECTIONS = {
    "staff": ("staff", "rounds", "publication", "licences"),
    "catalogue": ("catalogue", "masters"),
}


def text(key: str, language: str | None = None) -> str:
    """A text of the edition in the address, in the visitor's language."""
    return languages.text(g.edition, key, language) if g.get("edition") else ""


def category_name(key: str) -> str:
    """An age category in the visitor's language; its key where the edition has no name for it."""
    return text(f"category.{key}.name") or key


def navigation() -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the current page: what this visitor is offered."""
    who = g.get("who")
    if who is None or g.get("edition") is None:
        return []
    roles = who.roles
    offered = [(_("Festival"), "site.home", True)]
    offered.append((_("Recipients"), "recipients.index", True))
    offered.append((_("My films"), "entries.index", "entrant" in roles))
    offered.append((_("Judging"), "jury.index", bool(roles & {"juror", "focal_point"})))
    offered.append((_("Catalogue"), "catalogue.index", "distributor" in roles))
    offered.append((_("Staff desk"), "staff.desk", "staff" in roles))
    return [
        (label, url_for(endpoint), is_current(endpoint))
        for label, endpoint, shown in offered
        if shown
    ]


def is_current(offered: str) -> bool:
    """Whether the page belongs to this entry of the navigation, which stands for all its parts."""
    part = offered.partition(".")[0]
    if part == "site":
        return request.endpoint == offered
    return str(request.endpoint).partition(".")[0] in SECTIONS.get(part, (part,))


def links() -> dict[str, str]:
    """Addresses that the layout offers on every page of an edition."""
    if g.get("edition") is None:
        return {"home": "/"}
    rules = url_for("site.rules")
    return {
        "home": url_for("site.home"),
        "rules": rules,
        "contact": rules + "#contact",
        "safety": rules + "#safety",
        "sign_in": url_for("security.login"),
        "sign_out": url_for("security.logout"),
        "account": url_for("site.after_sign_in"),
        "settings": url_for("account.settings"),
    }


def csp_nonce() -> str:
    """The nonce of this answer's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def context() -> dict[str, Any]:
    """What pages see; mails are rendered outside of any request and see their own words only."""
    if not has_request_context():
        return {}
    language = languages.current()
    return {
        "lang": language,
        "direction": direction(language),
        "languages": other_languages(),
        "edition": g.get("edition"),
        "who": g.get("who"),
        "navigation": navigation(),
        "links": links(),
        "csp_nonce": csp_nonce(),
        "now": clock.now(),
    }


def bdi(words: str) -> Markup:
    """A name of either direction, fit to stand in a sentence of the other."""
    return Markup("<bdi>{}</bdi>").format(words)


def listed(words: Iterable[str]) -> Markup:
    """`languages.listed` for words and elements of a page."""
    return Markup(languages.listed(str(escape(word)) for word in words))  # noqa: S704


def register(app: Flask) -> None:
    app.context_processor(context)
    app.jinja_env.globals.update(
        text=text,
        language_name=languages.name_of,
        problem_sentence=sentence,
        label=label,
        tone=tone,
    )
    app.jinja_env.filters.update(bdi=bdi, listed=listed, language_word=languages.name_of)
    app.jinja_env.filters.update(category_name=category_name)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

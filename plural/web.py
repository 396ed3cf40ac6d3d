"""What every request goes through: its festival and language, who asks, and the rule."""

from typing import Any

from flask import Flask, Response, abort, current_app, g, request, session, url_for
from flask_security import current_user

from plural import clock, database, languages
from plural.access import RULES, Who
from plural.errors import NotFound
from plural.extensions import db
from plural.models.festival import Edition, Festival
from plural.models.people import Account
from plural.ranges import storage

READING = ("GET", "HEAD", "OPTIONS")


def take_place(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take language, festival and edition out of the address and find them."""
    g.edition = g.festival = None
    g.language = languages.best(code for code, _q in request.accept_languages)
    database.set_reading(request.method in READING)
    asked = values.pop("language", None) if values else None
    asked = asked or request.args.get("language")
    if asked is not None:
        g.language = asked if asked in languages.LANGUAGES else abort(404)
    if not values:
        return
    festival, edition = values.pop("festival", None), values.pop("edition", None)
    if festival is not None:
        g.festival = Festival.query.filter_by(slug=festival).first() or abort(404)
    if edition is not None:
        g.edition = Edition.query.filter_by(
            festival_id=g.festival.id, slug=edition
        ).first() or abort(404)
    g.own_arguments = dict(values)


def forget_reading(_error: BaseException | None) -> None:
    """What a request has said of its transactions is not said of those that come after it."""
    database.set_reading(False)


def put_place(endpoint: str, values: dict[str, Any]) -> None:
    """Put the current language, festival and edition into addresses that want them."""
    wanted = current_app.url_map.is_endpoint_expecting
    if wanted(endpoint, "language"):
        values.setdefault("language", languages.current())
    if g.get("edition") is not None and wanted(endpoint, "edition"):
        values.setdefault("edition", g.edition.slug)
    if g.get("festival") is not None and wanted(endpoint, "festival"):
        values.setdefault("festival", g.festival.slug)


def apply_rule() -> None:
    """Ask the endpoint's rule, and give the view objects in the place of ids."""
    g.who = find_who()
    if request.endpoint is None:
        return
    rule = RULES.get(request.endpoint)
    if rule is None:
        raise NotFound()
    request.view_args = rule(g.who, dict(request.view_args or {}))


def find_who() -> Who:
    """Whoever asks. An account of another festival is nobody here."""
    account = current_user if current_user.is_authenticated else None
    at_home = g.festival is not None and account and account.festival_id == g.festival.id
    return Who(
        account=db.session.get(Account, account.id) if account and at_home else None,
        guardians=frozenset(session.get("guardians", ())),
        edition=g.edition,
        at=clock.now(),
    )


def other_languages() -> list[tuple[str, str, str]]:
    """Code, own name and address of this page in each language."""
    if request.endpoint is None or request.url_rule is None or g.get("edition") is None:
        return []
    arguments = dict(g.get("own_arguments") or {})
    query = request.args.to_dict() if request.method == "GET" else {}
    return [
        (code, name, url_for(request.endpoint, **{**query, **arguments, "language": code}))
        for code, name in languages.LANGUAGES.items()
        if "language" in request.url_rule.arguments
    ]


def add_headers(response: Response) -> Response:
    """Headers that every answer carries; private pages are never stored."""
    for name, value in {
        "Content-Security-Policy": policy(g.get("csp_nonce"), storage().origin()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def policy(nonce: str | None, films_origin: str | None) -> str:
    """Scripts run by the page's nonce only: films are served from the same origin as pages.

    Films that lie elsewhere may be played and read from there; pictures and texts pass through the
    portal (`plural.ranges`).
    """
    scripts = f"'nonce-{nonce}' 'strict-dynamic'" if nonce else "'none'"
    films = f" {films_origin}" if films_origin else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' data:",
            f"media-src 'self' blob:{films}",
            f"connect-src 'self'{films}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def register(app: Flask) -> None:
    app.url_value_preprocessor(take_place)
    app.teardown_request(forget_reading)
    app.url_defaults(put_place)
    app.before_request(apply_rule)
    app.after_request(add_headers)

"""Full public addresses, for mails and commands that run outside of any request."""

from flask import current_app

from plural.models.festival import Edition

PAGES = "/<language>/<festival>/<edition>"
API = "/api/v1/<festival>/<edition>"


def address(endpoint: str, edition: Edition, language: str = "en", **values: object) -> str:
    """The address that a person opens for a page of an edition, in a language."""
    path = current_app.url_map.bind("localhost").build(
        endpoint,
        {
            "language": language,
            "festival": edition.festival.slug,
            "edition": edition.slug,
            **values,
        },
    )
    public: str = current_app.extensions["plural_settings"].public_address
    return public.rstrip("/") + path

"""A distributor's catalogue: licensed films, their files, and fetching one."""

import re
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask_babel import lazy_gettext as _l

from media_pipeline import ebu_tt
from media_pipeline.errors import ObjectMissing
from plural import access, database, languages, ranges
from plural.actions import downloads, film_changes
from plural.actions.downloads import File
from plural.errors import NotFound
from plural.forms.masters import MasterForm
from plural.models.entry import FilmVersion
from plural.models.people import MembershipRole
from plural.models.sharing import Licence
from plural.playing import playing, still
from plural.views import masters
from plural.views.words import WORDS

blueprint = Blueprint("catalogue", __name__)
blueprint.context_processor(lambda: WORDS)


@blueprint.get("/catalogue")
def index() -> Any:
    return render_template(
        "catalogue/index.html",
        licences=licences_in_force(),
        still=still,
        text_languages=text_languages,
    )


def licences_in_force() -> list[Licence]:
    """Licences of the visitor's organisations for films of this edition, fetchable now."""
    organisations = [m.organisation_id for m in g.who.memberships(MembershipRole.DISTRIBUTOR)]
    held = Licence.query.filter(Licence.organisation_id.in_(organisations)).all()
    return sorted(
        (
            licence
            for licence in held
            if access.belongs(licence, g.edition) and access.may_download(g.who, licence, g.who.at)
        ),
        key=lambda licence: (licence.film.entry.title, licence.id),
    )


def text_languages(film: FilmVersion) -> str:
    """Languages in which there are subtitles or captions to fetch."""
    found = sorted({t.language for t in film.tracks if downloads.is_readable(t)})
    return languages.listed(languages.name_of(language) for language in found)


KINDS = {
    "video/mp4": _l("Film"),
    "audio/mp4": _l("Sound only"),
    "image/jpeg": _l("Picture"),
    "text/vtt": _l("Subtitles (WebVTT)"),
    "application/x-subrip": _l("Subtitles (SRT)"),
    ebu_tt.MEDIA_TYPE: _l("Subtitles (EBU-TT-D)"),
}


def kind_of(media_type: str) -> str:
    return str(KINDS.get(media_type, media_type))


@blueprint.get("/catalogue/<int:licence>")
def show(licence: Licence) -> Any:
    return render_template(
        "catalogue/show.html",
        licence=licence,
        film=licence.film,
        entry=licence.film.entry,
        change=film_changes.change_since(licence.film),
        files=downloads.files_of(licence.film),
        kind_of=kind_of,
        playing=playing(licence.film),
        **masters.shown(licence.film, MasterForm(licence.film)),
    )


@blueprint.get("/catalogue/<int:licence>/files/<name>")
def download(licence: Licence, name: str) -> Any:
    """One file, whole or in part; whoever begins to fetch it is put on record."""
    file, called = downloads.find(licence.film, name), saved_as(licence.film, name)
    if request.method == "GET":
        with database.writing():
            require_download(licence)
            downloads.begin(licence, file, g.who.account, whole=request.range is None)
    if file.content is not None:
        return send_made(file, called)
    sendable = ranges.Sendable(
        file.storage_key, file.size_bytes, file.sha256, file.media_type, called, as_download=True
    )
    try:
        return ranges.send(sendable)
    except ObjectMissing as error:
        raise NotFound() from error


def require_download(licence: Licence) -> None:
    """Ask once more in the transaction that records it: consent may have gone since."""
    if not access.may_download(g.who, licence, g.who.at):
        raise NotFound()


def send_made(file: File, called: str) -> Response:
    answer = Response(file.content, mimetype=file.media_type)
    ranges.name_file(answer, called, as_download=True)
    answer.set_etag(file.sha256)
    answer.make_conditional(request, accept_ranges=True, complete_length=file.size_bytes)
    return answer


def saved_as(film: FilmVersion, name: str) -> str:
    """A file name that says whose film it is on a disk full of others."""
    title = re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', " ", film.entry.title).strip()
    return f"{title} v{film.number} {name}"

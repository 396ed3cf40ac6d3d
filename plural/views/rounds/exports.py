"""Tables of a round to take along."""

from typing import Any

from flask import Response, g, request, stream_with_context

from plural import languages, tables
from plural.actions import round_tables
from plural.errors import NotFound
from plural.models.rounds import Round
from plural.views.rounds.blueprint import blueprint, name_of


@blueprint.get("/staff/rounds/<int:round>/tables/<subject>.<form>")
def table(round: Round, subject: str, form: str) -> Any:
    """Progress, ranking or scores, as CSV or XLSX."""
    if form not in tables.MEDIA_TYPES:
        raise NotFound()
    rows = round_tables.rows_of(round, subject, request.args.get("version", type=int))
    if form == tables.CSV:
        pieces = tables.as_csv(rows)
    else:
        is_rtl = languages.direction(g.language) == "rtl"
        pieces = tables.as_xlsx(rows, name_of(round), is_rtl)
    name = f"{round.edition.slug}-{round.key}-{subject}.{form}"
    return Response(
        stream_with_context(pieces),
        mimetype=tables.MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

"""What the player tells by itself: how much of a film it has played."""

from typing import Any

from flask import abort, g, jsonify

from plural import outbox
from plural.actions import watched_time
from plural.forms.jury import WatchedForm
from plural.models.scoring import Assignment
from plural.views.jury.blueprint import blueprint


@blueprint.post("/jury/films/<int:assignment>/watched")
def watched(assignment: Assignment) -> Any:
    form = WatchedForm()
    if not form.validate():
        abort(400)
    kept = watched_time.note(g.who, assignment, form.seconds.data)
    outbox.commit()
    return jsonify(watched_s=kept)

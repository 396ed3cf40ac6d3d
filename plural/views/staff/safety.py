"""The safety of children: worries that were told, and who has signed the undertaking."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import undertakings, worries
from plural.forms.jury import WorryAnswerForm
from plural.models.safety import Worry
from plural.undertaking import version_in_force
from plural.views.staff.blueprint import blueprint


@blueprint.get("/staff/safety")
def safety() -> Any:
    return safety_page()


def safety_page(refused: tuple[Worry, WorryAnswerForm] | None = None, status: int = 200) -> Any:
    """Every case with its form; `refused` is one that was sent and lacks something."""
    cases = worries.worries_in(g.edition)
    forms = {worry.id: WorryAnswerForm(formdata=None) for worry in cases}
    if refused is not None:
        forms[refused[0].id] = refused[1]
    page = render_template(
        "staff/safety.html",
        cases=cases,
        forms=forms,
        signatures=undertakings.signatures(g.edition),
        version=version_in_force(g.edition),
    )
    return page, status


@blueprint.post("/staff/worries/<int:worry>/handling")
def take_worry(worry: Worry) -> Any:
    worries.take(worry, g.who.account)
    outbox.commit()
    flash(_("You have this case in hand now."), "good")
    return redirect(url_for("staff.safety"))


@blueprint.post("/staff/worries/<int:worry>/handling/removal")
def return_worry(worry: Worry) -> Any:
    worries.give_back(worry, g.who.account)
    outbox.commit()
    return redirect(url_for("staff.safety"))


@blueprint.post("/staff/worries/<int:worry>/answer")
def answer_worry(worry: Worry) -> Any:
    form = WorryAnswerForm()
    if not form.validate():
        return safety_page((worry, form), 400)
    worries.answer(worry, form.answer.data.strip(), g.who.account)
    outbox.commit()
    flash(_("The case is answered."), "good")
    return redirect(url_for("staff.safety"))

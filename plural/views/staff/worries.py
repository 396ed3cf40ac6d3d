"""Worries about children: told by staff, and looked after by those who are named for it."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import access, outbox
from plural.actions import worries as cases
from plural.forms.safety import SealForm, StepForm, WorryAnswerForm, WorryForm
from plural.models.entry import FilmVersion
from plural.models.safety import Outcome, Worry
from plural.playing import playing_for
from plural.views.staff.blueprint import blueprint
from plural.views.staff.entries import page_of


@blueprint.post("/staff/films/<int:film>/worry")
def tell_worry(film: FilmVersion) -> Any:
    form = WorryForm()
    if not form.validate():
        return page_of(film.entry, worry=form), 400
    cases.raise_worry(film, form.words.data.strip(), g.who.account)
    outbox.commit()
    flash(_("Thank you. The people responsible for the safety of children have been told."), "good")
    return redirect(url_for("staff.entry", entry=film.entry_id))


@blueprint.get("/staff/worries")
def worries() -> Any:
    return render_template("staff/worries.html", cases=cases.worries_in(g.edition))


@blueprint.get("/staff/worries/<int:worry>")
def worry(worry: Worry) -> Any:
    return case_page(worry)


def case_page(case: Worry, **refused: Any) -> str:
    """A case with all that can be done about it; `refused` is a form that lacks something."""
    film = case.film
    forms = {
        "step": StepForm(formdata=None),
        "seal": SealForm(formdata=None),
        "closing": WorryAnswerForm(formdata=None),
    }
    return render_template(
        "staff/worry.html",
        case=case,
        film=film,
        playing=playing_for(g.who, film),
        has_signed=access.has_undertaken(g.who, film),
        **{**forms, **refused},
    )


@blueprint.post("/staff/worries/<int:worry>/handling")
def take_worry(worry: Worry) -> Any:
    cases.take(worry, g.who.account)
    return done(worry, _("You have this case in hand now."))


@blueprint.post("/staff/worries/<int:worry>/handling/removal")
def return_worry(worry: Worry) -> Any:
    cases.give_back(worry, g.who.account)
    return done(worry, _("Somebody else can take this case now."))


@blueprint.post("/staff/worries/<int:worry>/steps")
def note_step(worry: Worry) -> Any:
    form = StepForm()
    if not form.validate():
        return case_page(worry, step=form), 400
    cases.note(worry, form.words.data.strip(), g.who.account)
    return done(worry, _("Written down."))


@blueprint.post("/staff/worries/<int:worry>/seal")
def seal_film(worry: Worry) -> Any:
    form = SealForm()
    if not form.validate():
        return case_page(worry, seal=form), 400
    cases.seal(worry, form.reason.data.strip(), g.who.account)
    return done(
        worry, _("The film is sealed. Only those who look after the safety of children can see it.")
    )


@blueprint.post("/staff/worries/<int:worry>/seal/removal")
def lift_seal(worry: Worry) -> Any:
    form = SealForm()
    if not form.validate():
        return case_page(worry, seal=form), 400
    cases.lift_seal(worry, form.reason.data.strip(), g.who.account)
    return done(worry, _("The film can be used again as far as its consents go."))


@blueprint.post("/staff/worries/<int:worry>/answer")
def answer_worry(worry: Worry) -> Any:
    form = WorryAnswerForm()
    if not form.validate():
        return case_page(worry, closing=form), 400
    outcome = Outcome(form.outcome.data)
    cases.answer(worry, outcome, form.answer.data.strip(), g.who.account)
    return done(worry, _("The case is closed."))


def done(case: Worry, words: str) -> Any:
    outbox.commit()
    flash(words, "good")
    return redirect(url_for("staff.worry", worry=case.id))

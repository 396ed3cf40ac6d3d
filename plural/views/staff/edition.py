"""An edition's dates, texts, categories and awards; opening it; next year's."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plural import languages, outbox
from plural.actions import awards as receiving
from plural.actions import edition_texts, editions
from plural.forms.edition import (
    AwardForm,
    CategoryForm,
    EditionForm,
    NewEditionForm,
    texts_form,
)
from plural.models.festival import Award, AwardKind, Category, EditionState
from plural.models.people import Organisation, OrganisationKind
from plural.views.staff.blueprint import blueprint


@blueprint.route("/staff/edition", methods=["GET", "POST"])
def edition() -> Any:
    form = EditionForm(obj=g.edition, data={"grace_minutes": g.edition.grace_s // 60})
    if form.validate_on_submit():
        editions.change_edition(g.edition, g.who.account, **facts_of(form))
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("staff.edition"))
    prepared = g.edition.state is EditionState.PREPARED
    return render_template(
        "staff/edition.html",
        form=form,
        new_edition=NewEditionForm(formdata=None),
        missing=editions.missing(g.edition) if prepared else [],
    )


def facts_of(form: EditionForm) -> dict[str, Any]:
    """The edition's columns; its dates were written in the zone that the form names."""
    names = (
        "time_zone",
        "entries_open_at",
        "entries_close_at",
        "min_duration_s",
        "max_duration_s",
        "produced_after",
        "contact_email",
    )
    facts = {name: form[name].data for name in names}
    return facts | {"grace_s": form.grace_minutes.data * 60}


@blueprint.post("/staff/edition/opening")
def open_edition() -> Any:
    editions.open_edition(g.edition, g.who.account)
    outbox.commit()
    flash(_("The edition is open. Welcome, films!"), "good")
    return redirect(url_for("staff.edition"))


@blueprint.post("/staff/editions")
def new_edition() -> Any:
    form = NewEditionForm()
    if not form.validate():
        for error in form.slug.errors:
            flash(error, "bad")
        return redirect(url_for("staff.edition"))
    made = editions.new_edition(g.edition, form.slug.data, g.who.account)
    outbox.commit()
    flash(_("Everything but people and dates has been copied. Please read the texts."), "good")
    return redirect(url_for("staff.edition", edition=made.slug))


@blueprint.route("/staff/texts/<written>", methods=["GET", "POST"])
def texts(written: str) -> Any:
    if written not in languages.LANGUAGES:
        abort(404)
    rows = edition_texts.side_by_side(g.edition, written)
    form = texts_form(rows)
    if form.validate_on_submit():
        new = {row.key: clean(form[row.key].data) for row in rows if row.key in request.form}
        edition_texts.write_texts(g.edition, written, new, g.who.account)
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("staff.texts", written=written))
    return render_template(
        "staff/texts.html", form=form, rows=rows, written=written, text_name=text_name
    )


TEXT_NAMES = {
    "edition.name": _l("Name of the festival's edition"),
    "edition.welcome": _l("Welcome on the first page"),
    "edition.rules": _l("Rules"),
    "consent.maker": _l("What makers sign"),
    "consent.guardian": _l("What guardians sign"),
    "consent.juror": _l("What staff and jurors sign before their first film"),
}
KINDS_OF_TEXT = {
    "category": _l("Name of an age category"),
    "award": _l("Name of an award"),
    "round": _l("Name of a round"),
    "criterion": _l("Criterion of a round"),
}


def text_name(key: str) -> str:
    """What a text is for, in words."""
    named = TEXT_NAMES.get(key) or KINDS_OF_TEXT.get(key.partition(".")[0]) or _l("Other text")
    return str(named)


def clean(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


# ----- categories


@blueprint.route("/staff/categories", methods=["GET", "POST"])
def categories() -> Any:
    form = CategoryForm()
    if form.validate_on_submit():
        receiving.add_category(
            g.edition, form.key.data, form.names(), g.who.account, **ages_of(form)
        )
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("staff.categories"))
    return render_template("staff/categories.html", form=form)


@blueprint.route("/staff/categories/<int:category>", methods=["GET", "POST"])
def category(category: Category) -> Any:
    form = CategoryForm(obj=category, data=name_data(category))
    del form.key
    if form.validate_on_submit():
        receiving.change(category, form.names(), g.who.account, **ages_of(form))
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("staff.categories"))
    return render_template("staff/category.html", form=form, category=category)


@blueprint.post("/staff/categories/<int:category>/removal")
def drop_category(category: Category) -> Any:
    receiving.drop(category, g.who.account)
    outbox.commit()
    return redirect(url_for("staff.categories"))


def ages_of(form: CategoryForm) -> dict[str, int]:
    return {"age_min": form.age_min.data, "age_max": form.age_max.data}


def name_data(row: Category | Award) -> dict[str, str]:
    return {f"name_{code}": name for code, name in receiving.names_of(row).items()}


# ----- awards


@blueprint.route("/staff/awards", methods=["GET", "POST"])
def awards() -> Any:
    form = offered(AwardForm())
    if form.validate_on_submit():
        receiving.add_award(g.edition, form.key.data, form.names(), g.who.account, **facts(form))
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("staff.awards"))
    return render_template("staff/awards.html", form=form, partners=partner_names())


@blueprint.route("/staff/awards/<int:award>", methods=["GET", "POST"])
def award(award: Award) -> Any:
    form = offered(AwardForm(obj=award, data=name_data(award)))
    del form.key
    if form.validate_on_submit():
        receiving.change(award, form.names(), g.who.account, **facts(form))
        outbox.commit()
        flash(_("Saved."), "good")
        return redirect(url_for("staff.awards"))
    return render_template("staff/award.html", form=form, award=award)


@blueprint.post("/staff/awards/<int:award>/removal")
def drop_award(award: Award) -> Any:
    receiving.drop(award, g.who.account)
    outbox.commit()
    return redirect(url_for("staff.awards"))


def offered(form: AwardForm) -> AwardForm:
    form.offer(g.edition, [(str(key), name) for key, name in partner_names().items()])
    return form


def partner_names() -> dict[int, str]:
    partners = Organisation.query.filter_by(
        festival_id=g.festival.id, kind=OrganisationKind.PARTNER
    ).order_by(Organisation.name)
    return {partner.id: partner.name for partner in partners}


def facts(form: AwardForm) -> dict[str, Any]:
    return {
        "kind": AwardKind(form.kind.data),
        "category_id": form.category_id.data,
        "organisation_id": form.organisation_id.data,
        "may_be_withheld": form.may_be_withheld.data,
    }

"""Organisations, who acts for them, and the festival's own staff."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from plural import outbox
from plural.actions import organisations as people
from plural.forms.staff import InvitationForm, OrganisationForm, StaffInvitationForm
from plural.models.people import Membership, MembershipRole, Organisation, OrganisationKind
from plural.views.staff.blueprint import blueprint

USUAL_ROLES = {
    OrganisationKind.PARTNER: MembershipRole.JUROR,
    OrganisationKind.JURY: MembershipRole.JUROR,
    OrganisationKind.DISTRIBUTOR: MembershipRole.DISTRIBUTOR,
}


@blueprint.route("/staff/organisations", methods=["GET", "POST"])
def organisations() -> Any:
    form = OrganisationForm()
    if form.validate_on_submit():
        organisation = people.add_organisation(
            g.festival,
            form.name.data.strip(),
            OrganisationKind(form.kind.data),
            g.who.account,
            region=form.region.data or "",
            country=form.country.data or "",
        )
        outbox.commit()
        return redirect(url_for("staff.organisation", organisation=organisation.id))
    return page_of_all(form, StaffInvitationForm(formdata=None))


def page_of_all(form: OrganisationForm, staff_form: StaffInvitationForm) -> str:
    held = Organisation.query.filter_by(festival_id=g.festival.id)
    return render_template(
        "staff/organisations.html",
        form=form,
        staff_form=staff_form,
        organisations=held.order_by(Organisation.kind, Organisation.name).all(),
        staff=people.staff_of(g.festival),
        invited=people.invited_staff(g.festival),
    )


@blueprint.post("/staff/team")
def invite_staff() -> Any:
    form = StaffInvitationForm()
    if not form.validate():
        return page_of_all(OrganisationForm(formdata=None), form)
    people.invite_staff(g.edition, form.email.data, g.who.account)
    outbox.commit()
    flash(_("We have written to %(email)s.", email=form.email.data), "good")
    return redirect(url_for("staff.organisations"))


@blueprint.get("/staff/organisations/<int:organisation>")
def organisation(organisation: Organisation) -> Any:
    usual = USUAL_ROLES[organisation.kind]
    form = InvitationForm(data={"role": usual.value, "language": g.festival.default_language})
    return render_template("staff/organisation.html", organisation=organisation, form=form)


@blueprint.post("/staff/organisations/<int:organisation>/memberships")
def invite(organisation: Organisation) -> Any:
    form = InvitationForm()
    if not form.validate():
        return render_template("staff/organisation.html", organisation=organisation, form=form)
    people.invite(
        organisation,
        MembershipRole(form.role.data),
        form.email.data,
        g.who.account,
        name=form.name.data,
        language=form.language.data,
        languages=form.languages.data or [],
    )
    outbox.commit()
    flash(_("We have written to %(email)s.", email=form.email.data), "good")
    return redirect(url_for("staff.organisation", organisation=organisation.id))


@blueprint.post("/staff/memberships/<int:membership>/invitation")
def renew_invitation(membership: Membership) -> Any:
    people.renew_invitation(membership, g.who.account)
    outbox.commit()
    flash(_("We have written to %(email)s.", email=membership.email), "good")
    return redirect(url_for("staff.organisation", organisation=membership.organisation_id))


@blueprint.post("/staff/memberships/<int:membership>/end")
def end_membership(membership: Membership) -> Any:
    people.end_membership(membership, g.who.account)
    outbox.commit()
    flash(_("From now on they cannot act for this organisation."), "info")
    return redirect(url_for("staff.organisation", organisation=membership.organisation_id))

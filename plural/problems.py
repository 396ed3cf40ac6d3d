"""Domain errors become answers: a status, one translated sentence, and an id that the log knows."""

import logging
import secrets
from typing import Any

from flask import Flask, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from plural.counting import Counted, filled
from plural.errors import DomainError, NotSignedIn, Refused, TooMany, UndertakingWanted
from plural.extensions import db

log = logging.getLogger(__name__)

# One sentence per code: what happened, and what to do. Data of the error fills the names.
SENTENCES: dict[str, Any] = {
    "not_signed_in": _l("Please sign in first; you will come back to this page."),
    "not_allowed": _l("This page is not open to your account."),
    "not_found": _l("There is nothing at this address. It may have moved, or the link is cut off."),
    "stale_state": _l("Somebody has changed this in the meantime. Look at it again and decide anew."),
    "transition_not_allowed": _l("This step is not possible any more. Look at the page again."),
    "link_unusable": _l("This link has been used or is too old. Ask us for a new one."),
    "too_large": _l("The file is larger than this festival can take."),
    "no_space": _l("Our disk is full for the moment. Nothing is lost; please go on in an hour."),
    "form_expired": _l("This page was open for too long. Go back, load it again, and send it once more."),
    "busy": _l("Too many people are here at once. Please try again in a moment."),
    "too_many_tries": Counted("minutes", lambda minutes, /, **data: ngettext(
        "That was tried too often in a short time. Please try again in %(num)s minute.",
        "That was tried too often in a short time. Please try again in %(num)s minutes.",
        minutes)),
    "failed": _l("Something went wrong on our side. It has been noted; please try again."),
    "round_closed": _l("This round has closed. What you had sent before counts; nothing more can be added."),
    "film_away": _l("This film is not shown at the moment. Nothing is asked of you for it, and nobody counts it against you."),
    "film_sealed": _l("The film is sealed for the safety of a child. Those who look after it can say more."),
    "film_not_sealed": _l("The film is not sealed."),
    "not_staff": _l("This person does not belong to the staff."),
    "already_safeguarding": _l("This person looks after the safety of children already."),
    "not_safeguarding": _l("This person does not look after the safety of children."),
    "last_safeguarding": _l("Somebody has to look after the safety of children: name another person first."),
    "round_not_draft": _l("This round has opened: what was declared cannot be changed any more."),
    "round_not_open": _l("This round is not open."),
    "round_without_films": _l("This round has no films yet. Choose them first."),
    "round_without_seats": _l("Nobody sits on this round yet. Choose its members first."),
    "round_without_rubric": _l("This round has no criteria yet. Add at least one."),
    "round_without_awards": _l("There is nothing to decide yet: this edition has no award for these films."),
    "round_closes_in_past": _l("The closing time has passed already. Set a later one first."),
    "round_key_taken": _l("This edition has a round called %(key)s already."),
    "round_without_shortlist": _l("The round that the films should come from has no shortlist yet."),
    "round_blocked": _l("Something is still open in this round. Look at the list, or close it anyway."),
    "round_key_fixed": _l("This round has been judged under its key already, so the key stays."),
    "round_not_closed": _l("This round is not over yet. Close it first."),
    "round_not_frozen": _l("Only a frozen ranking has a shortlist. Freeze the round first."),
    "readers_fixed": _l("Jurors were told who else sees their scores and comments in this round. So two settings stay as they were: when jurors see what others gave, and whether they read each other's words to the jury."),
    "round_is_frozen": _l("This round is frozen. Reopen it to change anything."),
    "freezing_hindered": _l("Something is still open in this round. Mend what the list names, or say why it stays as it is."),
    "request_gone": _l("What you wanted to confirm has been settled or replaced meanwhile. Look at the page again."),
    "bounds_crossed": _l("The fewest films (%(fewest)s) are more than the most (%(most)s). Change one of them."),
    "juror_has_left": _l("%(name)s has left and gets no more films."),
    "film_not_in_round": _l("This film is not judged in this round now."),
    "juror_in_conflict": _l("%(name)s has a conflict with “%(title)s”: %(reason)s"),
    "juror_cannot_follow": _l("%(name)s has given back films in the language of “%(title)s”."),
    "juror_abstains": _l("%(name)s has abstained from “%(title)s”."),
    "juror_has_film": _l("%(name)s has “%(title)s” already."),
    "organisation_has_film": _l("%(other)s has “%(title)s” already and acts for the same organisation as %(name)s."),
    "film_has_its_reviews": _l("“%(title)s” has as many reviews as this version of the round declares. Scores have been seen since the close, so nobody may choose a film that gets more."),
    "not_given_by_hand": _l("This film was not given by hand, or has been taken back meanwhile."),
    "assignment_changed": _l("Something has changed since you looked at this assignment. Look at it again; nothing has been given out."),
    "seated_twice": _l("%(name)s has been chosen for two organisations. In this kind of round everybody sits once."),
    "rubric_invalid": _l("The criteria cannot be used like this. Look at their keys, weights and ranges."),
    "rubric_leaves_category": _l("No criterion that counts applies to the films of this age category: %(category)s. Add one, or let another apply to them too."),
    "score_outside_rubric": _l("One of the values is missing, or is not one that this criterion allows."),
    "score_is_final": _l("Your score for this film is final. It cannot be changed or taken back any more."),
    "others_not_shown": _l("What others gave is not shown here now. Look at the page again."),
    "film_not_before_you": _l("This film is not among those that you judge."),
    "ballot_invalid": _l("This ranking names a film that is not among those for this award, or names one twice."),
    "ballot_recused": _l("You have stepped back from a film in this group, so you do not vote on this award."),
    "ballot_incomplete": _l("Please give every film a grade, or none at all to say nothing."),
    "ballots_counted": _l("These ballots have been counted and cannot be changed any more. Look at the page again."),
    "second_ballot_over": _l("The time of the second ballot is over. What you had sent before counts."),
    "second_ballot_in_past": _l("The second ballot would end before it begins. Choose a later instant."),
    "votes_missing": _l("Somebody may still vote on this award. Wait for them, or for the closing time."),
    "earlier_award_open": _l("One film may have one prize only, so the awards before this one are counted first."),
    "namesake_settled": _l("There is nothing to decide about these two any more: somebody has done so, or one of them has left."),
    "about_yourself": _l("Somebody else on the staff has to decide about you."),
    "chair_settled": _l("Ballots have been counted already, so the chair stays who it is."),
    "minutes_presence": _l("Please say who was there. Only members of this jury can be named."),
    "minutes_reasons": _l("Please write the reasons."),
    "award_must_be_given": _l("This award has to be given: choose a film."),
    "one_winner_only": _l("This award goes to one film: the rules of this round do not let films share it."),
    "film_has_prize": _l("One of these films has another award of this jury already, and a film may have one only."),
    "picked_twice": _l("A film can be chosen once. Look at your choices again."),
    "picks_closed": _l("The time for your choice is over. What you had chosen before counts."),
    "deadline_after_round": _l("A partner's own deadline cannot be later than that of the round. Move the round's first."),
    "not_yourself": _l("Somebody has to speak for your organisation: invite another contact person first, who can then remove you."),
    "shortlist_needs_reason": _l("This differs from the top of the ranking. Please say why."),
    "entries_closed": _l("The festival does not take entries at this moment. Its dates are on the first page."),
    "entry_sent": _l("This entry has been sent and cannot be changed any more. Write to us if something is wrong."),
    "entry_not_reopenable": _l("Only a film that has been submitted and is in the festival can be opened for a new version."),
    "entry_not_reopened": _l("This film is not open for a new version. Write to us if it has to be changed."),
    "changes_wanted": _l("Please say in a few words what has changed."),
    "entry_incomplete": _l("Something is still missing. The list on this page says what."),
    "too_old": Counted("age_max", lambda age_max, /, **data: ngettext(
        "This festival is for people who were at most %(num)s year old when the film was made. Older people can help with a film by somebody younger, but not enter it.",
        "This festival is for people who were at most %(num)s years old when the film was made. Older people can help with a film by somebody younger, but not enter it.",
        age_max)),
    "no_category": _l("There is no age category for somebody of this age. Please look at both dates, or write to us."),
    "film_not_replaceable": _l("The film cannot be replaced at this moment. Look at its page again."),
    "guardian_has_answered": _l("This guardian has already answered, so only the festival can change them. Write to us."),
    "too_many_persons": _l("There are as many people in this entry as it can hold. Name those under 18 first, and write to us."),
    "guardian_is_entrant": _l("The guardian needs an address of their own. If your family shares one, write to us: there is another way."),
    "not_asked_yet": _l("We write to the guardian as soon as your film has arrived."),
    "consent_text_missing": _l("The festival has not written its consent form yet. Please write to us."),
    "jury_consent_needed": _l("Without your permission to show the film to the jury it cannot take part."),
    "code_unknown": _l("We do not know this code. Please compare it with the one in our mail, letter by letter."),
    "invitation_for_another": _l("This invitation is for another e-mail address. Sign out first, then open it again."),
    "password_wrong": _l("This is not your password until now. If you have forgotten it, sign out and ask for a link."),
    "sign_in_first": _l("There is an account with this e-mail address. Sign in to it, then open the invitation again."),
    "upload_gone": _l("This upload was given up or is too old. Choose your film again to begin anew."),
    "upload_taken": _l("Another window goes on with this upload."),
    "film_not_awaited": _l("This film has its file already, or it is not in the festival any more."),
    "offset_mismatch": _l("We have another part of your film than expected. It goes on from there."),
    "body_cut": _l("The connection was cut. What has arrived is kept."),
    "edition_not_ready": Counted("count", lambda count, /, **data: ngettext(
        "The edition cannot open yet: %(num)s thing is missing. Its page names it.",
        "The edition cannot open yet: %(num)s things are missing. Its page lists them.",
        count)),
    "category_missing": _l("There is no age category."),
    "award_missing": _l("There is nothing that a film could receive."),
    "contact_missing": _l("There is no address for questions."),
    "produced_after_opening": _l("Films would have to be made after entries have opened."),
    "dates_out_of_order": _l("The deadline comes before entries open."),
    "deadline_has_passed": _l("The deadline has passed already."),
    "text_missing": _l("A text is missing: %(key)s, %(language)s"),
    "names_old_year": _l("A text still names %(year)s: %(key)s, %(language)s"),
    "slug_taken": _l("There is an edition called %(slug)s already."),
    "key_taken": _l("The key %(key)s is taken."),
    "still_used": _l("%(key)s is used by entries or results and has to stay."),
    "name_taken": _l("There is an organisation called %(name)s already."),
    "already_invited": _l("This person has been invited in this part already."),
    "already_staff": _l("This person belongs to the staff already."),
    "invitation_answered": _l("This invitation has been answered; there is nothing to send."),
    "membership_ended": _l("This person does not act for the organisation any more."),
    "reason_wanted": _l("Please give a reason."),
    "entry_not_ready": _l("This entry is not ready to be judged. Its page says what is missing."),
    "consent_missing": _l("Somebody has not signed for the jury yet, or has taken it back."),
    "film_not_playable": _l("The film cannot be watched yet."),
    "finding_open": _l("Something found in the film waits for a decision."),
    "english_subtitles_missing": _l("There are no English subtitles that may be shown."),
    "nothing_to_admit": _l("There is nothing to decide about this any more."),
    "entry_withheld": _l("The film is withheld for somebody's safety."),
    "entry_not_withheld": _l("The film is not withheld."),
    "entry_left": _l("The film has left the festival."),
    "web_not_allowed": _l("Somebody has not agreed to the website, or a work in the film is not cleared for it."),
    "already_confirmed": _l("The results have been confirmed already."),
    "not_confirmed": _l("A second person has to confirm the results first."),
    "nothing_decided": _l("No jury and no partner has decided anything yet. Close their rounds first."),
    "audiences_out_of_order": _l("Recipients hear no later than partners, partners no later than entrants, and entrants no later than the public."),
    "second_person_wanted": _l("You have asked for this yourself. Somebody else has to confirm it."),
    "results_changed": _l("Results or consents have changed since you looked. Look again, then confirm."),
    "films_hindered": Counted("count", lambda count, /, **data: ngettext(
        "%(num)s film may not be published now. Wait for its consents, or publish without it.",
        "%(num)s films may not be published now. Wait for their consents, or publish without them.",
        count)),
    "already_disclosed": _l("These people have heard already; the instant cannot be moved any more."),
    "instant_has_passed": _l("This instant has passed already."),
    "already_withdrawn": _l("This result has been taken out already."),
    "not_a_distributor": _l("%(name)s is not a distributor."),
    "entry_not_eligible": _l("“%(title)s” is not among the films of this festival that may be licensed."),
    "use_not_licensed": _l("There are no licences for this use."),
    "term_out_of_order": _l("The licence has to end after it begins."),
    "rights_missing": _l("“%(title)s” may not be used so: a consent is missing, or a work in it is not cleared there."),
    "licence_ended": _l("This licence has ended already."),
    "undertaking_wanted": _l("Please read and sign this first. The films open after it."),
    "comment_missing": _l("This round wants a comment with each score. What you chose is still there."),
    "nothing_to_take_back": _l("There is no score of yours to take back."),
    "film_without_words": _l("Nobody speaks in this film, so no language is needed for it."),
    "already_judged": _l("You have judged this film already. Take that back first."),
    "too_many_notes": _l("There are as many notes beside this film as we can keep. Remove one first."),
    "refused": _l("This is not possible at the moment."),
}  # fmt: skip
ADVICE = {"film_away": _l("Your other films wait for you on your page of judging.")}
BY_STATUS = {400: "refused", 403: "not_allowed", 404: "not_found", 413: "too_large", 429: "busy"}


def sentence(code: str, data: dict[str, Any] | None = None) -> str:
    """The sentence of an error code in the visitor's language."""
    data = data or {}
    return filled(SENTENCES.get(code, SENTENCES["refused"]), data, data)


def answer(
    status: int, code: str, data: dict[str, Any] | None = None, heading: str | None = None
) -> Any:
    error_id = secrets.token_hex(6)
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "answered %s %s to %s %s [%s] %s",
        status, code, request.method, request.endpoint, error_id, data or "",
    )  # fmt: skip
    words = sentence(code, data)
    if wants_json():
        return jsonify(error=code, message=words, id=error_id), status
    page = render_template(
        "errors/error.html",
        code=status,
        heading=heading,
        sentence=words,
        advice=ADVICE.get(code),
        error_id=error_id,
    )
    return page, status


def wants_json() -> bool:
    return request.path.startswith("/api/")


def handle_domain_error(error: DomainError) -> Any:
    db.session.rollback()
    if isinstance(error, NotSignedIn) and not wants_json() and g.get("edition") is not None:
        flash(sentence(error.code), "info")
        here = request.full_path if request.method == "GET" else None
        return redirect(url_for("security.login", next=here))
    if isinstance(error, UndertakingWanted) and not wants_json():
        flash(sentence(error.code), "info")
        here = request.path if request.method == "GET" else None
        return redirect(url_for("jury.undertaking", next=here))
    if isinstance(error, TooMany):
        body, status = answer(error.status, error.code, error.data)
        return body, status, {"Retry-After": str(60 * int(str(error.data["minutes"])))}
    heading = _("That was not done") if isinstance(error, Refused) else None
    return answer(error.status, error.code, error.data, heading)


def handle_http_exception(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return answer(error.code, BY_STATUS.get(error.code, "refused"))


def handle_locked(error: OperationalError) -> Any:
    db.session.rollback()
    log.error("the database did not answer: %s", error.orig)
    body, status = answer(503, "busy")
    return body, status, {"Retry-After": "5"}


def handle_unexpected(error: Exception) -> Any:
    db.session.rollback()
    log.exception("unexpected error in %s %s", request.method, request.endpoint)
    return answer(500, "failed")


def register(app: Flask) -> None:
    app.register_error_handler(DomainError, handle_domain_error)
    app.register_error_handler(CSRFError, lambda _error: answer(400, "form_expired"))
    app.register_error_handler(HTTPException, handle_http_exception)
    app.register_error_handler(OperationalError, handle_locked)
    app.register_error_handler(Exception, handle_unexpected)

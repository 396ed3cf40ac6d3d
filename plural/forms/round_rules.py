"""The rules of a round, as far as a kind of round has them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from judging.standings import TieRule
from plural.models.rounds import RoundKind
from plural.round_rules import Deciding, RoundRules, Sight

SIGHTS = {
    Sight.NEVER: _l("Never"),
    Sight.AFTER_OWN: _l("Once their own score for that film is final"),
    Sight.AFTER_CLOSE: _l("After the round has closed, if they have given their own for that film"),
}
DECIDING = {
    Deciding.RANKING: _l("Secret rankings (Condorcet, on a circle Schulze)"),
    Deciding.SCORES: _l("Secret scores: the highest mean"),
    Deciding.MAJORITY_JUDGEMENT: _l("Secret grades: the best median"),
    Deciding.TALKING: _l("Talking: the chair records the decision, each member confirms"),
}
TIES = {
    TieRule.SHARED: _l("They share the place; people decide at the cut"),
    TieRule.RAW_MEAN: _l("The higher raw mean comes first"),
    TieRule.LOT: _l("The lot decides, drawn from the sealed seed"),
}
# Which rules a kind of round has; the others keep what most festivals want.
APPLYING = {
    RoundKind.PRESELECTION: (
        "shows_names",
        "others_scores",
        "may_comment",
        "maker_comment_required",
        "jury_comment_required",
        "jury_comments_shown",
        "slopes",
        "outside_region",
        "young_jurors",
    ),
    RoundKind.INTERNATIONAL_JURY: (
        "shows_names",
        "deciding",
        "quorum",
        "casting_vote",
        "ex_aequo",
        "one_prize_per_film",
    ),
    RoundKind.PARTNER_PICKS: ("shows_names", "one_prize_per_film"),
}


def words_for(labels: dict[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value.value, words) for value, words in labels.items()]


def rule_fields() -> dict[str, Any]:
    """A control per rule, by the rule's name."""
    usual = RoundRules()
    return {
        "shows_names": BooleanField(
            _l("Jurors see who made the films, where the makers agree"), default=usual.shows_names
        ),
        "others_scores": SelectField(
            _l("Jurors see what others gave"),
            choices=words_for(SIGHTS),
            default=usual.others_scores.value,
        ),
        "may_comment": BooleanField(
            _l("Jurors may write words to the maker and to the jury"), default=usual.may_comment
        ),
        "maker_comment_required": BooleanField(_l("Each score needs a word to the maker")),
        "jury_comment_required": BooleanField(_l("Each score needs a word to the jury")),
        "jury_comments_shown": BooleanField(
            _l("After the close, jurors read each other's words to the jury"),
            description=_l(
                "Without names. Staff read them after the close in any case, and where jurors see "
                "what others gave, the words stand beside it."
            ),
        ),
        "slopes": BooleanField(
            _l("Allow for jurors who spread films further apart than others"),
            description=_l(
                "Used only if it predicts scores better than the usual way; the record shows both."
            ),
        ),
        "outside_region": BooleanField(
            _l("One review of each film comes from outside its region"),
            description=_l("Where that can be had. It never costs a film a review."),
            default=usual.outside_region,
        ),
        "young_jurors": IntegerField(
            _l("Young jurors on each film"),
            description=_l(
                "At least so many, where they can be had; 0 for no such rule. Say of each juror of "
                "the round who is young."
            ),
            default=usual.young_jurors,
            validators=[Optional(), NumberRange(0, 50)],
        ),
        "deciding": SelectField(
            _l("How the jury decides"),
            choices=words_for(DECIDING),
            default=usual.deciding.value,
        ),
        "quorum": IntegerField(
            _l("Members who must take part in deciding an award"),
            description=_l("0 for no such rule."),
            default=usual.quorum,
            validators=[Optional(), NumberRange(0, 100)],
        ),
        "casting_vote": BooleanField(_l("On a tie the vote of the chair decides")),
        "ex_aequo": BooleanField(
            _l("An award may be shared by several films"), default=usual.ex_aequo
        ),
        "one_prize_per_film": BooleanField(_l("A film receives one prize at most")),
    }


def rules_of(form: Any, kind: RoundKind) -> RoundRules:
    """The rules as they have been filled in; raises ValueError for a value that is none."""
    written = {name: form[name].data for name in APPLYING[kind]}
    return RoundRules.of({name: value for name, value in written.items() if value is not None})

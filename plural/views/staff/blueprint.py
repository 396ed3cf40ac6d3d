"""The one blueprint that all modules of the staff desk add their routes to."""

from flask import Blueprint

from plural import findings
from plural.views.words import WORDS

blueprint = Blueprint("staff", __name__)
blueprint.context_processor(lambda: {**WORDS, "finding_sentence": findings.sentence})

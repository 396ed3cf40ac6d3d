"""What rounds for tests declared when they opened, and the digest that sealed it."""

from dataclasses import asdict
from hashlib import sha256

from judging.decided import METHOD_OF_PICKS, METHODS
from judging.declaration import Declared
from judging.picking import Picking
from judging.sealing import sha256_of


def sealed(content):
    return Declared(content, sha256_of(content))


def of_scores(document, **changes):
    """The declaration that a frozen round of scores keeps to."""
    kept = {key: document[key] for key in ("round", "version", "method", "tie_rule", "rubric")}
    return sealed(
        {
            **kept,
            "kind": "preselection",
            "films": [film["id"] for film in document["films"]],
            "seed_sha256": sha256(document["seed"].encode()).hexdigest(),
            "reviews_wanted": 2,
            "extra_reviews": {},
            "shortlist_size": document["shortlist_size"] or 0,
            **changes,
        }
    )


def of_case(case, *, round_id, kind, version):
    """The declaration of a jury, or of a round of picks."""
    picks = isinstance(case, Picking)
    films = case.films if picks else {film for prize in case.prizes for film in prize.candidates}
    return sealed(
        {
            "round": round_id,
            "kind": kind,
            "version": version,
            "films": sorted(films),
            "seed_sha256": sha256(b"seed").hexdigest(),
            "method": METHOD_OF_PICKS if picks else METHODS[case.rules.deciding],
            "rules": rules_of(case),
            "awards": awards_of(case),
        }
    )


def rules_of(case):
    if isinstance(case, Picking):
        return {"one_prize_per_film": case.one_prize_per_film}
    rules = asdict(case.rules)
    return {
        **rules,
        "deciding": str(rules["deciding"]),
        "casting_vote": bool(case.rules.casting_vote),
    }


def awards_of(case):
    if isinstance(case, Picking):
        return [{"award": award, "may_be_withheld": True} for award in case.awards]
    return [
        {"award": prize.award, "may_be_withheld": prize.may_be_withheld} for prize in case.prizes
    ]

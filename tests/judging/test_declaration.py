"""A record is held against what its round declared: whatever was changed since has a name."""

import json
from dataclasses import replace

import pytest

from judging.__main__ import main
from judging.declaration import Checked, check
from judging.recomputing import recompute
from judging.records import seal
from judging.rounds import Film
from judging.rubric import Rubric
from judging.sealing import canonical, sha256_of
from judging.sitting import Prize
from judging.standings import TieRule
from tests.judging import test_decided as decisions
from tests.judging import test_snapshot as scores
from tests.judging.declarations import of_case, of_scores

DECLARED = of_scores(scores.frozen().document)


def declared_differences(document):
    found = recompute(document).differences
    assert all(one.startswith("declared ") for one in found)
    return {one.removeprefix("declared ") for one in found}


def test_a_round_that_kept_to_what_it_declared_says_so_with_the_digest_of_the_opening():
    document = scores.frozen(declared=DECLARED).document
    checked = recompute(document).declaration
    assert checked == Checked(DECLARED.sha256, (), ())
    assert document["declared_sha256"] == DECLARED.sha256 == sha256_of(document["declaration"])
    assert recompute(document).differences == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"rubric": Rubric(scores.RUBRIC.criteria[::-1])}, {"rubric"}),
        ({"seed": "2025/2"}, {"seed"}),
        ({"shortlist_size": 3}, {"shortlist_size"}),
        ({"tie_rule": TieRule.SHARED}, {"tie_rule"}),
        ({"slopes": True}, {"method"}),
        ({"round_id": "second"}, {"round"}),
        ({"version": 2}, {"version"}),
        (
            {"films": [*scores.FILMS, Film("f9", "13-17", reviews_wanted=2)]},
            {"film f9"},
        ),
        (
            {"films": [*scores.FILMS[:3], replace(scores.FILMS[3], reviews_wanted=5)]},
            {"reviews of f3"},
        ),
    ],
)
def test_what_was_changed_after_the_declaration_is_named(change, named):
    """The record was sealed anew after the change, so that nothing else of it tells."""
    assert declared_differences(scores.frozen(**change, declared=DECLARED).document) == named


def test_a_film_that_was_to_get_more_reviews_is_no_difference():
    films = [*scores.FILMS[:3], replace(scores.FILMS[3], reviews_wanted=4)]
    declared = of_scores(scores.frozen().document, extra_reviews={"f3": 2})
    assert recompute(scores.frozen(films=films, declared=declared).document).differences == ()


def test_a_film_that_has_left_since_is_told_and_no_difference():
    document = scores.frozen(films=scores.FILMS[:3], declared=DECLARED).document
    assert recompute(document).differences == ()
    assert check(document).only_declared == ("film f3",)


def test_a_declaration_that_is_not_the_one_that_was_sealed_is_named():
    other = replace(DECLARED, content={**DECLARED.content, "bounds": [["region", "Asia", 1]]})
    assert declared_differences(scores.frozen(declared=other).document) == {"digest"}


def test_a_declaration_that_lacks_something_has_not_declared_it():
    content = dict(DECLARED.content)
    del content["tie_rule"], content["films"]
    declared = replace(DECLARED, content=content, sha256=sha256_of(content))
    found = declared_differences(scores.frozen(declared=declared).document)
    assert found == {"tie_rule", "film f0", "film f1", "film f2", "film f3"}


def test_a_record_without_its_declaration_is_recomputed_and_says_so(tmp_path, capsys):
    path = tmp_path / "round.json"
    for document, said in (
        (scores.frozen().document, "declaration\tnot in this record"),
        (scores.frozen(declared=DECLARED).document, f"declaration\t{DECLARED.sha256}"),
    ):
        path.write_bytes(canonical(document))
        assert main(["recompute", str(path)]) == 0
        assert said in capsys.readouterr().out.splitlines()


def test_a_record_that_holds_only_the_digest_of_its_declaration_is_recomputed():
    """So were rounds of scores frozen at first, with a digest over all of it but no such part."""
    document = scores.frozen().document
    document["declared_sha256"] = DECLARED.sha256
    found = recompute(document).digest
    assert recompute({**document, "digest": found}).differences == ()
    assert recompute({**document, "digest": found}).declaration == Checked()


def test_the_command_names_what_was_declared_otherwise_and_what_has_left(tmp_path, capsys):
    path = tmp_path / "round.json"
    changed = scores.frozen(films=scores.FILMS[:3], tie_rule=TieRule.SHARED, declared=DECLARED)
    path.write_bytes(canonical(changed.document))
    assert main(["recompute", str(path)]) == 1
    said = capsys.readouterr()
    assert said.err == f"{path}: differs: declared tie_rule\n"
    assert "only declared\tfilm f3" in said.out.splitlines()


# ----- juries and partners


def decided(name, case):
    """The record of a case whose round had declared the case of that name."""
    facts = {"round_id": "jury", "kind": decisions.kind_of(name), "version": 1}
    return json.loads(
        canonical(
            decisions.freeze(
                case, **facts, declared=of_case(decisions.CASES[name], **facts)
            ).document
        )
    )


@decisions.every_kind
def test_a_jury_or_partners_that_kept_to_what_was_declared(name):
    checked = recompute(decided(name, decisions.CASES[name])).declaration
    assert (checked.differences, checked.only_declared) == ((), ())


@decisions.every_kind
def test_decisions_that_hold_only_the_digest_of_their_declaration_are_recomputed(name):
    first = decisions.of_first_form(name)
    document = seal({k: v for k, v in first.items() if k not in ("parts", "digest")}).document
    assert recompute(document).differences == ()
    assert recompute(document).declaration == Checked()


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        ("ranked", {"quorum": 1}, {"quorum"}),
        ("ranked", {"ex_aequo": True}, {"ex_aequo"}),
        ("ranked", {"one_prize_per_film": False}, {"one_prize_per_film"}),
        ("points", {"casting_vote": "ada"}, {"casting_vote"}),
    ],
)
def test_a_rule_of_a_jury_that_was_changed_is_named(name, change, named):
    case = decisions.CASES[name]
    changed = replace(case, rules=replace(case.rules, **change))
    assert declared_differences(decided(name, changed)) == named


def test_a_chair_who_is_not_there_has_no_casting_vote_that_was_declared():
    changed = replace(decisions.RANKED, rules=replace(decisions.RANKED.rules, casting_vote=None))
    assert recompute(decided("ranked", changed)).differences == ()


@pytest.mark.parametrize(
    ("prizes", "named", "left"),
    [
        (decisions.RANKED.prizes[::-1], {"order of awards"}, ()),
        (decisions.RANKED.prizes[:1], set(), ("award music",)),
        ((*decisions.RANKED.prizes, Prize("late", ("f1",))), {"award late"}, ()),
        (
            (
                replace(decisions.RANKED.prizes[0], may_be_withheld=False),
                decisions.RANKED.prizes[1],
            ),
            {"award grand"},
            (),
        ),
        (
            (decisions.RANKED.prizes[0], Prize("music", ("f1", "f2", "f3", "f4"))),
            {"film f4"},
            (),
        ),
    ],
)
def test_an_award_or_film_that_was_not_declared_so_is_named(prizes, named, left):
    document = decided("ranked", replace(decisions.RANKED, prizes=prizes))
    assert declared_differences(document) == named
    assert check(document).only_declared == left


def test_the_rule_of_partners_that_was_changed_is_named():
    changed = replace(decisions.PICKS, one_prize_per_film=False)
    assert declared_differences(decided("picks", changed)) == {"one_prize_per_film"}

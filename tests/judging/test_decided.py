"""Records of juries that vote or talk and of partners' picks: recomputed, or refused by name."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import judging
from judging.conflicts import Conflict, Source
from judging.decided import FORMAT, METHOD_OF_PICKS, METHODS, decide, freeze
from judging.errors import SnapshotUnreadable
from judging.picking import Pick, Picking
from judging.recomputing import recompute
from judging.sealing import SORTED_BY, canonical, digest
from judging.sitting import (
    FIRST,
    NO_AWARD,
    NO_QUORUM,
    SECOND,
    Confirmation,
    Deciding,
    Given,
    Member,
    Prize,
    Rules,
    Sitting,
    Written,
)
from tests.judging.declarations import of_case

HOME = Path(judging.__file__).parents[1]
FILMS = ("f1", "f2", "f3")
JURORS = ("ada", "ben", "cleo")


def tiers(words):
    """Best first; equals joined by "="."""
    return tuple(frozenset(tier.split("=")) for tier in words.split())


def ranked(award, *words, turn=FIRST):
    return tuple(
        Given(award, turn, juror, tiers(order), receipt=f"{award}-{turn}-{juror}")
        for juror, order in zip(JURORS, words, strict=False)
    )


def graded(award, *rows):
    return tuple(
        Given(award, FIRST, juror, grades=dict(zip(FILMS, grades, strict=True)))
        for juror, grades in zip(JURORS, rows, strict=True)
    )


def sitting(deciding=Deciding.RANKING, **facts):
    rules = {key: facts.pop(key) for key in tuple(facts) if hasattr(Rules("x"), key)}
    return Sitting(
        rules=Rules(deciding, **rules),
        prizes=facts.pop("prizes", (Prize("grand", FILMS), Prize("music", FILMS))),
        members=facts.pop("members", tuple(Member(juror) for juror in JURORS)),
        **facts,
    )


RANKED = sitting(
    one_prize_per_film=True,
    ex_aequo=False,
    quorum=2,
    casting_vote="ada",
    prizes=(Prize("grand", FILMS, ("f1", "f2")), Prize("music", FILMS)),
    conflicts=(Conflict("f3", "ben", Source.DECLARED, "my cousin Sami"),),
    ballots=(
        *ranked("grand", "f1 f2", "f1=f2", "f2 f1 f3"),
        *ranked("grand", "f1", "f1=f2", "f2", turn=SECOND),
        *ranked("music", "f1 f3", "f1 f2", "f1 f3 f2"),
    ),
)
POINTS = sitting(
    Deciding.SCORES,
    ballots=(
        *graded("grand", (9, 8, 1), (2, 8, 1), (9, 3, 10)),
        *graded("music", (1, 0, 5), (1, 0, 5), (1, 0, 5)),
    ),
    members=(Member("ada"), Member("ben"), Member("cleo", sits=False)),
)
GRADES = sitting(
    Deciding.MAJORITY_JUDGEMENT,
    ballots=graded("grand", (5, 4, 0), (0, 4, 1), (5, 3, 5)),
    conflicts=(Conflict("f2", "cleo", Source.STAFF, ""),),
    prizes=(Prize("grand", FILMS),),
)
MINUTES = Written(
    award="grand",
    revision=2,
    present=frozenset(JURORS),
    recused=frozenset({"cleo"}),
    winners=("f1",),
    reasons="It opened a door.",
    dissent={"ben": ["The other was braver."]},
)
TALK = sitting(
    Deciding.TALKING,
    one_prize_per_film=True,
    minutes=(MINUTES, replace(MINUTES, award="music", winners=("f2",), dissent={})),
    confirmations=tuple(
        Confirmation(award, juror, revision)
        for award in ("grand", "music")
        for juror in ("ada", "ben")
        for revision in (1, 2)
    ),
    conflicts=(Conflict("f3", "cleo", Source.DECLARED, "teacher"),),
)
PICKS = Picking(
    awards=("unesco", "unicef", "iom"),
    picks=(
        Pick("unesco", 1, "f1", "For its courage."),
        Pick("unicef", 1, "f1"),
        Pick("unicef", 2, "f3"),
        Pick("unicef", 3, "f2", "Second thoughts."),
        Pick("iom", 1, "gone"),
    ),
    films=frozenset(FILMS),
    held=frozenset({"f3"}),
    one_prize_per_film=True,
)
CASES = {"ranked": RANKED, "points": POINTS, "grades": GRADES, "talk": TALK, "picks": PICKS}
KINDS = {"picks": "partner_picks"}


def kind_of(name):
    return KINDS.get(name, "international_jury")


def frozen(name, case=None):
    """The record of a case that was declared just so."""
    asked, facts = case or CASES[name], {"round_id": "jury", "kind": kind_of(name), "version": 1}
    return freeze(asked, **facts, declared=of_case(asked, **facts))


def rows(case):
    return {row["award"]: row for row in frozen("ranked", case).document["awards"]}


every_kind = pytest.mark.parametrize("name", sorted(CASES))


# ----- what follows


def test_a_second_turn_that_stays_tied_goes_to_the_casting_vote_and_the_winner_is_struck():
    found = rows(RANKED)
    assert (found["grand"]["winners"], found["grand"]["decided_by"]) == (["f1"], "casting vote")
    assert [turn["decided_by"] for turn in found["grand"]["turns"]] == ["tied", "tied"]
    assert found["grand"]["turns"][0]["set_aside"] == ["ben"]
    assert found["music"]["struck"] == ["f1"]
    # Ben is recused from f3, so f3 beats f2 by the two who compare them.
    assert (found["music"]["winners"], found["music"]["decided_by"]) == (["f3"], "condorcet")


def test_a_ballot_says_nothing_of_a_film_in_conflict_and_the_receipt_stays():
    [ben] = [b for b in rows(RANKED)["music"]["turns"][0]["ballots"] if b["juror"] == "ben"]
    assert ben == {
        "juror": "ben",
        "receipt": "music-1-ben",
        "tiers": [["f1"], ["f2"]],
        "recused": ["f3"],
    }


def test_a_recusal_breaks_the_quorum():
    found = rows(replace(RANKED, rules=replace(RANKED.rules, quorum=3)))
    assert (found["music"]["winners"], found["music"]["decided_by"]) == ([], NO_QUORUM)
    # All three compare the films of the second turn.
    assert found["grand"]["turns"][0]["decided_by"] == NO_QUORUM
    assert found["grand"]["winners"] == ["f1"]


def test_who_has_left_and_who_is_recused_where_grades_are_given_do_not_count():
    points, grades = rows(POINTS)["grand"], rows(GRADES)["grand"]
    assert [b["juror"] for b in points["turns"][0]["ballots"]] == ["ada", "ben"]
    assert points["winners"] == ["f2"]
    assert [b["juror"] for b in grades["turns"][0]["ballots"]] == ["ada", "ben"]
    assert grades["winners"] == ["f2"]


def test_no_award_is_recorded_where_the_ballots_prefer_it():
    withheld = Given("grand", FIRST, "ada", (frozenset({NO_AWARD}), frozenset({"f1"})))
    row = rows(sitting(prizes=(Prize("grand", FILMS),), ballots=(withheld,)))["grand"]
    assert (row["winners"], row["no_award"]) == ([], True)


def test_minutes_decide_and_the_older_revision_is_none_of_them():
    found = rows(TALK)
    assert (found["grand"]["winners"], found["music"]["winners"]) == (["f1"], ["f2"])
    assert found["grand"]["minutes"]["confirmed"] == ["ada", "ben"]
    assert found["music"]["struck"] == ["f1"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"minutes": ()}, "no minutes"),
        ({"confirmations": TALK.confirmations[:3]}, "not confirmed"),
        ({"rules": replace(TALK.rules, quorum=3)}, "no quorum"),
        ({"conflicts": (Conflict("f2", "ben", Source.STAFF, ""),)}, "not recused"),
        ({"minutes": (replace(MINUTES, winners=("gone",)),)}, "not possible"),
        ({"minutes": (replace(MINUTES, present=frozenset({"dora"})),)}, "not possible"),
        ({"minutes": (replace(MINUTES, winners=("f1", "f2")),)}, "against the rules"),
        ({"minutes": (replace(MINUTES, winners=()),)}, "against the rules"),
    ],
)
def test_minutes_that_do_not_stand_decide_nothing_and_say_why(change, fault):
    strict = replace(TALK, rules=replace(TALK.rules, ex_aequo=False))
    prizes = (Prize("grand", FILMS, may_be_withheld=False),)
    row = decide(replace(strict, prizes=prizes, **change))[0]
    assert (row["winners"], row["decided_by"], row["no_award"]) == ([], fault, False)


def test_a_film_that_has_a_prize_does_not_win_another_by_minutes():
    twice = replace(TALK, minutes=(MINUTES, replace(MINUTES, award="music")))
    assert [row["decided_by"] for row in decide(twice)] == ["talking", "not possible"]
    both = replace(twice, rules=replace(TALK.rules, one_prize_per_film=False))
    assert [row["winners"] for row in decide(both)] == [["f1"], ["f1"]]


def test_the_first_choice_that_may_be_given_counts():
    found = {row["award"]: row for row in frozen("picks").document["awards"]}
    assert found["unesco"] == {
        "award": "unesco",
        "winners": ["f1"],
        "citation": "For its courage.",
        "choice": 1,
    }
    assert (found["unicef"]["winners"], found["unicef"]["choice"]) == (["f2"], 3)
    assert (found["iom"]["winners"], found["iom"]["choice"]) == ([], 0)
    free = frozen("picks", replace(PICKS, one_prize_per_film=False)).document
    assert [row["choice"] for row in free["awards"]] == [1, 1, 0]


def test_choices_that_do_not_count_stay_with_their_partner():
    assert [pick["film_id"] for pick in frozen("picks").document["picks"]] == ["f1", "f2"]
    assert b"gone" not in canonical(frozen("picks").document)


def test_reasons_of_conflicts_stay_out():
    assert b"Sami" not in canonical(frozen("ranked").document)


# ----- recomputing


@every_kind
def test_the_record_says_what_follows_from_it(name):
    snapshot = frozen(name)
    recomputed = recompute(json.loads(canonical(snapshot.document)))
    assert recomputed.differences == ()
    assert recomputed.digest == snapshot.digest == snapshot.document["digest"]
    assert recomputed.result == {"awards": snapshot.document["awards"]}


KNOWN_DIGESTS = {
    "grades": "6597a750281e18b997e4edab22eb7cabaca2c06ed82fcf4905df4e87e629bb90",
    "picks": "edc30ca3f9fcc13c42788bceee4e8ae060ebbe1bc0efc42f0bdbbec94446c9c8",
    "points": "2215c16bb3eac92e9837d0e47aef2faba725a6af28904860b3666177f444e115",
    "ranked": "991338d0e70beffa02051e9d9533cbd0da423fd3b92719142ef995153946d1c8",
    "talk": "7ad961d6f3d9901e1617e30300d84b45550286d0dc124550284abb39ca83d6b5",
}


@every_kind
def test_the_digest_is_the_same_on_every_machine(name):
    """As it was found first; it may change only together with the format or a method."""
    assert digest(of_first_form(name)) == KNOWN_DIGESTS[name]


def of_first_form(name):
    """A record as it was when it held only the digest of the declaration."""
    return {**without(name, "declaration"), "declared_sha256": "d" * 64}


@every_kind
def test_shuffled_rows_are_the_same_record(name):
    document, chance = frozen(name).document, random.Random(1)
    for key in SORTED_BY.keys() & document.keys():
        document[key] = chance.sample(document[key], len(document[key]))
    turned = dict(chance.sample(sorted(document.items()), len(document)))
    assert recompute(turned).differences == ()


def test_the_order_in_which_rows_were_given_changes_nothing():
    turned = {key: getattr(RANKED, key)[::-1] for key in ("members", "conflicts", "ballots")}
    assert frozen("ranked", replace(RANKED, **turned)) == frozen("ranked")


STRANGER = {"award": "music", "turn": FIRST, "film_id": "f9"}


def changed(name, change):
    document = frozen(name).document
    change(document)
    return recompute(document).differences


def by_juror(rows, juror, award="grand", turn=FIRST):
    return next(
        row for row in rows if (row["juror_id"], row["award"], row["turn"]) == (juror, award, turn)
    )


@pytest.mark.parametrize(
    ("name", "change", "difference"),
    [
        ("ranked", lambda d: by_juror(d["ballots"], "cleo").update(tiers=[["f3"]]), "award grand"),
        ("ranked", lambda d: d["ballots"].pop(), "part ballots"),
        ("ranked", lambda d: d["conflicts"].pop(), "award music"),
        ("ranked", lambda d: d["members"][2].update(sits=False), "award music"),
        ("ranked", lambda d: d["rules"].update(casting_vote="ben"), "award grand"),
        ("ranked", lambda d: d["rules"].update(one_prize_per_film=False), "award music"),
        ("ranked", lambda d: d["rules"].update(quorum=9), "part rules"),
        ("ranked", lambda d: d["precedence"].reverse(), "award music"),
        ("ranked", lambda d: d["precedence"].reverse(), "part precedence"),
        ("ranked", lambda d: d["candidates"].append(STRANGER), "part candidates"),
        ("ranked", lambda d: d["ballots"][0].update(receipt="mine"), "digest"),
        ("ranked", lambda d: d["awards"][0].update(winners=["f2"]), "award grand"),
        ("ranked", lambda d: d["awards"].pop(), "award music"),
        ("ranked", lambda d: d["awards"][0]["turns"][0].update(tied=[]), "award grand"),
        ("ranked", lambda d: d.update(version=2), "part version"),
        ("ranked", lambda d: d.update(declared_sha256="0" * 64), "digest"),
        ("points", lambda d: d["ballots"][0]["grades"].update(f1=10), "award grand"),
        ("grades", lambda d: d["conflicts"].pop(), "award grand"),
        ("talk", lambda d: d["minutes"][0].update(revision=3), "award grand"),
        ("talk", lambda d: d["minutes"][0].update(reasons="Other words."), "part minutes"),
        ("talk", lambda d: d["minutes"][0].update(recused=[]), "award grand"),
        ("talk", lambda d: d["confirmations"].pop(), "part confirmations"),
        ("picks", lambda d: d["picks"][0].update(film_id="f2"), "award unesco"),
        ("picks", lambda d: d["held"].append("f1"), "award unesco"),
        ("picks", lambda d: d["films"].pop(1), "award unicef"),
        ("picks", lambda d: d.update(digest="0" * 64), "digest"),
    ],
)
def test_what_was_changed_is_named(name, change, difference):
    assert difference in changed(name, change)


WRITTEN = {name: canonical(frozen(name).document) for name in CASES}


@settings(max_examples=600, deadline=None)
@given(
    name=st.sampled_from(sorted(CASES)),
    at=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
def test_any_byte_that_is_changed_is_refused_or_named(name, at, byte):
    written = WRITTEN[name]
    place = int(at * len(written))
    try:
        document = json.loads(written[:place] + bytes([byte]) + written[place + 1 :])
        if document != json.loads(written):
            assert recompute(document).differences
    except (ValueError, SnapshotUnreadable):
        pass


def without(name, key):
    return {k: value for k, value in frozen(name).document.items() if k != key}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"format": FORMAT},
        {"format": FORMAT, "rules": {"deciding": "by lot"}, "method": "by lot"},
        *(without("ranked", key) for key in ("rules", "candidates", "ballots", "parts", "awards")),
        without("talk", "minutes"),
        without("picks", "held"),
        {**frozen("ranked").document, "precedence": [{"award": "grand"}]},
        {**frozen("ranked").document, "ballots": [{"juror_id": "ada"}]},
        {**frozen("points").document, "candidates": []},
        {
            **frozen("ranked").document,
            "precedence": 2 * [{"award": "grand", "may_be_withheld": True}],
        },
    ],
)
def test_what_is_no_record_is_refused(document):
    with pytest.raises(SnapshotUnreadable):
        recompute(document)


# ----- the command


def run(tmp_path, document):
    """The command in a process that inherits nothing."""
    path = tmp_path / "round.json"
    path.write_bytes(canonical(document))
    return subprocess.run(
        [sys.executable, "-m", "judging", "recompute", str(path)],
        cwd=HOME,
        env={},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "ranked",
            [
                "grand\twinners\tf1",
                "grand\tdecided by\tcasting vote",
                "grand\tturn 2\t3 ballots\ttied\tf1 = f2",
                "music\tstruck\tf1",
            ],
        ),
        ("talk", ["grand\tdecided by\ttalking", "grand\tminutes 2\tconfirmed by\tada\tben"]),
        ("picks", ["unicef\twinners\tf2", "unicef\tchoice\t3", "iom\twinners\t-"]),
    ],
)
def test_the_command_prints_result_and_digest(tmp_path, name, lines):
    snapshot = frozen(name)
    ended = run(tmp_path, snapshot.document)
    assert (ended.returncode, ended.stderr) == (0, "")
    printed = ended.stdout.splitlines()
    assert set(lines) <= set(printed)
    assert printed[-1] == f"digest\t{snapshot.digest}"


def test_the_command_names_the_award_and_the_part_that_differ(tmp_path):
    document = frozen("talk").document
    del document["confirmations"][0]
    ended = run(tmp_path, document)
    assert ended.returncode == 1
    assert ended.stderr.endswith(": differs: part confirmations, digest\n")


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("ranked", METHODS[Deciding.RANKING]),
        ("grades", METHODS[Deciding.MAJORITY_JUDGEMENT]),
        ("picks", METHOD_OF_PICKS),
    ],
)
def test_another_method_is_refused_with_both_names(tmp_path, name, method):
    ended = run(tmp_path, {**frozen(name).document, "method": "by lot, 1"})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.rstrip().endswith(
        f"its method is {'by lot, 1'!r}, and this version reads {method!r}"
    )


def test_a_record_of_an_older_version_is_refused_with_both_names(tmp_path):
    ended = run(tmp_path, {**frozen("picks").document, "format": "plural closed round 1"})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "its format is 'plural closed round 1'" in ended.stderr
    assert repr(FORMAT) in ended.stderr

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

import judging
from judging import seeding
from judging.conflicts import Conflict, Source
from judging.errors import SnapshotUnreadable
from judging.ranking import rank
from judging.rounds import Film, Juror, Pair, Score
from judging.rubric import Criterion, Rubric
from judging.simulation import MODELS, simulate
from judging.snapshot import (
    METHOD,
    METHOD_WITH_SLOPES,
    PARTS,
    canonical,
    digest,
    find_receipt,
    freeze,
    receipt_for,
    recompute,
)
from judging.standings import TieRule

RUBRIC = Rubric((Criterion("story", 2, 1, 5, 0.5), Criterion("craft", 1, 0, 10, 1, True)))
FILMS = [Film(f"f{n}", "13-17", "ar", "Asia", 2, frozenset({"en", "fr"})) for n in range(4)]
JURORS = [Juror(f"j{n}", f"o{n}", "Europe", frozenset({"en"})) for n in range(3)]
SCORES = [
    Score("f0", "j0", {"story": 4.5, "craft": 7}, "receipt-1"),
    Score("f0", "j1", {"story": 4, "craft": None}, "receipt-2"),
    Score("f1", "j0", {"story": 2, "craft": 7}, "receipt-3"),
    Score("f1", "j2", {"story": 3.5, "craft": 3}, "receipt-4"),
    Score("f2", "j2", {"story": 5, "craft": 10}, "receipt-5"),
]
CONFLICTS = [Conflict("f2", "j2", Source.DECLARED, "my cousin Sami")]


def frozen(**changes):
    given = {
        "round_id": "preselection",
        "version": 1,
        "rubric": RUBRIC,
        "films": FILMS,
        "jurors": JURORS,
        "pairs": pairs_of(SCORES),
        "conflicts": CONFLICTS,
        "scores": SCORES,
        "seed": "2025/1",
        "shortlist_size": 2,
        "tie_rule": TieRule.LOT,
    }
    return freeze(**{**given, **changes})


def pairs_of(scores):
    return [Pair(score.film_id, score.juror_id) for score in scores]


HOME = Path(judging.__file__).parents[1]


def run(path, **environment):
    """The command in a process that inherits nothing."""
    return subprocess.run(
        [sys.executable, "-m", "judging", "recompute", str(path)],
        cwd=HOME,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_the_document_is_plain_json_and_holds_the_ranking():
    snapshot = frozen()
    assert json.loads(canonical(snapshot.document)) == snapshot.document
    ranking = rank(
        RUBRIC,
        SCORES,
        films=[film.id for film in FILMS],
        seed="2025/1",
        shortlist_size=2,
        tie_rule=TieRule.LOT,
        conflicts=CONFLICTS,
    )
    for row, kept in zip(ranking.rows, snapshot.document["result"]["order"], strict=True):
        assert kept == {key: getattr(row, key) for key in kept}
    assert set(snapshot.document["intervals"]) == {"films", "jurors"}


def test_recomputing_gives_the_same_result_and_digest():
    snapshot = frozen()
    recomputed = recompute(json.loads(canonical(snapshot.document)))
    assert recomputed.differences == ()
    assert recomputed.digest == snapshot.digest == snapshot.document["digest"]
    assert recomputed.result == snapshot.document["result"]


def larger(assigned=False):
    films, jurors = [f"film{n:02}" for n in range(60)], [f"juror{n}" for n in range(12)]
    scores = [
        Score(film, juror, {"story": 1 + number % 9 / 2, "craft": number // 16 % 11})
        for film in films
        for juror in jurors
        if (number := seeding.number("known", film, juror)) % 5 < 2
    ]
    return frozen(
        films=[Film(film) for film in films],
        jurors=[Juror(juror, juror) for juror in jurors],
        pairs=pairs_of(scores) if assigned else [],
        conflicts=[],
        scores=scores,
    )


def test_the_digest_is_the_same_on_every_machine():
    """A larger round's digest as it was found first; it may change only together with METHOD."""
    assert larger().digest == KNOWN_DIGEST


KNOWN_DIGEST = "120a1305907af6c4519bb5155e630b0c2f2511579eaac944430f2716e0d78641"


def test_the_order_of_rows_changes_nothing():
    turned = frozen(
        films=FILMS[::-1], jurors=JURORS[::-1], scores=SCORES[::-1], conflicts=CONFLICTS[::-1]
    )
    assert turned == frozen()


def test_intervals_stand_outside_the_digest():
    document = frozen().document
    changed = {**document, "intervals": {}}
    assert digest(changed) == document["digest"]
    assert recompute(changed).differences == ("part intervals",)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda d: d["scores"][0]["values"].update(story=1), "film f0"),
        (lambda d: d["scores"].pop(), "digest"),
        (lambda d: d["result"]["order"][0].update(rank=2), "film f0"),
        (lambda d: d["result"]["order"].pop(), "film f3"),
        (lambda d: d["conflicts"].pop(), "film f2"),
        (lambda d: d["rubric"][0].update(weight=0.5), "film f0"),
        (lambda d: d.update(seed="2025/2"), "digest"),
        (lambda d: d.update(seed="2025/2"), "part seed"),
        (lambda d: d["scores"][0].update(receipt="receipt-9"), "part scores"),
        (lambda d: d["films"][0].update(language="fr"), "part films"),
        (lambda d: d["jurors"][0].update(region="Asia"), "part jurors"),
        (lambda d: d["conflicts"][0].update(source="staff"), "part conflicts"),
        (lambda d: d["rubric"][1].update(optional=False), "part rubric"),
        (lambda d: d["result"]["jurors"][0].update(noise=0.5), "juror j0"),
        (lambda d: d["intervals"]["films"][0].update(rank_low=9), "part intervals"),
        (lambda d: d.update(version=2), "digest"),
        (lambda d: d["assignments"].pop(), "digest"),
        (lambda d: d["jurors"][0].update(organisation_id="o1"), "digest"),
        (lambda d: d.update(digest="0" * 64), "digest"),
    ],
)
def test_a_changed_byte_is_named(change, difference):
    document = frozen().document
    change(document)
    assert difference in recompute(document).differences


WRITTEN = canonical(frozen().document)


@settings(max_examples=400, deadline=None)
@given(at=st.integers(0, len(WRITTEN) - 1), byte=st.integers(0, 255))
def test_any_byte_that_is_changed_is_refused_or_named(at, byte):
    """But for one that leaves the same number: 0.30000000000000004 or ...05."""
    changed = WRITTEN[:at] + bytes([byte]) + WRITTEN[at + 1 :]
    try:
        document = json.loads(changed)
        if document != json.loads(WRITTEN):
            assert recompute(document).differences
    except (ValueError, SnapshotUnreadable):
        pass


def test_reasons_of_conflicts_stay_out():
    assert b"Sami" not in canonical(frozen().document)


def test_a_score_on_a_conflict_is_kept_and_does_not_count():
    document = frozen().document
    assert find_receipt(document, "receipt-5")["film_id"] == "f2"
    assert {row["film_id"]: row["reviews"] for row in document["result"]["order"]}["f2"] == 0


def test_a_juror_finds_a_score_by_its_receipt():
    document = frozen().document
    assert find_receipt(document, "receipt-2")["values"] == {"story": 4, "craft": None}
    assert find_receipt(document, "receipt-9") is None
    assert find_receipt(document, "") is None


def test_a_receipt_tells_neither_score_nor_juror_and_depends_on_everything():
    receipts = {
        receipt_for(round_id, score, salt=salt)
        for round_id in ("1", "2")
        for score in SCORES
        for salt in ("s", "t")
    }
    assert len(receipts) == 4 * len(SCORES)
    again = Score("f0", "j0", {"craft": 7, "story": 4.5})
    assert receipt_for("1", again, salt="s") == receipt_for("1", SCORES[0], salt="s")


def test_a_reopened_round_is_another_version_with_another_digest():
    assert frozen(version=2).digest != frozen(version=1).digest


def test_groups_are_kept():
    groups = {"f0": "a", "f1": "b", "f2": "a", "f3": "b"}
    document = frozen(groups=groups, shortlist_size={"a": 1, "b": 1}).document
    assert [row["group"] for row in document["result"]["order"]] == ["a", "a", "b", "b"]
    assert recompute(document).differences == ()


def test_parts_that_were_not_sealed_are_named():
    document = frozen().document
    names = {difference.removeprefix("part ") for difference in changed_parts(document)}
    assert names == set(document) - {"parts", "digest"}


def changed_parts(document):
    return recompute({**document, "parts": {}}).differences


@pytest.mark.parametrize("key", PARTS)
def test_a_record_that_lacks_a_part_is_refused_with_its_name(key):
    document = frozen().document
    left = {name: value for name, value in document.items() if name != key}
    with pytest.raises(SnapshotUnreadable) as refused:
        recompute(left)
    assert key in refused.value.problem


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"format": "something else"},
        {**frozen().document, "method": "older"},
        {key: value for key, value in frozen().document.items() if key != "scores"},
        {**frozen().document, "films": []},
        {
            **frozen().document,
            "scores": [{**frozen().document["scores"][0], "values": {"story": float("nan")}}],
        },
        {key: value for key, value in frozen().document.items() if key != "parts"},
        {**frozen().document, "tie_rule": "by age"},
        {**frozen().document, "rubric": [{"weight": 1}]},
    ],
)
def test_what_is_no_frozen_round_is_refused(document):
    with pytest.raises(SnapshotUnreadable):
        recompute(document)


def test_an_older_method_version_is_refused_clearly(tmp_path):
    path = tmp_path / "round.json"
    path.write_bytes(canonical({**frozen().document, "method": "shrunk additive, 1"}))
    ended = run(path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"{path}: cannot be read: its method is 'shrunk additive, 1', "
        f"and this version reads '{METHOD}'\n"
    )


def test_rows_in_another_order_are_the_same_round_in_a_clean_process(tmp_path):
    """Other hash seeds and threads, shuffled rows and keys: the same bytes come out."""
    snapshot = larger(assigned=True)
    chance, answers = random.Random(1), set()
    for attempt in range(4):
        document = dict(chance.sample(sorted(snapshot.document.items()), len(snapshot.document)))
        for key in ("films", "jurors", "assignments", "conflicts", "scores") if attempt else ():
            document[key] = chance.sample(document[key], len(document[key]))
        path = tmp_path / "round.json"
        path.write_text(json.dumps(document, indent=attempt))
        threads = {"OPENBLAS_NUM_THREADS": str(1 + attempt % 2)}
        ended = run(path, PYTHONHASHSEED=str(attempt), **threads)
        assert (ended.returncode, ended.stderr) == (0, "")
        answers.add(ended.stdout)
    assert len(answers) == 1
    assert answers.pop().endswith(f"digest\t{snapshot.digest}\n")


def test_recomputing_needs_neither_the_web_nor_a_database():
    code = "import sys, judging.__main__; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, env={}, capture_output=True, text=True, check=True
    )
    assert {"flask", "sqlalchemy", "redis", "requests"}.isdisjoint(ended.stdout.split())


def test_slopes_that_were_declared_are_recomputed_with_what_decided_for_them(tmp_path):
    world = simulate(MODELS["slopes"], seed="1", films=60, jurors=8, reviews=4)
    scores = [Score(o.film_id, o.juror_id, {"story": 1 + 4 * o.value}) for o in world.observations]
    films = [Film(film_id) for film_id in world.quality]
    jurors = [Juror(juror_id, "o") for juror_id in {o.juror_id for o in world.observations}]
    given = {"films": films, "jurors": jurors, "conflicts": [], "scores": scores}
    given["pairs"] = pairs_of(scores)
    rubric = Rubric((Criterion("story", 1, 1, 5, 0),))
    with_slopes, without = (frozen(**given, rubric=rubric, slopes=s) for s in (True, False))
    assert with_slopes.document["method"] == METHOD_WITH_SLOPES
    assert with_slopes.document["result"]["slopes"]["used"]
    assert with_slopes.document["result"]["order"] != without.document["result"]["order"]
    assert recompute(with_slopes.document).differences == ()
    path = tmp_path / "round.json"
    path.write_bytes(canonical(with_slopes.document))
    assert "slopes\tused" in run(path).stdout.splitlines()


def test_the_command_prints_result_and_digest(tmp_path):
    snapshot = frozen()
    path = tmp_path / "round.json"
    path.write_bytes(canonical(snapshot.document))
    ended = run(path)
    assert (ended.returncode, ended.stderr) == (0, "")
    *rows, declaration, last = ended.stdout.splitlines()
    assert [row.split("\t")[2] for row in rows] == [
        row["film_id"] for row in snapshot.document["result"]["order"]
    ]
    assert declaration == "declaration\tnot in this record"
    assert last == f"digest\t{snapshot.digest}"


def test_the_command_says_in_one_line_what_differs(tmp_path):
    document = frozen().document
    document["scores"][0]["values"]["story"] = 1
    path = tmp_path / "round.json"
    path.write_bytes(rfc8785.dumps(document))
    ended = run(path)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{path}: differs: film ")
    assert len(ended.stderr.splitlines()) == 1


def test_the_command_says_in_one_line_what_cannot_be_read(tmp_path):
    path = tmp_path / "round.json"
    path.write_text("not json")
    for unreadable in (path, tmp_path / "absent.json"):
        ended = run(unreadable)
        assert ended.returncode == 2
        assert ended.stderr.startswith(f"{unreadable}: cannot be read: ")
        assert len(ended.stderr.splitlines()) == 1

"""Ties: counted, discussed, voted on again among the tied, then parted by what was declared."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

import plural.mails  # noqa: F401 - registers the composers
from plural import clock, mailing
from plural.actions.jury_results import Stage
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.juries import Ballot, BallotCount
from plural.models.rounds import RoundKind, Seat
from plural.round_rules import RoundRules
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.visitor import Visitor


@pytest.fixture
def jury(app: Flask, make: Make) -> Jury:
    return Jury(app, make).open()


def split(jury: Jury) -> None:
    """An even jury that does not agree."""
    jury.vote(0, 0, 1)
    jury.vote(1, 1, 0)


def test_an_even_jury_that_splits_votes_again_among_the_tied(jury: Jury, sign_in: Any) -> None:
    visitor: Visitor = sign_in(jury.panel.jurors[0][0])
    assert visitor.get(f"jury/{jury.seat(0)}/ballots").text.count("You have until") == 1
    split(jury)
    jury.count()
    assert jury.stage() is Stage.SECOND_VOTES
    page = visitor.get(f"jury/{jury.seat(0)}/ballots").text
    assert "A second ballot among the tied" in page
    assert page.count("You have until") == 1
    assert f'name="rank_{jury.panel.films[0].id}"' in page
    assert f'name="rank_{jury.panel.films[2].id}"' not in page
    assert "rank_0" not in page
    path = f"jury/{jury.seat(0)}/ballots/{jury.award.id}"
    film = jury.panel.films[0].id
    fields = {f"rank_{film}": "1", "turn": "2", "revision": "0"}
    assert "Your ballot is kept" in visitor.post(path, fields).text
    jury.vote(1, 0, turn=2)
    assert jury.stage() is Stage.DONE
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([jury.code(0)], "condorcet")
    first, second = row["turns"]
    assert first["tied"] == sorted([jury.code(0), jury.code(1)])
    assert len(first["ballots"]) == len(second["ballots"]) == 2
    with jury.panel.app.app_context():
        assert Ballot.query.filter_by(turn=1).count() == 2


def test_tie_at_the_cut_of_three_takes_only_the_best_into_the_second_ballot(
    app: Flask, make: Make
) -> None:
    jury = Jury(app, make, members=4).open()
    for juror, ranking in enumerate(((0, 1, 2), (1, 0, 2), (0, 1, 2), (1, 0, 2))):
        jury.vote(juror, *ranking)
    jury.count()
    with app.app_context():
        assert set(BallotCount.query.one().tied) == {film.id for film in jury.panel.films[:2]}


def test_all_ballots_tied_are_voted_on_again_and_an_award_nobody_prefers_is_not_given(
    jury: Jury,
) -> None:
    jury.vote(0, 0, -1, -2)
    jury.vote(1, 0, -1, -2)
    jury.count()
    with jury.panel.app.app_context():
        assert len(BallotCount.query.one().tied) == 3
    row = jury.outcome()
    assert (row["winners"], row["no_award"]) == ([], False)
    assert row["decided_by"] == "tied"


def test_a_condorcet_cycle_is_resolved_by_beat_paths(app: Flask, make: Make, sign_in: Any) -> None:
    """The first beats the second 5:2, that the third 5:2, and that the first 4:3, the least."""
    jury = Jury(app, make, members=7).open()
    circle = [(0, 1, 2)] * 3 + [(1, 2, 0)] * 2 + [(2, 0, 1)] * 2
    for juror, ranking in enumerate(circle):
        jury.vote(juror, *ranking)
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([jury.code(0)], "schulze")
    pairs = {(a, b): n for a, b, n in row["turns"][0]["pairwise"]}
    first, second, third = (jury.code(n) for n in range(3))
    assert (pairs[first, second], pairs[second, third], pairs[third, first]) == (5, 5, 4)
    page = sign_in(jury.panel.staff).get(f"staff/rounds/{jury.round_id}/result").text
    assert "The majorities run in a circle" in page
    assert "Ballots that prefer one to the other" in page


def test_truncated_and_empty_ballots_count_as_they_are(jury: Jury) -> None:
    jury.vote(0, 1)
    jury.cast(1, [])
    row = jury.outcome()
    assert row["winners"] == [jury.code(1)]
    assert sorted(len(b["tiers"]) for b in row["turns"][0]["ballots"]) == [0, 1]


def test_an_invalid_ballot_is_refused_and_changes_nothing(jury: Jury) -> None:
    film = jury.panel.films[0].id
    for wrong in ([[film], [film]], [[film + 1000]], [[]]):
        with pytest.raises(Refused) as refused:
            jury.cast(0, wrong)
        assert refused.value.code == "ballot_invalid"
    with jury.panel.app.app_context():
        assert Ballot.query.count() == 0


def test_a_tie_that_stays_goes_to_the_casting_vote_only_if_declared(app: Flask, make: Make) -> None:
    jury = Jury(app, make).open(RoundRules(ex_aequo=False, casting_vote=True))
    jury.preside(1)
    split(jury)
    jury.count()
    jury.vote(0, 0, turn=2)
    jury.vote(1, 1, turn=2)
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([jury.code(1)], "casting vote")
    assert row["turns"][1]["decided_by"] == "tied"


def test_without_a_casting_vote_a_tie_that_stays_leaves_the_award_undecided(jury: Jury) -> None:
    jury.preside(1)
    split(jury)
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([], "tied")
    assert row["tied"] == sorted([jury.code(0), jury.code(1)])


def test_ex_aequo_shares_the_award_of_a_tie_that_stays(app: Flask, make: Make) -> None:
    jury = Jury(app, make).open(RoundRules())
    split(jury)
    jury.count()
    split_again = ((0, 0), (1, 1))
    for juror, film in split_again:
        jury.vote(juror, film, turn=2)
    assert jury.outcome()["winners"] == sorted([jury.code(0), jury.code(1)])


def test_one_prize_collision_gives_the_next_film_the_later_award(app: Flask, make: Make) -> None:
    jury = Jury(app, make)
    later = make.award("music", category_id=make.category("adult").id, position=2)
    jury.open(RoundRules(one_prize_per_film=True))
    for juror in range(2):
        for award in (jury.award, later):
            jury.vote(juror, 0, 1, award=award)
    row = jury.outcome(later)
    assert row["winners"] == [jury.code(1)]
    assert row["struck"] == [jury.code(0)]


def test_with_one_prize_per_film_awards_are_counted_in_their_precedence(
    app: Flask, make: Make
) -> None:
    jury = Jury(app, make)
    later = make.award("music", category_id=make.category("adult").id, position=2)
    jury.open(RoundRules(one_prize_per_film=True, ex_aequo=False))
    for juror in range(2):
        jury.vote(juror, 0, 1, award=later)
    with pytest.raises(Refused) as refused:
        jury.count(later)
    assert refused.value.code == "earlier_award_open"
    split(jury)
    jury.count()
    for juror in range(2):
        jury.vote(juror, 1, turn=2)
    jury.count(later)
    assert jury.outcome(later)["winners"] == [jury.code(0)]


def test_recusal_breaks_the_quorum_and_somebody_who_joins_mends_it(
    app: Flask, make: Make, sign_in: Any
) -> None:
    jury = Jury(app, make, members=3).open(RoundRules(quorum=3))
    for juror in range(3):
        jury.vote(juror, 0, 1)
    film = jury.panel.films[2].id
    visitor: Visitor = sign_in(jury.panel.jurors[0][0])
    visitor.post(f"jury/{jury.seat(0)}/films/{film}/conflict", {"reason": "My pupil"})
    assert jury.stage() is Stage.NO_QUORUM
    staff: Visitor = sign_in(jury.panel.staff)
    assert "Fewer members than the quorum" in staff.get(f"staff/rounds/{jury.round_id}/jury").text
    reserve = make.juror()
    staff.post(f"staff/rounds/{jury.round_id}/seats", {"members": reserve[1].id})
    jury.panel.jurors.append(reserve)
    jury.vote(3, 0)
    assert jury.stage() is Stage.DONE
    assert jury.outcome()["winners"] == [jury.code(0)]


def test_without_a_quorum_an_award_is_not_decided(app: Flask, make: Make, sign_in: Any) -> None:
    jury = Jury(app, make).open(RoundRules(quorum=2))
    jury.vote(0, 0)
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([], "no quorum")
    page = sign_in(jury.panel.staff).get(f"staff/rounds/{jury.round_id}/result").text
    assert "Fewer members than the quorum decided, so the award is not given." in page


# ----- the count


def test_nobody_counts_while_somebody_may_still_vote(jury: Jury) -> None:
    jury.vote(0, 0)
    with pytest.raises(Refused) as refused:
        jury.count()
    assert refused.value.code == "votes_missing"


def test_counted_ballots_cannot_be_changed_and_are_not_told(jury: Jury, sign_in: Any) -> None:
    jury.vote(0, 0)
    jury.vote(1, 0)
    jury.count()
    with pytest.raises(Refused) as refused:
        jury.vote(0, 1, revision=1)
    assert refused.value.code == "ballots_counted"
    page = sign_in(jury.panel.jurors[1][0]).get(f"jury/{jury.seat(1)}/ballots").text
    assert "The result stays sealed until the round has closed." in page


def test_a_ballot_of_the_first_turn_sent_late_is_none_of_the_second(
    jury: Jury, sign_in: Any
) -> None:
    split(jury)
    jury.count()
    path = f"jury/{jury.seat(0)}/ballots/{jury.award.id}"
    fields = {f"rank_{jury.panel.films[1].id}": "1", "turn": "1", "revision": "1"}
    answer = sign_in(jury.panel.jurors[0][0]).post(path, fields)
    assert answer.status_code == 409
    assert "have been counted" in answer.text
    with jury.panel.app.app_context():
        assert Ballot.query.filter_by(turn=2).count() == 0


def test_only_the_chair_and_staff_count(jury: Jury, sign_in: Any) -> None:
    split(jury)
    jury.preside(1)
    with jury.panel.app.app_context():
        until = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    paths = [f"jury/{jury.seat(n)}/ballots/{jury.award.id}/count" for n in range(2)]
    fields = {"second_closes_at": until}
    assert sign_in(jury.panel.jurors[0][0]).post(paths[0], fields).status_code == 404
    answer = sign_in(jury.panel.jurors[1][0]).post(paths[1], fields)
    assert "There is a tie. A second ballot is open" in answer.text


def test_the_second_ballot_ends_at_its_own_time(jury: Jury, set_clock: Any) -> None:
    split(jury)
    jury.count(hours=2)
    jury.vote(0, 0, turn=2)
    set_clock(3 * 3600)
    with pytest.raises(Refused) as refused:
        jury.vote(1, 1, turn=2)
    assert refused.value.code == "second_ballot_over"
    assert jury.outcome()["winners"] == [jury.code(0)]


def test_members_are_written_to_when_there_is_a_second_ballot(jury: Jury, settings: Any) -> None:
    split(jury)
    jury.count()
    with jury.panel.deed():
        due = [i.payload for i in OutboxItem.query if i.payload.get("name") == "second_ballot"]
        assert len(due) == 2
        mailing.deliver(**due[0])
    mail = newest_mail(settings.instance_folder)
    assert mail["Subject"] == "A second ballot: Award grand"
    assert "ballots" in mail.get_content()
    assert jury.panel.films[0].entry.title not in mail.get_content()


def newest_mail(folder: Path) -> Any:
    file = max((folder / "mails").glob("*.eml"))
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def test_a_vote_at_the_count_is_either_counted_or_refused(app: Flask, make: Make) -> None:
    jury = Jury(app, make).open()
    split(jury)
    barrier, kept = Barrier(2), []

    def change() -> None:
        barrier.wait()
        try:
            jury.vote(1, 0, revision=1)
            kept.append(True)
        except Refused:
            kept.append(False)

    def count() -> None:
        barrier.wait()
        jury.count()

    threads = [Thread(target=change), Thread(target=count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        tied = BallotCount.query.one().tied
        changed = Ballot.query.filter_by(revision=2).count()
    assert (changed, bool(tied)) == ((1, False) if kept[0] else (0, True))


# ----- who presides


def test_the_jury_names_its_chair_by_more_than_half(app: Flask, make: Make, sign_in: Any) -> None:
    jury = Jury(app, make, members=3).open(RoundRules(casting_vote=True))
    wanted = jury.seat(2)
    visitors = [sign_in(jury.panel.jurors[n][0]) for n in range(2)]
    page = visitors[0].post(f"jury/{jury.seat(0)}/chair", {"wanted": wanted}).text
    assert "Nobody presides yet." in page
    page = visitors[1].post(f"jury/{jury.seat(1)}/chair", {"wanted": wanted}).text
    assert f"<bdi>{jury.panel.jurors[2][0].name}</bdi> presides." in page
    with app.app_context():
        assert [s.id for s in Seat.query.filter_by(is_chair=True)] == [wanted]


def test_who_presides_is_settled_before_the_first_count(jury: Jury, sign_in: Any) -> None:
    staff: Visitor = sign_in(jury.panel.staff)
    path = f"staff/rounds/{jury.round_id}/chair"
    assert "presides now" in staff.post(path, {"seat": jury.seat(0)}).text
    split(jury)
    jury.count()
    answer = staff.post(path, {"seat": jury.seat(1)})
    assert answer.status_code == 409
    with jury.panel.app.app_context():
        assert db.session.get_one(Seat, jury.seat(0)).is_chair


def test_a_stranger_presides_over_nothing(jury: Jury, make: Make, sign_in: Any) -> None:
    elsewhere = make.round(RoundKind.INTERNATIONAL_JURY, [], [make.juror()[1]])
    staff: Visitor = sign_in(jury.panel.staff)
    path = f"staff/rounds/{jury.round_id}/chair"
    assert staff.post(path, {"seat": elsewhere.seats[0].id}).status_code == 404
    juror: Visitor = sign_in(jury.panel.jurors[0][0])
    wanted = {"wanted": elsewhere.seats[0].id}
    assert juror.post(f"jury/{jury.seat(0)}/chair", wanted).status_code == 404
    with jury.panel.app.app_context():
        assert Seat.query.filter_by(is_chair=True).count() == 0

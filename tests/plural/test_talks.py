"""A jury that decides by talking: minutes by its chair, confirmed by everybody who took part."""

from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

import plural.mails  # noqa: F401 - registers the composers
from plural import mailing
from plural.actions import conflicts, talks
from plural.actions.jury_results import Stage
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.juries import Confirmation, Minutes
from plural.models.rounds import Seat
from plural.round_rules import Deciding, RoundRules
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.plural.panels import who
from tests.visitor import Visitor

TALKING = RoundRules(deciding=Deciding.TALKING)


class Talk(Jury):
    """Three members who talk; the first presides."""

    def open(self, rules: RoundRules = TALKING) -> "Talk":
        super().open(rules)
        self.preside(0)
        return self

    def record(
        self, *films: int, revision: int = 0, award: Award | None = None, **facts: Any
    ) -> None:
        """The chair writes that these films win."""
        present = facts.pop("present", range(len(self.panel.jurors)))
        recused = facts.pop("recused", ())
        seats = [self.seat(n) for n in range(len(self.panel.jurors))]
        draft = talks.Draft(
            present=frozenset(seats[n] for n in present),
            recused=frozenset(seats[n] for n in recused),
            winners=frozenset(self.panel.films[n].id for n in films),
            reasons=facts.pop("reasons", "It opened a door."),
            **facts,
        )
        with self.panel.deed():
            chair = db.session.get_one(Seat, seats[0])
            given = db.session.get_one(Award, (award or self.award).id)
            talks.record(who(chair), chair, given, draft, revision)

    def confirm(
        self, juror: int, revision: int = 1, dissent: str = "", award: Award | None = None
    ) -> None:
        seat_id = self.seat(juror)
        with self.panel.deed():
            seat = db.session.get_one(Seat, seat_id)
            given = db.session.get_one(Award, (award or self.award).id)
            talks.confirm(who(seat), seat, given, revision, dissent)

    def conflict(self, juror: int, film: int) -> None:
        with self.panel.deed():
            account = db.session.get_one(Seat, self.seat(juror)).membership.account
            entry = db.session.get_one(FilmVersion, self.panel.films[film].id).entry
            assert account is not None
            conflicts.declare(account, entry, "My pupil")

    def pseudonym(self, juror: int) -> str:
        return self.panel.jurors[juror][0].pseudonym


@pytest.fixture
def talk(app: Flask, make: Make) -> Talk:
    return Talk(app, make, members=3).open()


def test_the_chair_writes_the_minutes_and_each_member_confirms_them(
    talk: Talk, sign_in: Any
) -> None:
    chair: Visitor = sign_in(talk.panel.jurors[0][0])
    seats = [talk.seat(n) for n in range(3)]
    path = f"jury/{seats[0]}/minutes/{talk.award.id}"
    assert "Write the minutes" in chair.get(f"jury/{seats[0]}/ballots").text
    fields = {
        "present": seats,
        "winners": [talk.panel.films[1].id],
        "reasons": "A quiet film that stays.",
        "revision": "0",
    }
    page = chair.post(path, fields).text
    assert "The minutes are kept." in page
    assert "A quiet film that stays." in page
    assert talk.stage() is Stage.CONFIRMATIONS
    for n in range(3):
        visitor: Visitor = sign_in(talk.panel.jurors[n][0])
        answer = visitor.post(
            f"jury/{seats[n]}/minutes/{talk.award.id}/confirmation", {"revision": "1"}
        )
        assert "You have confirmed this text" in answer.text
    assert talk.stage() is Stage.DONE
    row = talk.outcome()
    assert (row["winners"], row["decided_by"]) == ([talk.code(1)], "talking")
    assert row["minutes"]["confirmed"] == sorted(talk.pseudonym(n) for n in range(3))
    page = sign_in(talk.panel.staff).get(f"staff/rounds/{talk.round_id}/result").text
    assert "A quiet film that stays." in page
    assert talk.panel.jurors[2][0].name in page


def test_a_change_of_the_minutes_voids_what_had_been_confirmed(talk: Talk) -> None:
    talk.record(0)
    for n in range(3):
        talk.confirm(n)
    talk.record(1, revision=1)
    assert talk.stage() is Stage.CONFIRMATIONS
    with pytest.raises(StaleState) as stale:
        talk.confirm(1, revision=1)
    assert stale.value.data == {"revision": 2}
    with talk.panel.app.app_context():
        assert Confirmation.query.filter_by(revision=1).count() == 3
    for n in range(3):
        talk.confirm(n, revision=2)
    assert talk.outcome()["winners"] == [talk.code(1)]


def test_whoever_has_not_confirmed_is_named(talk: Talk, sign_in: Any) -> None:
    talk.record(0)
    talk.confirm(0)
    page = sign_in(talk.panel.staff).get(f"staff/rounds/{talk.round_id}/jury").text
    line = page.split("has not confirmed the minutes yet")[1].split("</tr>")[0]
    assert talk.panel.jurors[1][0].name in line
    assert talk.panel.jurors[2][0].name in line
    assert talk.panel.jurors[0][0].name not in line
    assert "opened a door" not in page
    row = talk.outcome()
    assert (row["winners"], row["decided_by"]) == ([], "not confirmed")


def test_dissent_is_recorded_and_confirmed_all_the_same(talk: Talk, sign_in: Any) -> None:
    talk.record(0, dissent={talk.seat(1): "The other film was braver."})
    for n in range(3):
        talk.confirm(n, dissent="I say so too." if n == 2 else "")
    row = talk.outcome()
    assert row["winners"] == [talk.code(0)]
    assert row["minutes"]["dissent"] == {
        talk.pseudonym(1): ["The other film was braver."],
        talk.pseudonym(2): ["I say so too."],
    }
    page = sign_in(talk.panel.staff).get(f"staff/rounds/{talk.round_id}/result").text
    assert "The other film was braver." in page


def test_a_member_with_a_conflict_is_recused_said_or_not(talk: Talk) -> None:
    talk.conflict(2, film=1)
    talk.record(0)
    with pytest.raises(NotFound):
        talk.confirm(2)
    for n in range(2):
        talk.confirm(n)
    row = talk.outcome()
    assert row["winners"] == [talk.code(0)]
    assert row["minutes"]["recused"] == [talk.pseudonym(2)]


def test_a_conflict_declared_after_the_decision_voids_the_minutes(talk: Talk) -> None:
    talk.record(0)
    for n in range(3):
        talk.confirm(n)
    talk.conflict(2, film=1)
    assert talk.stage() is Stage.NOT_VALID
    assert talk.outcome()["decided_by"] == "not recused"


def test_recusal_breaks_the_quorum_of_a_jury_that_talks(app: Flask, make: Make) -> None:
    rules = RoundRules(deciding=Deciding.TALKING, quorum=3)
    talk = Talk(app, make, members=3).open(rules)
    talk.conflict(2, film=1)
    assert talk.stage() is Stage.NO_QUORUM
    talk.record(0)
    for n in range(2):
        talk.confirm(n)
    row = talk.outcome()
    assert (row["winners"], row["decided_by"]) == ([], "no quorum")


def test_no_award_is_a_decision_of_those_who_talk(talk: Talk) -> None:
    talk.record()
    for n in range(3):
        talk.confirm(n)
    row = talk.outcome()
    assert (row["winners"], row["no_award"]) == ([], True)


def test_what_the_rules_of_the_round_forbid_is_not_written_down(app: Flask, make: Make) -> None:
    talk = Talk(app, make, members=3)
    must = make.award(
        "must", category_id=make.category("adult").id, may_be_withheld=False, position=2
    )
    talk.open(RoundRules(deciding=Deciding.TALKING, ex_aequo=False, one_prize_per_film=True))
    talk.record(0)
    for code, films, facts in (
        ("one_winner_only", (1, 2), {"award": must}),
        ("film_has_prize", (0,), {"award": must}),
        ("award_must_be_given", (), {"award": must}),
        ("minutes_presence", (1,), {"award": must, "present": ()}),
        ("minutes_reasons", (1,), {"award": must, "reasons": ""}),
    ):
        with pytest.raises(Refused) as refused:
            talk.record(*films, **facts)  # type: ignore[arg-type]
        assert refused.value.code == code


def test_only_the_chair_writes_and_only_who_took_part_reads(talk: Talk, sign_in: Any) -> None:
    talk.record(0, present=(0, 1), reasons="Between the two of us.")
    outsider: Visitor = sign_in(talk.panel.jurors[2][0])
    seat = talk.seat(2)
    assert outsider.get(f"jury/{seat}/minutes/{talk.award.id}").status_code == 404
    fields = {"present": [seat], "reasons": "Mine", "revision": "1"}
    assert outsider.post(f"jury/{seat}/minutes/{talk.award.id}", fields).status_code == 404
    assert "Between the two of us." not in outsider.get(f"jury/{seat}/ballots").text
    staff: Visitor = sign_in(talk.panel.staff)
    for path in ("", "/jury"):
        assert "Between the two" not in staff.get(f"staff/rounds/{talk.round_id}{path}").text
    assert "Between the two" not in staff.get("staff/audit").text
    member: Visitor = sign_in(talk.panel.jurors[1][0])
    assert "Between the two of us." in member.get(f"jury/{talk.seat(1)}/ballots").text


def test_members_are_written_to_until_they_have_confirmed(talk: Talk, settings: Any) -> None:
    talk.record(0)
    talk.confirm(1)
    with talk.panel.deed():
        rows = OutboxItem.query.order_by(OutboxItem.id)
        due = [i.payload for i in rows if i.payload.get("name") == "minutes_to_confirm"]
        assert len(due) == 3
    for payload in due:
        with talk.panel.deed():
            mailing.deliver(**payload)
    written = [path.read_text() for path in (settings.instance_folder / "mails").glob("*.eml")]
    to = {line for mail in written for line in mail.splitlines() if line.startswith("To: ")}
    assert to == {f"To: {talk.panel.jurors[n][0].email}" for n in (0, 2)}
    assert all("opened a door" not in mail for mail in written)


def test_a_stale_tab_of_the_chair_overwrites_nothing_and_loses_nothing(
    talk: Talk, sign_in: Any
) -> None:
    talk.record(0)
    chair: Visitor = sign_in(talk.panel.jurors[0][0])
    path = f"jury/{talk.seat(0)}/minutes/{talk.award.id}"
    fields = {"present": [talk.seat(0)], "reasons": "typed in another tab", "revision": "0"}
    answer = chair.post(path, fields)
    assert answer.status_code == 409
    assert "typed in another tab" in answer.text
    with talk.panel.app.app_context():
        assert (Minutes.query.one().reasons, Minutes.query.one().revision) == (
            "It opened a door.",
            1,
        )


def test_a_confirmation_beside_a_change_counts_for_the_text_that_was_read(talk: Talk) -> None:
    talk.record(0)
    barrier, kept = Barrier(2), []

    def confirm() -> None:
        barrier.wait()
        try:
            talk.confirm(1)
            kept.append(True)
        except StaleState:
            kept.append(False)

    def change() -> None:
        barrier.wait()
        talk.record(1, revision=1)

    threads = [Thread(target=confirm), Thread(target=change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with talk.panel.app.app_context():
        minutes = Minutes.query.one()
        assert minutes.revision == 2
        assert talks.confirmations(minutes) == {}
        assert Confirmation.query.count() == int(kept[0])


def test_a_jury_that_votes_has_no_minutes(app: Flask, make: Make, sign_in: Any) -> None:
    jury = Jury(app, make).open()
    jury.preside(0)
    visitor: Visitor = sign_in(jury.panel.jurors[0][0])
    path = f"jury/{jury.seat(0)}/minutes/{jury.award.id}"
    assert visitor.get(path).status_code == 404
    assert visitor.post(f"{path}/confirmation", {"revision": "0"}).status_code == 404

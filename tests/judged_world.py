"""What the world of all routes has of judging and of results: a round of each kind and state."""

from dataclasses import dataclass, field
from typing import Any

from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Award
from plural.models.people import Account, Membership
from plural.models.rounds import Round, RoundKind, Seat
from plural.round_rules import Deciding, RoundRules
from tests.factories import Make
from tests.plural.panels import Panel

MASTER = "master-web-made"
REPORT = {"profile": "web", "passed": True, "flashes_certified": False, "lines": []}


@dataclass
class Judged:
    """Rows that routes are about, and the ids that some endpoints take in place of the usual."""

    grand: Award
    best: Award
    film: FilmVersion
    jurors: list[tuple[Account, Membership]]
    focal_point: tuple[Account, Membership]
    chair: tuple[Account, Membership]
    own_ids: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, endpoints: str, **ids: Any) -> None:
        for endpoint in endpoints.split():
            self.own_ids[endpoint] = ids


def judge(make: Make, staff: Account, judged: Judged) -> None:
    """A frozen preselection, a jury that votes, one that talks, a round of picks, results."""
    frozen = freeze_one(make, staff, judged.jurors)
    voting = a_round(make, judged, RoundKind.INTERNATIONAL_JURY, judged.jurors[:1])
    talking = a_round(make, judged, RoundKind.INTERNATIONAL_JURY, [judged.chair])
    rule(make, talking, RoundRules(deciding=Deciding.TALKING))
    picking = a_round(make, judged, RoundKind.PARTNER_PICKS, [judged.focal_point])
    published = make.publication({judged.film: judged.grand})
    code = make.first(Entry, id=judged.film.entry_id).code
    grand = {"award": judged.grand.id}
    ballot = {"seat": voting.seats[0].id, **grand}
    speaking = {"seat": picking.seats[0].id, "award": judged.best.id}
    judged.take("jury.ballots jury.cast jury.count jury.nominate", **ballot)
    judged.take("jury.minutes jury.confirm", seat=talking.seats[0].id, **grand)
    judged.take("jury.picks jury.pick jury.criteria jury.people", **speaking)
    colleague = {"membership": judged.jurors[0][1].id, **speaking}
    judged.take("jury.seat_colleague jury.remove_colleague", **colleague)
    judged.take("jury.invite_colleague_again", **colleague)
    judged.take("jury.recommend", film=judged.film.id, **speaking)
    judged.take("rounds.new", kind="preselection")
    judged.take("rounds.result rounds.snapshot rounds.bounds rounds.choose", round=frozen)
    judged.take("rounds.shortlist rounds.comments rounds.release_comments", round=frozen)
    judged.take("rounds.jury rounds.chair rounds.count", round=voting.id, **grand)
    judged.take("rounds.partners rounds.deadline", round=picking.id, award=judged.best.id)
    judged.take("publication.withdraw", distinction=published.distinctions[0].id)
    judged.take("recipients.show", code=code)


def freeze_one(make: Make, staff: Account, jurors: list[tuple[Account, Membership]]) -> int:
    """A preselection that has been scored, closed and frozen by two people; its id."""
    panel = Panel(make.app, make, staff, jurors=list(jurors))
    round_id = panel.assigned(key="frozen")
    panel.score_all(round_id, lambda _assignment: 4)
    panel.close(round_id)
    return round_id


def a_round(
    make: Make, judged: Judged, kind: RoundKind, people: list[tuple[Account, Membership]]
) -> Round:
    members = [membership for _account, membership in people]
    return make.round(kind, [judged.film], members)


def rule(make: Make, round_: Round, rules: RoundRules) -> None:
    """Give the round its rules; the first who sits there presides."""
    with make.saving():
        db.session.get_one(Round, round_.id).written_rules = rules.written()
        db.session.get_one(Seat, round_.seats[0].id).is_chair = True


def make_master(make: Make, film: FilmVersion) -> str:
    """A finished master with its report; its name."""
    with make.saving():
        stored = db.session.get_one(FilmVersion, film.id)
        make.store(stored, f"{MASTER}.mp4", "video/mp4", b"not a real master")
        make.store(stored, f"{MASTER}.json", "application/json", b"{}")
        for output in stored.outputs:
            if output.name.startswith(MASTER):
                output.group, output.details = MASTER, {"quality": REPORT}
    return MASTER

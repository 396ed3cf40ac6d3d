"""Partners for tests: organisations with a recognition and a focal point each, in an open round."""

from typing import Any

from judging.recomputing import recompute
from plural.actions import picks
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.people import Account, Membership, MembershipRole, Organisation
from plural.models.rounds import RoundKind, RoundResult, Seat
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, shortlisted_panel, who


class Partners:
    """Two partners with a recognition and a focal point each; `open` makes a round of picks."""

    def __init__(self, panel: Panel, make: Make) -> None:
        self.panel, self.make = panel, make
        self.organisations: list[Organisation] = [make.organisation() for _n in range(2)]
        panel.add_films(3)
        self.awards: list[Award] = [
            make.award(
                f"partner{n}", AwardKind.PARTNER_RECOGNITION, organisation_id=o.id, position=n
            )
            for n, o in enumerate(self.organisations)
        ]
        self.focal_points = [self.focal_point(n) for n in range(2)]
        panel.add_jurors(2, self.organisations)
        self.round_id = self.source = 0

    def focal_point(self, partner: int, account: Account | None = None) -> tuple[Account, Any]:
        account = account or self.make.account()
        self.make.signed(account, self.make.edition())
        organisation = self.organisations[partner]
        return account, self.make.membership(MembershipRole.FOCAL_POINT, organisation, account)

    def open(self, **facts: Any) -> None:
        self.source = self.source or shortlisted_panel(self.panel)
        self.round_id = self.panel.open(
            RoundKind.PARTNER_PICKS, key="partners", source=self.source, **facts
        )

    def seat(self, partner: int) -> int:
        """The seat of a partner's focal point."""
        with self.panel.app.app_context():
            return seat_of(self.focal_points[partner][0], self.round_id)

    def juror_seat(self, partner: int) -> int:
        with self.panel.app.app_context():
            return seat_of(self.panel.jurors[partner][0], self.round_id)

    def path(self, partner: int) -> str:
        return f"jury/{self.seat(partner)}/picks/{self.awards[partner].id}"

    def pick(self, partner: int, *films: int, citation: str = "", revision: int = 0) -> None:
        """The focal point chooses these films, all with the same citation."""
        seat_id = self.seat(partner)
        with self.panel.deed():
            seat = db.session.get_one(Seat, seat_id)
            chosen = [
                picks.Choice(db.session.get_one(FilmVersion, self.panel.films[n].id), citation)
                for n in films
            ]
            award = db.session.get_one(Award, self.awards[partner].id)
            picks.pick(who(seat), seat, award, chosen, revision)

    def outcome(self) -> dict[str, Any]:
        """What each recognition came to, from a record that says what follows from it."""
        self.panel.close(self.round_id)
        with self.panel.app.app_context():
            document = RoundResult.query.filter_by(round_id=self.round_id).one().document
            assert recompute(document).differences == ()
            return {row["award"]: row for row in document["awards"]}

    def code(self, film: int) -> str:
        with self.panel.app.app_context():
            found = db.session.get_one(FilmVersion, self.panel.films[film].id)
            return f"{found.entry.code}.1"

    def members(self, partner: int) -> list[Membership]:
        with self.panel.app.app_context():
            found = db.session.get_one(Organisation, self.organisations[partner].id)
            return list(found.memberships)

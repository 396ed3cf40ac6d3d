"""What a juror takes on in a round: how many films, of which age categories, as a reserve."""

from dataclasses import asdict, dataclass

from plural import audit, lifecycle
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.extensions import db
from plural.models.people import Account
from plural.models.rounds import OVER, Seat


@dataclass(frozen=True)
class Terms:
    """No number is no bound, no categories are all of them."""

    fewest_films: int | None = None
    most_films: int | None = None
    is_reserve: bool = False
    is_young: bool = False
    categories: tuple[str, ...] = ()

    @property
    def crossed(self) -> bool:
        return (
            self.fewest_films is not None
            and self.most_films is not None
            and self.fewest_films > self.most_films
        )


def change(seat: Seat, terms: Terms, by: Account) -> None:
    """Write down what somebody takes on; what they have already stays with them.

    Raises Refused when fewest is more than most, and once the round is over.
    """
    hold_alone(seat.round)
    if seat.round.state in OVER:
        raise Refused("round_closed")
    if terms.crossed:
        raise Refused("bounds_crossed", fewest=terms.fewest_films, most=terms.most_films)
    written = {**asdict(terms), "categories": list(terms.categories)}
    for name, value in written.items():
        setattr(seat, name, value)
    db.session.flush()
    audit.append(
        seat.round.edition.festival, "seat.terms_changed", lifecycle.subject(seat), by, written
    )

"""A jury's rows as the judging engine wants them: films and jurors by code."""

from collections.abc import Iterable

from judging.sitting import NO_AWARD, Confirmation, Given, Member, Prize, Rules, Sitting, Written
from plural.actions import ballots, juries, panel
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.juries import FIRST, SECOND, Ballot, Minutes
from plural.models.juries import Confirmation as Confirmed
from plural.models.rounds import Round


def sitting_of(round_: Round) -> Sitting:
    """The jury with its awards and all that has been given for them so far."""
    awards = juries.awards(round_)
    return Sitting(
        rules=rules_of(round_),
        prizes=tuple(prize_of(round_, award) for award in awards),
        members=members(round_),
        conflicts=tuple(panel.conflicts(round_)),
        ballots=tuple(given for award in awards for given in given_for(round_, award)),
        minutes=tuple(written(one) for one in minutes_for(round_, awards)),
        confirmations=tuple(
            one for minutes in minutes_for(round_, awards) for one in confirmations(minutes)
        ),
    )


def rules_of(round_: Round) -> Rules:
    rules, chair = round_.rules, juries.chair(round_)
    casting = chair.membership.account if rules.casting_vote and chair else None
    return Rules(
        deciding=rules.deciding,
        quorum=rules.quorum,
        ex_aequo=rules.ex_aequo,
        one_prize_per_film=rules.one_prize_per_film,
        casting_vote=casting.pseudonym if casting else None,
    )


def prize_of(round_: Round, award: Award) -> Prize:
    return Prize(
        award=award.key,
        candidates=codes(juries.candidates(round_, award)),
        second_among=codes(ballots.films_of(round_, award, SECOND)),
        may_be_withheld=award.may_be_withheld,
    )


def codes(films: Iterable[FilmVersion]) -> tuple[str, ...]:
    return tuple(panel.pseudonym(film) for film in films)


def members(round_: Round) -> tuple[Member, ...]:
    """Everybody who has sat there and has an account, by pseudonym."""
    found = [(seat.membership.account, panel.is_living(seat)) for seat in panel.seats(round_)]
    return tuple(Member(account.pseudonym, sits) for account, sits in found if account)


# ----- ballots


def given_for(round_: Round, award: Award) -> list[Given]:
    """The ballots for an award; films that have left are passed over."""
    found = []
    for turn in (FIRST, SECOND):
        films = ballots.films_of(round_, award, turn)
        names = {film.id: panel.pseudonym(film) for film in films}
        if turn == FIRST and award.may_be_withheld:
            names[juries.NO_AWARD] = NO_AWARD
        found += [
            given(ballot, award, names) for ballot in ballots.ballots_for(round_, award, turn)
        ]
    return found


def given(ballot: Ballot, award: Award, names: dict[int, str]) -> Given:
    account = ballot.seat.membership.account
    tiers = (frozenset(names[i] for i in tier if i in names) for tier in ballot.ranking)
    return Given(
        award=award.key,
        turn=ballot.turn,
        juror_id=account.pseudonym if account else "",
        tiers=tuple(tier for tier in tiers if tier),
        grades={names[int(i)]: grade for i, grade in ballot.grades.items() if int(i) in names},
        receipt=ballot.receipt,
    )


# ----- minutes


def minutes_for(round_: Round, awards: Iterable[Award]) -> list[Minutes]:
    ids = [award.id for award in awards]
    found: list[Minutes] = (
        Minutes.query.filter(Minutes.round_id == round_.id, Minutes.award_id.in_(ids))
        .populate_existing()
        .order_by(Minutes.id)
        .all()
    )
    return found


def written(minutes: Minutes) -> Written:
    winners = FilmVersion.query.filter(FilmVersion.id.in_(minutes.winners)).all()
    seated = codes_of(minutes.round)
    return Written(
        award=minutes.award.key,
        revision=minutes.revision,
        present=frozenset(seated[i] for i in minutes.present if i in seated),
        recused=frozenset(seated[i] for i in minutes.recused if i in seated),
        winners=tuple(sorted(codes(winners))),
        reasons=minutes.reasons,
        dissent=dissent_of(minutes, seated),
    )


def confirmations(minutes: Minutes) -> list[Confirmation]:
    seated = codes_of(minutes.round)
    rows = Confirmed.query.filter_by(minutes_id=minutes.id).order_by(Confirmed.id)
    return [
        Confirmation(minutes.award.key, seated[row.seat_id], row.revision)
        for row in rows
        if row.seat_id in seated
    ]


def codes_of(round_: Round) -> dict[int, str]:
    """The pseudonym behind each seat."""
    accounts = {seat.id: seat.membership.account for seat in panel.seats(round_)}
    return {i: account.pseudonym for i, account in accounts.items() if account is not None}


def dissent_of(minutes: Minutes, seated: dict[int, str]) -> dict[str, list[str]]:
    """Who differs, by pseudonym: in the chair's words, and in their own."""
    found: dict[str, list[str]] = {}
    standing = Confirmed.query.filter_by(minutes_id=minutes.id, revision=minutes.revision)
    own = {row.seat_id: row.dissent for row in standing.order_by(Confirmed.id)}
    for words_by_seat in ({int(i): words for i, words in minutes.dissent.items()}, own):
        for seat_id, words in words_by_seat.items():
            if words and seat_id in seated:
                found.setdefault(seated[seat_id], []).append(words)
    return found

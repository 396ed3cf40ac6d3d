import random
from dataclasses import dataclass, replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.errors import UnknownFilm, UnknownTrait
from judging.rounds import Film
from judging.shortlist import Bound, Clash, Remedy, Unmet, choose


@dataclass(frozen=True)
class Ranked:
    film_id: str
    rank: int
    official: float | None


def ranked(*scores):
    names = "abcdefghijklmnop"
    return [Ranked(names[n], n + 1, score) for n, score in enumerate(scores)]


def regions(**of):
    return [Film(film_id, region=region) for film_id, region in of.items()]


FIVE = ranked(0.9, 0.8, 0.7, 0.6, 0.5)
TRAITS = regions(a="Europe", b="Europe", c="Europe", d="Asia", e="Africa")


def test_without_bounds_it_is_the_top_of_the_ranking():
    chosen = choose(FIVE, 3)
    assert chosen.film_ids == ("a", "b", "c")
    assert (chosen.moved_in, chosen.moved_out, chosen.unmet) == ((), (), ())


def test_a_floor_moves_the_best_film_in_and_the_weakest_out():
    chosen = choose(FIVE, 3, films=TRAITS, floors=[Bound("region", "Africa", 1)])
    assert chosen.film_ids == ("a", "b", "e")
    assert chosen.moved_in == ("e",)
    assert chosen.moved_out == ("c",)


def test_a_ceiling_keeps_films_out():
    chosen = choose(FIVE, 3, films=TRAITS, ceilings=[Bound("region", "Europe", 1)])
    assert chosen.film_ids == ("a", "d", "e")


def test_infeasible_floors_are_named_and_met_as_far_as_possible():
    floors = [Bound("region", "Asia", 2), Bound("region", "Oceania", 1)]
    chosen = choose(FIVE, 3, films=TRAITS, floors=floors)
    assert chosen.film_ids == ("a", "b", "d")
    assert chosen.unmet == (Unmet(floors[0], 1), Unmet(floors[1], 0))


def test_floors_that_need_more_places_than_there_are_leave_one_unmet():
    floors = [Bound("region", region, 1) for region in ("Africa", "Asia", "Europe")]
    chosen = choose(FIVE, 2, films=TRAITS, floors=floors)
    assert chosen.film_ids == ("a", "d")
    assert chosen.unmet == (Unmet(floors[0], 0),)


AFRICA, ASIA, EUROPE = (Bound("region", region, 1) for region in ("Africa", "Asia", "Europe"))


def test_infeasible_floors_that_outnumber_the_places_are_said_to_clash():
    chosen = choose(FIVE, 2, films=TRAITS, floors=[EUROPE, ASIA, AFRICA])
    none = (replace(floor, count=0) for floor in (AFRICA, ASIA, EUROPE))
    assert chosen.clashes == (
        Clash((AFRICA, ASIA, EUROPE), (), 2, (Remedy(size=3), *(Remedy(floor=f) for f in none))),
    )


def test_infeasible_floors_for_want_of_films_are_said_with_how_many_there_are():
    floor = Bound("region", "Asia", 3)
    chosen = choose(FIVE, 4, films=TRAITS, floors=[floor, AFRICA])
    assert chosen.clashes == (Clash((floor,), (), None, (Remedy(floor=replace(floor, count=1)),)),)


def test_infeasible_floors_under_a_ceiling_are_said_with_what_would_help():
    films = [Film(film.id, region=film.region, language="ar") for film in TRAITS]
    floor, ceiling = Bound("region", "Europe", 2), Bound("language", "ar", 1)
    chosen = choose(FIVE, 3, films=films, floors=[floor], ceilings=[ceiling])
    assert chosen.unmet == (Unmet(floor, 1),)
    assert chosen.clashes == (
        Clash(
            (floor,),
            (ceiling,),
            None,
            (Remedy(ceiling=replace(ceiling, count=2)), Remedy(floor=replace(floor, count=1))),
        ),
    )


def test_clashes_that_have_nothing_to_do_with_each_other_are_told_apart():
    oceania = Bound("region", "Oceania", 1)
    chosen = choose(FIVE, 2, films=TRAITS, floors=[EUROPE, ASIA, AFRICA, oceania])
    assert [clash.floors for clash in chosen.clashes] == [(oceania,), (AFRICA, ASIA, EUROPE)]
    assert [clash.size for clash in chosen.clashes] == [None, 2]


def test_floors_that_are_met_clash_with_nothing():
    assert choose(FIVE, 3, films=TRAITS, floors=[AFRICA]).clashes == ()


traits = st.fixed_dictionaries(
    {"region": st.sampled_from("NS"), "language": st.sampled_from("xy"), "category": st.just("u")}
)
bounds = st.builds(Bound, st.just("region"), st.sampled_from("NS"), st.integers(0, 3)) | st.builds(
    Bound, st.just("language"), st.sampled_from("xy"), st.integers(0, 3)
)


@settings(max_examples=60, deadline=None)
@given(
    told=st.lists(traits, min_size=1, max_size=7),
    size=st.integers(0, 5),
    floors=st.sets(bounds, max_size=3),
    ceilings=st.sets(bounds, max_size=2),
)
def test_every_remedy_dissolves_its_clash_and_nothing_less_would(told, size, floors, ceilings):
    rows = ranked(*(0.9 - 0.05 * n for n in range(len(told))))
    films = [Film(row.film_id, **of) for row, of in zip(rows, told, strict=True)]

    def unmet(size, floors, ceilings):
        return choose(rows, size, films=films, floors=floors, ceilings=ceilings).unmet

    chosen = choose(rows, size, films=films, floors=floors, ceilings=ceilings)
    assert bool(chosen.clashes) == bool(chosen.unmet)
    for clash in chosen.clashes:
        places = len(rows) if clash.size is None else clash.size
        assert unmet(places, clash.floors, clash.ceilings)
        for remedy in clash.remedies:
            for less in (0, 1):
                changed = changed_by(remedy, less, places, clash)
                assert bool(unmet(*changed)) == bool(less)


def changed_by(remedy, less, size, clash):
    """The clash's rules after a remedy, or after one that falls short by one."""
    floors, ceilings = list(clash.floors), list(clash.ceilings)
    if remedy.size is not None:
        size = remedy.size - less
    for bound, rules, step in ((remedy.floor, floors, less), (remedy.ceiling, ceilings, -less)):
        if bound is not None:
            at = [(rule.trait, rule.value) for rule in rules].index((bound.trait, bound.value))
            rules[at] = replace(bound, count=bound.count + step)
    return size, floors, ceilings


def test_a_ceiling_may_leave_places_empty():
    chosen = choose(FIVE[:3], 2, films=TRAITS, ceilings=[Bound("region", "Europe", 1)])
    assert chosen.film_ids == ("a",)
    assert chosen.places_left == 1


def test_a_film_nobody_reviewed_is_never_shortlisted():
    assert choose([*FIVE[:2], Ranked("z", 3, None)], 3).film_ids == ("a", "b")


def test_a_tie_at_the_cut_is_named():
    tied = [Ranked("a", 1, 0.9), Ranked("b", 2, 0.8), Ranked("c", 2, 0.8), Ranked("d", 4, 0.7)]
    chosen = choose(tied, 2)
    assert chosen.film_ids == ("a", "b")
    assert chosen.tied_at_cut == ("b", "c")
    assert choose(tied, 3).tied_at_cut == ()


def test_a_lot_that_has_parted_a_tie_stands():
    drawn = [Ranked("a", 1, 0.9), Ranked("c", 2, 0.8), Ranked("b", 3, 0.8)]
    chosen = choose(drawn, 2)
    assert chosen.film_ids == ("a", "c")
    assert chosen.tied_at_cut == ()


def test_no_choice_within_the_bounds_is_better():
    rows = ranked(*(0.95 - 0.04 * n for n in range(10)))
    films = [
        Film(row.film_id, region="NS"[n % 2], language="xyz"[n % 3], category="uv"[n > 6])
        for n, row in enumerate(rows)
    ]
    floors = [Bound("category", "v", 2), Bound("language", "z", 1)]
    ceilings = [Bound("region", "N", 2)]
    chosen = choose(rows, 5, films=films, floors=floors, ceilings=ceilings)
    best = best_within(rows, 5, films, floors, ceilings)
    assert total(rows, chosen.film_ids) == pytest.approx(best)
    assert chosen.unmet == ()


@pytest.mark.parametrize("seed", range(20))
def test_a_difference_in_the_ninth_decimal_decides(seed):
    """A solver takes what is within 1e-6 of the best for as good; scores are rounded to 1e-9."""
    chance = random.Random(seed)
    rows = ranked(*sorted((0.5 + chance.randint(0, 900) / 1e9 for _ in range(8)), reverse=True))
    films = [
        Film(row.film_id, chance.choice("uv"), chance.choice("xy"), chance.choice("NS"))
        for row in rows
    ]
    floors = [Bound("region", "N", 2), Bound("language", "x", 2), Bound("category", "u", 2)]
    ceilings = [Bound("language", "x", 3), Bound("category", "u", 2)]
    chosen = choose(rows, 4, films=films, floors=floors, ceilings=ceilings)
    best = best_within(rows, 4, films, floors, ceilings)
    if best is None:
        assert chosen.unmet
    else:
        assert total(rows, chosen.film_ids) == pytest.approx(best, abs=1e-12)


def total(rows, ids):
    return sum(row.official for row in rows if row.film_id in ids)


def best_within(rows, size, films, floors, ceilings):
    """By trying everything: the greatest sum of scores that the bounds allow."""

    def count(bound, chosen):
        return sum(getattr(film, bound.trait) == bound.value for film in chosen)

    allowed = [
        {film.id for film in chosen}
        for chosen in combinations(films, size)
        if all(count(bound, chosen) >= bound.count for bound in floors)
        and all(count(bound, chosen) <= bound.count for bound in ceilings)
    ]
    return max((total(rows, ids) for ids in allowed), default=None)


def test_a_size_below_zero_takes_nobody():
    assert choose(FIVE, -1).film_ids == ()


def test_the_order_of_rows_changes_nothing():
    floors = [Bound("region", "Africa", 1)]
    one = choose(FIVE, 3, films=TRAITS, floors=floors)
    assert one == choose(FIVE[::-1], 3, films=TRAITS[::-1], floors=floors)


def test_a_bound_on_an_unknown_trait_is_refused():
    with pytest.raises(UnknownTrait):
        choose(FIVE, 3, films=TRAITS, floors=[Bound("colour", "red", 1)])


def test_a_film_without_traits_is_refused_when_there_is_a_bound():
    with pytest.raises(UnknownFilm):
        choose(FIVE, 3, films=TRAITS[:2], floors=[Bound("region", "Africa", 1)])


def test_nothing_to_choose_from_leaves_every_floor_unmet():
    chosen = choose([], 3, floors=[Bound("region", "Africa", 1)])
    assert chosen.film_ids == ()
    assert chosen.unmet == (Unmet(Bound("region", "Africa", 1), 0),)

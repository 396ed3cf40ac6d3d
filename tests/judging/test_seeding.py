from judging import seeding


def test_numbers_are_the_same_on_every_machine():
    assert seeding.number("2025/1", "film") == KNOWN_NUMBER
    assert int(seeding.table("2025/1", ["f"], ["j"])[0, 0]) == KNOWN_ENTRY


KNOWN_NUMBER = 3697871813825595826
KNOWN_ENTRY = 11895646322873779741


def test_parts_do_not_run_into_each_other():
    assert seeding.number("s", "ab", "c") != seeding.number("s", "a", "bc")


def test_an_entry_does_not_depend_on_the_other_rows():
    wide = seeding.table("s", ["a", "b", "c"], ["x", "y"])
    assert wide[1, 1] == seeding.table("s", ["b"], ["y"])[0, 0]


def test_each_juror_has_an_order_of_the_own():
    films = [f"f{n}" for n in range(10)]
    orders = {seeding.shuffled("s", f"j{n}", films) for n in range(20)}
    assert len(orders) == 20
    assert {tuple(sorted(order)) for order in orders} == {tuple(films)}
    last = [order[-1] for order in orders]
    assert len(set(last)) > 5


def test_a_film_added_to_a_queue_moves_no_other():
    films = [f"f{n}" for n in range(10)]
    longer = seeding.shuffled("s", "j", [*films, "new"])
    assert tuple(film for film in longer if film != "new") == seeding.shuffled("s", "j", films)


def test_entries_are_spread_evenly():
    numbers = seeding.table("s", [str(n) for n in range(200)], [str(n) for n in range(50)])
    shares = numbers.astype(float) / 2.0**64
    assert abs(shares.mean() - 0.5) < 0.01
    assert len(set(numbers.ravel().tolist())) == 10_000

from judging.conflicts import Conflict, Source, Ties, derive


def ties(id_, organisations=(), addresses=(), names=()):
    return Ties(id_, frozenset(organisations), frozenset(addresses), frozenset(names))


def reasons(film, juror, **options):
    return [conflict.reason for conflict in derive([film], [juror], **options)]


def test_a_partners_own_film_is_a_conflict_for_all_its_jurors():
    found = derive([ties("film", ["school"])], [ties("juror", ["museum", "school"])])
    assert found == (Conflict("film", "juror", Source.DERIVED, "same organisation"),)


def test_a_juror_who_is_the_author_under_a_second_address_is_found():
    film = ties("film", addresses=["Mia@Mail.Example"])
    juror = ties("juror", addresses=["mia@work.example", " mia@mail.example "])
    assert reasons(film, juror, free_mail=["mail.example"]) == ["same address"]


def test_a_co_authors_ties_count_like_the_makers():
    film = ties("film", addresses=["maker@one.example", "co@two.example"], names=["Haddad", "Diaz"])
    assert reasons(film, ties("juror", addresses=["boss@two.example"])) == ["same domain"]
    assert reasons(film, ties("juror", names=["DIAZ"])) == ["same family name"]


def test_a_free_mail_domain_says_nothing():
    film, juror = (ties(id_, addresses=[f"{id_}@mail.example"]) for id_ in ("film", "juror"))
    assert reasons(film, juror) == ["same domain"]
    assert reasons(film, juror, free_mail=["Mail.Example"]) == []


def test_names_are_compared_without_case_and_empty_ones_never_match():
    film, juror = ties("film", names=["Straße", ""]), ties("juror", names=["STRASSE", " "])
    assert reasons(film, juror) == ["same family name"]


def test_a_juror_who_is_the_author_under_a_tagged_address_is_found():
    film, juror = (
        ties("film", addresses=["mia@one.example"]),
        ties("juror", addresses=["Mia+jury@one.example"]),
    )
    assert reasons(film, juror, free_mail=["one.example"]) == ["same address"]


def test_letters_written_in_two_ways_are_the_same_name():
    film, juror = ties("film", names=["Jose\u0301  Peña"]), ties("juror", names=["José Pen\u0303a"])
    assert reasons(film, juror) == ["same family name"]


def test_nothing_in_common_is_no_conflict():
    assert derive([ties("film", ["a"], ["a@a.example"], ["A"])], [ties("juror", ["b"])]) == ()


def test_the_order_of_rows_changes_nothing():
    films = [ties(f"film{n}", [f"o{n % 2}"]) for n in range(4)]
    jurors = [ties(f"juror{n}", [f"o{n % 2}"]) for n in range(4)]
    assert derive(films, jurors) == derive(films[::-1], jurors[::-1])
    assert len(derive(films, jurors)) == 8

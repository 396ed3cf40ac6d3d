import pytest

from judging.conflicts import Ties
from judging.namesakes import Namesake, family_names, namesakes


def ties(id_, *names):
    return Ties(id_, family_names=frozenset(names))


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("Ana Lopez", {"lopez"}),
        ("  ana   LOPEZ ", {"lopez"}),
        ("Lopez, Ana Maria", {"lopez"}),
        ("Ana Lopez García", {"lopez", "garcía"}),
        ("Ana Maria Lopez García", {"lopez", "garcía"}),
        ("Jean-Paul Sartre-Weil", {"sartre", "weil"}),
        ("Maria de Souza", {"souza"}),
        ("Ludwig van der Rohe", {"rohe"}),
        ("J. K. Rowling", {"rowling"}),
        ("Ana M. Lopez", {"lopez"}),
        ("Ana M.", set()),
        ("Ben Lopez", {"lopez"}),
        ("Sean O'Brien", {"o'brien"}),
        ("Madonna", {"madonna"}),
        ("أحمد بن حداد", {"حداد"}),
        ("حداد، أحمد", {"حداد"}),
        ("Анна Иванова", {"иванова"}),
        ("王小明", {"王"}),
        ("王 小明", {"王"}),
        ("김민수", {"김"}),
        ("田中 花子", {"田中"}),
        ("राम शर्मा", {"शर्मा"}),
        ("", set()),
        (" , ", set()),
    ],
)
def test_the_family_name_in_a_whole_name(name, families):
    assert family_names(name) == families


def test_a_juror_with_the_family_name_of_somebody_behind_the_film_is_found():
    films = [ties("film", "Ana Lopez", "Omar Haddad"), ties("other", "Lopez Silva")]
    jurors = [ties("juror", "Maria LOPEZ"), ties("second", "Rana Haddad"), ties("third", "Ana Roy")]
    assert namesakes(films, jurors) == (
        Namesake("film", "juror", "lopez"),
        Namesake("film", "second", "haddad"),
    )


def test_the_same_given_name_is_nothing():
    assert namesakes([ties("film", "Maria Lopez")], [ties("juror", "Maria Silva")]) == ()


def test_letters_written_in_two_ways_are_the_same_family_name():
    film, juror = ties("film", "José Pen\u0303a"), ties("juror", "Ana Peña")
    assert namesakes([film], [juror]) == (Namesake("film", "juror", "peña"),)

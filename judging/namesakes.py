"""Who bears a family name that stands behind a film: too little for a conflict, worth a look."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from judging.conflicts import Ties, plain

# Han, kana and Hangul.
FAMILY_FIRST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U000323af]")
COMMA = re.compile("[,،、]")
HYPHEN = re.compile("[-‐־]")
PARTICLES = """
abd abou abu af al av bat ben bin bint da das de del della den der di do dos du e el i ibn jr la las
le les los of san santa sr ten ter ul und van von y zu zur
آل أبو ابن ابو ال بن بنت بو عبد בן בת де и
"""
SAYS_NOTHING = frozenset(PARTICLES.split())
LAST_WORDS = 2


@dataclass(frozen=True, slots=True, order=True)
class Namesake:
    film_id: str
    juror_id: str
    family_name: str


def namesakes(films: Iterable[Ties], jurors: Iterable[Ties]) -> tuple[Namesake, ...]:
    """Each juror who may bear a family name of somebody behind a film, sorted; names are whole.

    Which word of a name is the family's cannot be known, so this finds too many rather than too
    few; see `family_names`.
    """
    bearers: dict[str, set[str]] = {}
    for juror in jurors:
        for family in families(juror):
            bearers.setdefault(family, set()).add(juror.id)
    found = {
        Namesake(film.id, juror, family)
        for film in films
        for family in families(film)
        for juror in bearers.get(family, ())
    }
    return tuple(sorted(found))


def families(ties: Ties) -> set[str]:
    return {family for name in ties.family_names for family in family_names(name)}


def family_names(name: str) -> set[str]:
    """What may be the family name in a whole name, as names are compared.

    What stands before a comma; in Han, kana or Hangul the first word, or the first letter where
    there is only one word; else the last two words but the first. Particles and initials say
    nothing. The halves of a double name count each.
    """
    whole = plain(name)
    before, *after = COMMA.split(whole)
    words = before.split()
    if not words:
        return set()
    if FAMILY_FIRST.match(words[0]):
        return {words[0] if len(words) > 1 else words[0][0]}
    if not after and len(words) > 1:
        words = [word for word in words[1:] if tells(word)][-LAST_WORDS:]
    return {part for word in words for part in HYPHEN.split(word) if tells(part)}


def tells(word: str) -> bool:
    return word not in SAYS_NOTHING and len(word.strip(".'’")) > 1

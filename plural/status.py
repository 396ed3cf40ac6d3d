"""How far a film is, in one number and one line of words, for pages and for polling."""

from datetime import timedelta
from math import ceil
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from media_pipeline import ladder
from media_pipeline.source import Source
from plural import clock, findings, labels
from plural.actions import carrying
from plural.actions.film_files import ANEW, MODERN, REST, is_master
from plural.models.entry import Entry, FilmState, FilmVersion
from plural.models.media import Output, OutputState

# Shares of the whole work, in percent; the rest falls to the outputs by their pixels.
VERDICT_SHARE = 5.0
RESTING = (FilmState.AWAITED, FilmState.REFUSED, FilmState.FAILED, FilmState.COMPLETE)
# Measured with films of 480p to 1080p: beside the pixels of its pictures a group costs decoding,
# sound and packaging, about as much as if each of its other files were a picture of this size.
SMALL_PIXELS = 640 * 480
# Decoding a film to its end costs about as much as making a picture of this size from it.
EXAMINATION_PIXELS = 960 * 640
SHORTEST_ESTIMATE_PERCENT = 2.0
SHORTEST_IN_HOURS_S = 5400


def entry_status(entry: Entry) -> dict[str, Any]:
    """What the entry's page shows and polls for; `etag` changes with what the page offers."""
    film = entry.film
    return {
        "etag": etag(entry),
        "final": is_final(film),
        "entry_state": labels.label(entry.state),
        "film": film_status(film),
    }


def film_status(film: FilmVersion) -> dict[str, Any]:
    """State, percent, seconds_left (None when unknown), a label, and sentences of findings.

    `left` says the time left in words; `away`, when that is so, that the film waits for another
    host. Else both are empty.
    """
    share = percent(film)
    left_s = seconds_left(film, share)
    return {
        "state": film.state.value,
        "percent": int(share),
        "seconds_left": left_s,
        "left": time_left(left_s),
        "label": labels.label(film.state),
        "away": away(film),
        "findings": [findings.sentence(f.code, f.data) for f in film.findings],
    }


def away(film: FilmVersion) -> str:
    if not carrying.is_overdue(film):
        return ""
    return _(
        "Your film has arrived, and the computer of ours that took it does not answer at the "
        "moment. We wait for it for up to a day and write to you if it stays away. You need not "
        "do anything now."
    )


def etag(entry: Entry) -> str:
    film = entry.film
    return f"{entry.state.value}-{film.number}-{film.state.value}"


def is_final(film: FilmVersion) -> bool:
    """Whether nothing more happens by itself."""
    if film.state in RESTING:
        return True
    return film.state is FilmState.PLAYABLE and not any(is_pending(o) for o in made_for_all(film))


def made_for_all(film: FilmVersion) -> list[Output]:
    """What every film gets.

    Masters are made when somebody asks for them, modern rungs when nothing else is to be done, and
    what is made anew is there already, by an older recipe.
    """
    return [o for o in film.outputs if not is_master(o) and not o.group.startswith((ANEW, MODERN))]


def is_pending(output: Output) -> bool:
    return output.state in (OutputState.WAITING, OutputState.MAKING)


def percent(film: FilmVersion) -> float:
    """How much is done of judging the film and making everything from it, 0 to 100."""
    if film.state is FilmState.COMPLETE:
        return 100.0
    verdicts = [o for o in film.outputs if o.name == "verdict"]
    outputs = [o for o in made_for_all(film) if o.name != "verdict"]
    done = VERDICT_SHARE * mean((o.progress, 1.0) for o in verdicts)
    costs = costs_of(film)
    share = mean((o.progress, costs.get(o.name, SMALL_PIXELS)) for o in outputs)
    return done + (100.0 - VERDICT_SHARE) * share


def costs_of(film: FilmVersion) -> dict[str, float]:
    """Names of outputs, and how much work each is in proportion; others are SMALL_PIXELS."""
    if not film.source:
        return {}
    planned = ladder.plan(Source.from_data(film.source))
    made = {p.name: (p.width or 1) * (p.height or 1) for p in planned if p.rung and p.width}
    # Texts, and sound that the first outputs have brought, are only copied.
    copied = {p.name: 0 for p in planned if p.group == REST and p.width is None}
    return {**made, **copied, "examination": EXAMINATION_PIXELS}


def mean(weighted: Any) -> float:
    """The mean of pairs of a value and its weight; 0 without any."""
    pairs = list(weighted)
    total = sum(weight for _value, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else 0.0


def seconds_left(film: FilmVersion, share: float) -> int | None:
    """An estimate by what has been done and how long workers were at it; waiting is no work."""
    taken_s = worked_s(film)
    if is_final(film) or not taken_s or share < SHORTEST_ESTIMATE_PERCENT:
        return None
    return max(1, round(taken_s * (100.0 - share) / share))


def worked_s(film: FilmVersion) -> float:
    """How long workers have been at what is done or under way; what they do side by side once."""
    now = clock.now()
    counted = (OutputState.READY, OutputState.MAKING)
    begun = [o for o in made_for_all(film) if o.begun_at and o.state in counted]
    spans = sorted((o.begun_at, o.ready_at or now) for o in begun if o.begun_at)
    total, reached = timedelta(), film.created_at
    for begin, end in spans:
        total += max(timedelta(), end - max(begin, reached))
        reached = max(reached, end)
    return total.total_seconds()


def time_left(seconds: int | None) -> str:
    """The same in words."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("Less than a minute of work left")
    if seconds < SHORTEST_IN_HOURS_S:
        minutes = ceil(seconds / 60)
        return ngettext(
            "About %(num)s minute of work left", "About %(num)s minutes of work left", minutes
        )
    hours = ceil(seconds / 3600)
    return ngettext("About %(num)s hour of work left", "About %(num)s hours of work left", hours)

"""Films from the last uploaded byte to outputs that play, through the jobs that workers run."""

import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from media_pipeline import encode
from media_pipeline.errors import NotAsPromised, ProcessKilled
from media_pipeline.storage import fetch
from media_pipeline.verify import check_playable
from plural import clock, leases, mailing, outbox
from plural.actions import entries, film_files, film_queue, films, upkeep, verdicts
from plural.actions import outbox as deeds
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.entry import Entry, FilmState, FilmVersion, Severity
from plural.models.media import Output, OutputState, Upload
from tests import arriving, letters
from tests.factories import Make
from tests.visitor import Visitor


@pytest.fixture(scope="session")
def tiny_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arriving.make_film(tmp_path_factory.mktemp("tiny") / "film.mp4")


@pytest.fixture
def entry(make: Make) -> Entry:
    return make.entry()


def mails(app: Flask) -> list[str]:
    with app.app_context():
        return [item.payload["name"] for item in OutboxItem.query.order_by(OutboxItem.id)]


def test_a_film_is_judged_then_playable_then_complete(
    app: Flask, entry: Entry, tiny_film: Path, tmp_path: Path
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)

    arriving.work(app)
    judged = arriving.film_of(app, film_id)
    assert judged.state is FilmState.ACCEPTED
    assert judged.size_bytes == tiny_film.stat().st_size
    assert judged.duration_s == pytest.approx(2, abs=0.2)
    assert judged.source is not None
    assert judged.source["width"] == 160
    assert [(f.code, f.severity) for f in judged.findings] == [("low_resolution", Severity.NOTE)]
    assert arriving.states(judged) == {
        "verdict": {OutputState.READY},
        "first": {OutputState.WAITING},
        "examination": {OutputState.WAITING},
        "rest": {OutputState.WAITING},
    }
    assert mails(app) == []

    arriving.work(app)
    playable = arriving.film_of(app, film_id)
    assert playable.state is FilmState.PLAYABLE
    assert arriving.states(playable)["first"] == {OutputState.READY}
    assert mails(app) == ["film_checked"]

    arriving.work(app)
    examined = arriving.film_of(app, film_id)
    assert arriving.states(examined)["examination"] == {OutputState.READY}
    assert examined.state is FilmState.PLAYABLE
    assert [f.code for f in examined.findings] == ["low_resolution"]

    arriving.work(app)
    complete = arriving.film_of(app, film_id)
    assert complete.state is FilmState.COMPLETE
    assert mails(app) == ["film_checked"]
    ready = {o.name: o for o in complete.outputs if o.name not in ("verdict", "examination")}
    assert {"120.mp4", "hls-120.mp4", "hls-audio.mp4", "poster.jpg", "audio.m4a"} <= set(ready)
    storage = app.extensions["plural_storage"]
    for output in ready.values():
        stored = storage.stat(output.storage_key)
        assert (stored.sha256, stored.crc32, stored.size_bytes) == (
            output.sha256,
            output.crc32,
            output.size_bytes,
        )
        assert output.progress == 1.0
        assert output.lease_token == 1
    fetch(storage, ready["120.mp4"].storage_key, tmp_path / "made.mp4")
    assert check_playable(tmp_path / "made.mp4").height == 120
    named = {complete.storage_key} | {o.storage_key for o in ready.values()}
    assert arriving.stored_keys(app, film_id) == named


def test_a_wake_up_with_nothing_to_do_changes_nothing(
    app: Flask, entry: Entry, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work_off(app)
    before = [(o.id, o.state, o.storage_key) for o in arriving.film_of(app, film_id).outputs]
    arriving.work(app, times=3)
    after = [(o.id, o.state, o.storage_key) for o in arriving.film_of(app, film_id).outputs]
    assert after == before


def test_a_file_that_is_no_film_is_refused_with_a_reason_and_another_may_follow(
    app: Flask, entry: Entry, tiny_film: Path, tmp_path: Path
) -> None:
    text = tmp_path / "film.mp4"
    text.write_text("#EXTM3U\n")
    film_id = arriving.arrive(app, entry, text)
    arriving.work_off(app)
    refused = arriving.film_of(app, film_id)
    assert refused.state is FilmState.REFUSED
    assert [(f.code, f.severity) for f in refused.findings] == [("not_a_film", Severity.REFUSED)]
    assert mails(app) == ["film_checked"]
    arriving.arrive(app, entry, tiny_film)
    arriving.work(app)
    accepted = arriving.film_of(app, film_id)
    assert accepted.state is FilmState.ACCEPTED
    assert [f.code for f in accepted.findings] == ["low_resolution"]
    assert arriving.stored_keys(app, film_id) == {accepted.storage_key}


def test_an_empty_file_is_refused(app: Flask, entry: Entry, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    film_id = arriving.arrive(app, entry, empty)
    arriving.work_off(app)
    found = arriving.film_of(app, film_id)
    assert (found.state, [f.code for f in found.findings]) == (FilmState.REFUSED, ["empty"])


def test_a_film_that_is_too_long_is_accepted_with_something_to_fix(
    app: Flask, make: Make, tiny_film: Path
) -> None:
    entry = make.entry(edition=make.edition(max_duration_s=1))
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.ACCEPTED
    assert ("too_long", Severity.TO_FIX) in [(f.code, f.severity) for f in film.findings]


# ----- whose turn it is


def test_who_has_many_films_waiting_lets_others_go_first(
    app: Flask, make: Make, tiny_film: Path
) -> None:
    busy, newcomer = make.account(), make.account()
    queued = [arriving.arrive(app, make.entry(busy), tiny_film) for _ in range(3)]
    late = arriving.arrive(app, make.entry(newcomer), tiny_film)
    with app.app_context():
        order = [o.film_version_id for o in db.session.scalars(film_queue.due())]
    assert order == [queued[0], late, queued[1], queued[2]]


def test_a_verdict_never_waits_for_transcoding(app: Flask, make: Make, tiny_film: Path) -> None:
    account = make.account()
    for _ in range(2):
        arriving.arrive(app, make.entry(account), tiny_film)
    arriving.work(app)
    with app.app_context():
        groups = [o.group for o in db.session.scalars(film_queue.due())]
    assert groups[0] == "verdict"
    assert groups.index("rest") > groups.index("first")


def test_two_workers_never_have_the_same_work(app: Flask, entry: Entry, tiny_film: Path) -> None:
    arriving.arrive(app, entry, tiny_film)
    with app.app_context():
        first = film_queue.lease_next()
        second = film_queue.lease_next()
    assert first is not None
    assert (first.group, first.token, second) == ("verdict", 1, None)


def test_of_two_workers_that_reach_for_one_row_at_once_one_gets_it(
    app: Flask, entry: Entry, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)
    ready = threading.Barrier(2)

    def reach() -> film_queue.Work | None:
        with app.app_context():
            ready.wait()
            return film_queue.lease_next()

    with ThreadPoolExecutor(2) as workers:
        for time in range(1, 21):
            both = [workers.submit(reach) for _ in range(2)]
            (work,) = (found for each in both if (found := each.result()) is not None)
            assert (work.token, work.attempt) == (time, time)
            (row,) = arriving.film_of(app, film_id).outputs
            assert (row.state, row.lease_token) == (OutputState.MAKING, time)
            arriving.set_outputs(app, film_id, state=OutputState.WAITING, leased_until=None)


# ----- leases


def in_the_middle(monkeypatch: pytest.MonkeyPatch, accident: Callable[[], None]) -> None:
    """Have something happen once while a group is made, before its end."""
    make_outputs, pending = encode.make, [accident]

    def make_and_stumble(
        *arguments: Any, on_progress: Callable[[float], None], **options: Any
    ) -> Any:
        made = make_outputs(*arguments, on_progress=on_progress, **options)
        if pending:
            pending.pop()()
        return made

    monkeypatch.setattr(encode, "make", make_and_stumble)


def judged(app: Flask, entry: Entry, film: Path) -> int:
    film_id = arriving.arrive(app, entry, film)
    arriving.work(app)
    return film_id


def test_a_lost_lease_publishes_nothing_and_leaves_nothing_behind(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)

    def steal() -> None:
        with app.app_context():
            rows = Output.query.filter_by(film_version_id=film_id, group="first").all()
            for row in rows:
                row.lease_token += 1
            db.session.commit()

    in_the_middle(monkeypatch, steal)
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.ACCEPTED
    assert arriving.states(film)["first"] == {OutputState.MAKING}
    assert arriving.stored_keys(app, film_id) == {film.storage_key}
    assert mails(app) == []


def test_work_of_a_worker_that_is_gone_is_taken_back_and_done_once(
    app: Flask, entry: Entry, tiny_film: Path
) -> None:
    film_id = judged(app, entry, tiny_film)
    with app.app_context():
        gone = film_queue.lease_next()
        assert gone is not None
        assert film_queue.recover() == 0
        long_ago = clock.database_now(db.session) - timedelta(seconds=1)
        db.session.commit()
    arriving.set_outputs(app, film_id, leased_until=long_ago)
    with app.app_context():
        assert film_queue.recover() == 1
        db.session.commit()
        with pytest.raises(leases.LeaseLost):
            leases.release(Output, gone.ids, gone.token)
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.COMPLETE
    assert {o.lease_token for o in film.outputs if o.group == "first"} == {3}


def test_a_worker_that_keeps_dying_gives_the_film_up_with_a_reason(
    app: Flask, make: Make, entry: Entry, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)
    attempts = app.extensions["plural_settings"].make_attempts
    for _ in range(attempts):
        with app.app_context():
            assert film_queue.lease_next() is not None
            long_ago = clock.database_now(db.session) - timedelta(seconds=1)
            db.session.rollback()
        arriving.set_outputs(app, film_id, leased_until=long_ago)
        with app.app_context():
            film_queue.recover()
            db.session.commit()
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.FAILED
    assert [(o.state, o.reason, o.attempts) for o in film.outputs] == [
        (OutputState.FAILED, "killed", attempts)
    ]


def test_a_lease_outlives_work_that_takes_longer(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)
    seen: list[Any] = []

    def wait_for_renewal() -> None:
        with app.app_context():
            row = Output.query.filter_by(film_version_id=film_id, group="first").first()
            first_until = row.leased_until
            while row.leased_until == first_until:
                db.session.rollback()
            seen.append(row.progress)

    in_the_middle(monkeypatch, wait_for_renewal)
    arriving.work(app)
    assert seen == [1.0]
    assert arriving.film_of(app, film_id).state is FilmState.PLAYABLE


# ----- what it costs


def cost_s(app: Flask, film_id: int, group: str) -> float:
    return sum(o.cpu_s for o in arriving.film_of(app, film_id).outputs if o.group == group)


def test_a_failed_attempt_costs_as_well_as_the_good_one_and_so_does_the_verdict(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)
    assert cost_s(app, film_id, "verdict") > 0
    encoded_s: list[float] = []
    make_outputs = encode.make

    def make_and_note(*arguments: Any, **options: Any) -> Any:
        made = make_outputs(*arguments, **options)
        encoded_s.append(sum(each.cpu_s for each in made))
        if len(encoded_s) == 1:
            raise ProcessKilled(tool="ffmpeg", signal=9)
        return made

    monkeypatch.setattr(encode, "make", make_and_note)
    arriving.work(app)
    assert arriving.states(arriving.film_of(app, film_id))["first"] == {OutputState.WAITING}
    failed_s = cost_s(app, film_id, "first")
    assert failed_s == pytest.approx(encoded_s[0])
    arriving.set_outputs(app, film_id, due_at=None)
    arriving.work(app)
    assert arriving.film_of(app, film_id).state is FilmState.PLAYABLE
    verified_s = cost_s(app, film_id, "first") - failed_s - encoded_s[1]
    assert encoded_s[0] > 0
    assert verified_s > 0


# ----- failures


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(encode, "make", fail)


def test_poison_fails_at_once_with_a_reason_and_the_next_film_goes_on(
    app: Flask, make: Make, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = judged(app, make.entry(), tiny_film)
    fail_with(monkeypatch, NotAsPromised("black_picture", name="240.mp4"))
    arriving.work(app)
    monkeypatch.undo()
    healthy = arriving.arrive(app, make.entry(), tiny_film)
    arriving.work_off(app)
    failed = arriving.film_of(app, poison)
    assert failed.state is FilmState.FAILED
    reasons = {(o.state, o.reason) for o in failed.outputs if o.group == "first"}
    assert reasons == {(OutputState.FAILED, "black_picture")}
    assert arriving.film_of(app, healthy).state is FilmState.COMPLETE


def test_a_curable_failure_is_tried_again_later_and_not_for_ever(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)
    fail_with(monkeypatch, ProcessKilled(tool="ffmpeg", signal=9))
    pauses_s = []
    for _ in range(app.extensions["plural_settings"].make_attempts):
        arriving.work(app)
        (due_at,) = {o.due_at for o in arriving.film_of(app, film_id).outputs if o.group == "first"}
        with app.app_context():
            pauses_s.append((due_at - clock.database_now(db.session)).total_seconds())
            due = {o.group for o in db.session.scalars(film_queue.due())}
            assert "first" not in due
            db.session.rollback()
        arriving.set_outputs(app, film_id, due_at=None)
    assert pauses_s == sorted(pauses_s)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.FAILED
    first = {(o.state, o.reason) for o in film.outputs if o.group == "first"}
    assert first == {(OutputState.FAILED, "process_killed")}
    assert mails(app) == ["film_checked"]


def test_pauses_grow_and_stay_below_two_minutes(app: Flask) -> None:
    pauses_s = [film_queue.retry_pause(attempt).total_seconds() for attempt in range(1, 9)]
    assert pauses_s == [5, 20, 80, 100, 100, 100, 100, 100]


def test_the_mail_about_a_failed_film_says_what_happened_and_what_to_do(
    app: Flask, make: Make, entry: Entry
) -> None:
    film = make.film(entry, state=FilmState.FAILED)
    with app.app_context():
        mailing.post(film.entry.edition.festival_id, "film_checked", film_version_id=film.id)
        outbox.commit()
    (mail,) = letters.deliver(app)
    words = " ".join(mail.get_content().split())
    assert "could not make it ready to watch" in words
    assert "export it again and send the new file" in words
    assert "you can watch it" not in words


def test_staff_read_why_a_film_failed_in_a_sentence(
    app: Flask, make: Make, entry: Entry, visitor: Visitor
) -> None:
    film = make.film(entry, state=FilmState.FAILED)
    with make.saving():
        for output in db.session.get_one(FilmVersion, film.id).outputs:
            output.state, output.storage_key = OutputState.FAILED, ""
            output.reason = "process_killed"
    visitor.sign_in(make.staff())
    page = visitor.get("staff/films").text
    assert page.count("The work was cut off several times") == 1


def test_staff_find_a_failed_film_first_and_have_it_made_again_by_a_button(
    app: Flask, make: Make, tiny_film: Path, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_id = judged(app, make.entry(title="Still waiting"), tiny_film)
    arriving.set_outputs(app, waiting_id, due_at=clock.now() + timedelta(days=1))
    film_id = judged(app, make.entry(title="Poisonous"), tiny_film)
    fail_with(monkeypatch, NotAsPromised("frames", name="240.mp4"))
    arriving.work(app)
    monkeypatch.undo()
    assert arriving.film_of(app, film_id).state is FilmState.FAILED
    visitor.sign_in(make.staff())
    page = visitor.get("staff/films").text
    assert page.index("Poisonous") < page.index("Still waiting")
    assert "What was made from the film did not pass our check." in page
    (button,) = re.findall(r'action="([^"]+/retry)"', page)
    page = visitor.post(button).text
    assert "We try again." in page
    assert "/retry" not in page
    arriving.work_off(app)
    assert arriving.film_of(app, film_id).state is FilmState.COMPLETE


def test_only_staff_may_have_a_film_made_again(
    app: Flask, make: Make, entry: Entry, visitor: Visitor
) -> None:
    film = make.film(entry, state=FilmState.FAILED)
    visitor.sign_in(make.account())
    assert visitor.post(f"staff/films/{film.id}/retry").status_code in (403, 404)
    assert arriving.film_of(app, film.id).state is FilmState.FAILED


def test_a_film_that_plays_stays_playable_when_its_larger_sizes_fail(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work(app, times=3)
    fail_with(monkeypatch, NotAsPromised("black_picture", name="720.mp4"))
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.PLAYABLE
    assert arriving.states(film)["rest"] == {OutputState.FAILED}


def test_an_unexpected_error_is_a_failure_like_others(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)
    fail_with(monkeypatch, KeyError("bug"))
    arriving.work(app)
    first = [o for o in arriving.film_of(app, film_id).outputs if o.group == "first"]
    assert {(o.state, o.reason) for o in first} == {(OutputState.WAITING, "unexpected")}


def test_a_film_withdrawn_while_it_is_made_stops_quietly_and_is_left_alone(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)

    def make_until_unwanted(
        *_arguments: Any, on_progress: Callable[[float], None], **_options: Any
    ) -> None:
        with app.app_context():
            row = db.session.get_one(Entry, entry.id)
            entries.withdraw(row, "not mine any more", by=row.account)
            db.session.commit()
        while True:
            on_progress(0.5)

    monkeypatch.setattr(encode, "make", make_until_unwanted)
    arriving.work(app)
    monkeypatch.undo()
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.ACCEPTED
    assert arriving.states(film)["first"] == {OutputState.WAITING}
    assert arriving.stored_keys(app, film_id) == {film.storage_key}
    with app.app_context():
        assert not films.more_is_due()
        assert list(film_files.scratch_root().iterdir()) == []


def test_a_film_deleted_while_it_is_made_leaves_nothing_in_storage(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = judged(app, entry, tiny_film)

    def erase() -> None:
        with app.app_context():
            Output.query.filter_by(film_version_id=film_id).delete()
            db.session.get_one(FilmVersion, film_id).storage_key = ""
            db.session.commit()

    in_the_middle(monkeypatch, erase)
    arriving.work(app)
    assert arriving.stored_keys(app, film_id) == set()


# ----- repeats


def test_judging_twice_comes_to_the_same(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = arriving.arrive(app, entry, tiny_film)
    publish = verdicts.publish

    def die(*_arguments: Any) -> None:
        raise ProcessKilled(tool="ffprobe", signal=9)

    monkeypatch.setattr(verdicts, "publish", die)
    arriving.work(app)
    monkeypatch.setattr(verdicts, "publish", publish)
    with app.app_context():
        shutil.rmtree(film_files.uploads_root())
    arriving.set_outputs(app, film_id, due_at=None)
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert (film.state, film.size_bytes) == (FilmState.ACCEPTED, tiny_film.stat().st_size)
    assert len(film.findings) == 1


def test_what_dead_attempts_left_in_storage_and_scratch_is_removed(
    app: Flask, entry: Entry, tiny_film: Path
) -> None:
    film_id = judged(app, entry, tiny_film)
    source = arriving.film_of(app, film_id).storage_key
    storage = app.extensions["plural_storage"]
    storage.put_file(film_files.attempt_prefix(source, "first", 7) + "240.mp4", tiny_film)
    storage.put_file(film_files.source_key(film_id, "older"), tiny_film)
    storage.put_file(f"films/{film_id}/tracks/1.vtt", tiny_film)
    with app.app_context():
        (film_files.scratch_root() / f"{film_id}-first-7").mkdir()
        living = film_queue.lease_next()
        assert living is not None
        (film_files.scratch_root() / living.name).mkdir()
        assert upkeep.sweep_scratch() == 1
        assert [p.name for p in film_files.scratch_root().iterdir()] == [living.name]
        film_files.tidy(film_id)
    assert arriving.stored_keys(app, film_id) == {source, f"films/{film_id}/tracks/1.vtt"}


def test_the_bytes_of_an_erased_upload_go_with_the_next_sweep(
    app: Flask, entry: Entry, tiny_film: Path
) -> None:
    arriving.arrive(app, entry, tiny_film)
    with app.app_context():
        Output.query.delete()
        Upload.query.delete()
        db.session.commit()
        assert upkeep.sweep_uploads() == 2
        assert list(film_files.uploads_root().iterdir()) == []


def test_the_bytes_of_an_upload_stay_until_its_film_is_stored(
    app: Flask, entry: Entry, tiny_film: Path
) -> None:
    arriving.arrive(app, entry, tiny_film)
    with app.app_context():
        assert upkeep.sweep_uploads() == 0
    arriving.work(app)
    with app.app_context():
        assert upkeep.sweep_uploads() > 0
        assert list(film_files.uploads_root().iterdir()) == []


def test_the_entrant_is_written_to_in_their_language(
    app: Flask, make: Make, tiny_film: Path
) -> None:
    entry = make.entry(make.account("Lina", language="ar"), title="Our street")
    arriving.arrive(app, entry, tiny_film)
    arriving.work(app, times=2)
    with app.app_context():
        deeds.do_next()
    (mail,) = (app.extensions["plural_settings"].instance_folder / "mails").iterdir()
    text = mail.read_text()
    assert "To: " + entry.account.email in text
    assert "Content-Language: ar" in text


def test_no_transaction_is_open_while_a_film_is_made(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(app, entry, tiny_film)
    open_transactions: list[bool] = []
    in_the_middle(monkeypatch, lambda: open_transactions.append(db.session().in_transaction()))
    arriving.work(app)
    assert open_transactions == [False]

"""Limits on trying: counted per network, shared through Redis, and alive without it."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from plural import Settings, attempts, create_app
from plural.errors import TooMany
from plural.models.people import Account
from stack.valkey import Valkey
from tests.factories import PASSWORD, Make
from tests.visitor import Visitor

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def account(make: Make) -> Account:
    make.edition()
    return make.account("Lina", email="lina@example.org")


def sign_in(
    app: Flask, email: str, password: str = "wrong password", network: str = HERE, place: str = "en"
) -> Any:
    return Visitor(app, f"/{place}/plural/2026").post(
        "account/sign-in",
        {"email": email, "password": password},
        environ_base={"REMOTE_ADDR": network},
        follow_redirects=False,
    )


def test_guessing_one_password_ends_after_ten_tries_and_says_when_to_go_on(
    app: Flask, account: Account
) -> None:
    statuses = [sign_in(app, account.email).status_code for _time in range(11)]
    assert statuses == [200] * 10 + [429]
    answer = sign_in(app, account.email, PASSWORD)
    assert answer.status_code == 429
    wait_s = int(answer.headers["Retry-After"])
    assert 60 <= wait_s <= 15 * 60
    words = "minute" if wait_s == 60 else "minutes"
    assert f"Please try again in {wait_s // 60} {words}." in answer.text


def test_the_page_is_in_the_visitors_language(app: Flask, account: Account) -> None:
    for _time in range(10):
        sign_in(app, account.email)
    assert '<html lang="ar" dir="rtl"' in sign_in(app, account.email, place="ar").text


def test_nobody_locks_somebody_else_out(app: Flask, account: Account) -> None:
    for _time in range(11):
        sign_in(app, account.email, network=ELSEWHERE)
    assert sign_in(app, account.email, PASSWORD, network=HERE).status_code == 302


def test_an_unknown_address_is_counted_like_a_known_one(app: Flask, account: Account) -> None:
    for email in (account.email, "nobody@example.org"):
        statuses = [sign_in(app, email).status_code for _time in range(11)]
        assert statuses == [200] * 10 + [429]


def test_getting_in_gives_the_tries_back(app: Flask, account: Account) -> None:
    for _round in range(3):
        statuses = {sign_in(app, account.email).status_code for _time in range(6)}
        assert statuses == {200}
        assert sign_in(app, account.email, PASSWORD).status_code == 302


def test_being_signed_in_as_oneself_gives_no_tries_on_somebody_else_back(
    app: Flask, make: Make, account: Account
) -> None:
    own = make.account()
    browser = Visitor(app).sign_in(own)
    base = {"REMOTE_ADDR": HERE}
    for _time in range(10):
        sign_in(app, account.email)
    form = {"email": account.email, "password": "wrong password"}
    browser.post("account/sign-in", form, environ_base=base)
    assert sign_in(app, account.email).status_code == 429


def test_one_network_fails_a_hundred_times_at_most(app: Flask, account: Account) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": HERE}):
        for _time in range(99):
            attempts.take(attempts.SIGN_IN_NETWORK, attempts.network())
    assert sign_in(app, "one@example.org").status_code == 200
    assert sign_in(app, "two@example.org").status_code == 429
    assert sign_in(app, "two@example.org", network=ELSEWHERE).status_code == 200


def test_a_class_signs_in_from_one_network(app: Flask, make: Make) -> None:
    make.edition()
    pupils = [make.account() for _number in range(30)]
    statuses = {sign_in(app, pupil.email, PASSWORD).status_code for pupil in pupils}
    assert statuses == {302}


def test_asking_for_links_is_limited_alike_for_every_address(app: Flask, account: Account) -> None:
    for email in (account.email, "nobody@example.org"):
        statuses = [
            Visitor(app).post("account/forgotten", {"email": email}).status_code
            for _time in range(4)
        ]
        assert statuses == [200, 200, 200, 429]


def test_looking_up_addresses_by_registering_ends_after_ten(app: Flask, account: Account) -> None:
    form = {"name": "Me", "email": account.email, "password": "three long words"}
    statuses = [Visitor(app).post("account/new", form).status_code for _time in range(11)]
    assert statuses == [200] * 10 + [429]


def test_registering_is_limited_per_network(app: Flask, make: Make) -> None:
    make.edition()
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _time in range(100):
            attempts.take(attempts.REGISTER, attempts.network())
    form = {"name": "Me", "email": "me@example.org", "password": "three long words"}
    assert Visitor(app).post("account/new", form).status_code == 429


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_line(
    app: Flask, one: str, other: str, same: bool
) -> None:
    found = []
    for address in (one, other):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            found.append(attempts.network())
    assert (found[0] == found[1]) is same


# ----- where counts stand


def shared_settings(settings: Settings, valkey: Valkey) -> Settings:
    return Settings(**{**vars(settings), "redis_url": valkey.url})


def test_web_processes_count_together_and_redis_learns_no_address(
    settings: Settings, valkey: Valkey
) -> None:
    first, second = (create_app(shared_settings(settings, valkey)) for _number in range(2))
    for app in (first, second):
        with app.app_context():
            for _time in range(5):
                attempts.take(attempts.SIGN_IN, "lina@example.org", HERE)
    with first.app_context(), pytest.raises(TooMany):
        attempts.take(attempts.SIGN_IN, "lina@example.org", HERE)
    keys = [key.decode() for key in first.extensions["plural_redis"].keys("*")]
    assert len([key for key in keys if "sign-in" in key]) == 1
    assert not any("lina" in key or HERE in key for key in keys)


def test_while_redis_is_down_each_process_counts_for_itself(app: Flask) -> None:
    with app.app_context():
        for _time in range(10):
            attempts.take(attempts.SIGN_IN, "lina@example.org", HERE)
        with pytest.raises(TooMany):
            attempts.take(attempts.SIGN_IN, "lina@example.org", HERE)


def test_redis_that_goes_away_is_no_error_and_is_asked_again_later(
    settings: Settings, tmp_path: Path
) -> None:
    with Valkey(tmp_path) as valkey:
        app = create_app(shared_settings(settings, valkey))
        counts = app.extensions["plural_attempts"]
        take_one(app)
    take_one(app)
    assert counts.away_until_s > 0
    with Valkey(tmp_path) as valkey:
        counts.away_until_s = 0.0
        take_one(app)
        assert counts.away_until_s == 0.0
        assert any("sign-in" in str(key) for key in app.extensions["plural_redis"].keys("*"))


def take_one(app: Flask) -> None:
    with app.app_context():
        attempts.take(attempts.SIGN_IN, "lina@example.org", HERE)

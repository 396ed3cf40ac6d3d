"""What people change of their own account: name, language, and the languages that they follow."""

from typing import Any

import pytest

from plural.models.people import Account, Membership, MembershipRole
from tests.factories import Make


def test_name_and_language_are_changed(make: Make, sign_in: Any) -> None:
    make.edition()
    account = make.account("Lina")
    page = sign_in(account).post("account/settings", {"name": " Lina K. ", "language": "ar"})
    assert "Saved." in page.text
    found = make.first(Account)
    assert (found.name, found.language) == ("Lina K.", "ar")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": " ", "language": "en"}, "What is your name?"),
        ({"name": "Lina", "language": "xx"}, "Not a valid choice"),
    ],
)
def test_a_wrong_answer_changes_nothing(
    make: Make, sign_in: Any, form: dict[str, str], sentence: str
) -> None:
    make.edition()
    account = make.account("Lina")
    assert sentence in sign_in(account).post("account/settings", form).text
    assert (make.first(Account).name, make.first(Account).language) == ("Lina", "en")


def test_address_role_and_state_cannot_be_sent_along(make: Make, sign_in: Any) -> None:
    make.edition()
    account = make.account("Lina")
    form = {"name": "Lina", "language": "en", "email": "x@example.org", "active": "", "roles": "1"}
    sign_in(account).post("account/settings", form)
    with make.saving():
        found = Account.query.one()
        assert (found.email, found.active, found.roles) == (account.email, True, [])


@pytest.mark.parametrize("role", [MembershipRole.JUROR, MembershipRole.FOCAL_POINT])
def test_a_juror_changes_the_languages_that_they_follow(
    make: Make, sign_in: Any, role: MembershipRole
) -> None:
    make.edition()
    membership = make.membership(role, make.organisation())
    browser = sign_in(make.first(Account))
    form = {"name": "Jo", "language": "en", "watched": ["fr", "ar"]}
    browser.post("account/settings", form)
    assert make.first(Membership, id=membership.id).languages == ["ar", "fr"]
    page = browser.get("account/settings").text
    assert '<option selected value="ar">' in page
    browser.post("account/settings", {"name": "Jo", "language": "en"})
    assert make.first(Membership, id=membership.id).languages == []


def test_only_ones_own_living_parts_in_juries_change(make: Make, sign_in: Any) -> None:
    make.edition()
    account, own = make.juror()
    _other, others = make.juror()
    make.membership(MembershipRole.DISTRIBUTOR, make.organisation(), account)
    form = {"name": "Jo", "language": "en", "watched": ["fr"]}
    sign_in(account).post("account/settings", form)
    with make.saving():
        found = {m.id: m.languages for m in Membership.query}
    assert found.pop(own.id) == ["fr"]
    assert others.id in found
    assert set(map(tuple, found.values())) == {()}


def test_an_entrant_is_not_asked_what_they_follow(make: Make, sign_in: Any) -> None:
    make.edition()
    page = sign_in(make.account()).get("account/settings").text
    assert 'name="watched"' not in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_is_offered_everywhere(make: Make, sign_in: Any, language: str) -> None:
    make.edition()
    browser = sign_in(make.account())
    page = browser.get(f"/{language}/plural/2026/rules").text
    assert f'href="/{language}/plural/2026/account/settings"' in page

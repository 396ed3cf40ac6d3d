from email.message import EmailMessage

import pytest

from demo.mailbox import Mailbox


@pytest.fixture
def post(tmp_path):
    def write(name, to, words):
        mail = EmailMessage()
        mail["To"] = to
        mail.set_content(words)
        (tmp_path / name).write_bytes(mail.as_bytes())

    return write


def test_the_newest_link_is_that_of_the_last_mail_to_the_person(tmp_path, post):
    mailbox = Mailbox(tmp_path)
    assert mailbox.newest_link("rana@example.org", "/consent/") is None
    post("1.eml", "rana@example.org", "Sign: http://localhost/consent/a or http://localhost/rules")
    post("2.eml", "karin@example.org", "http://localhost/consent/b")
    assert mailbox.newest_link("rana@example.org", "/consent/") == "http://localhost/consent/a"
    post("3.eml", "rana@example.org", "http://localhost/consent/c")
    assert mailbox.links("rana@example.org", "/consent/") == [
        "http://localhost/consent/a",
        "http://localhost/consent/c",
    ]


def test_a_mail_that_is_still_being_written_is_not_read(tmp_path, post):
    post(".1.eml", "rana@example.org", "http://localhost/consent/a")
    assert Mailbox(tmp_path).links("rana@example.org", "/consent/") == []

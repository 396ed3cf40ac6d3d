"""The lease of long work, kept by a thread of its own."""

import threading

import pytest
from flask import Flask
from sqlalchemy.exc import InterfaceError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from plural.holding import Hold, Unwanted
from plural.models.media import Output


@pytest.mark.parametrize("error", [InterfaceError("select 1", {}, Exception()), NoConnectionFree()])
def test_a_database_that_fails_in_another_way_does_not_end_the_looking(
    app: Flask, error: Exception
) -> None:
    failed, answered = threading.Event(), threading.Event()

    def is_wanted() -> bool:
        if not failed.is_set():
            failed.set()
            raise error
        answered.set()
        return False

    with app.app_context(), Hold(Output, (), 1, 1, is_wanted) as held:
        assert answered.wait(30)
        held._thread.join(30)
        with pytest.raises(Unwanted):
            held.check()

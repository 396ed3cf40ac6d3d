"""Keeps a lease while long work goes on, and tells the work when to stop."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from plural import database, leases
from plural.extensions import db
from plural.leases import LeaseLost

log = logging.getLogger(__name__)

LOOK_S = 1.0


class Unwanted(Exception):
    """Nobody wants the result any more."""


class Hold:
    """Renews the lease of some rows from a thread of its own, with the progress they have made.

    The work calls `note` or `check` as often as it can and lets what they raise end it.
    """

    def __init__(
        self,
        model: Any,
        ids: tuple[int, ...],
        token: int,
        lease_s: int,
        is_wanted: Callable[[], bool],
    ) -> None:
        self._lease = (model, ids, token, lease_s)
        self._is_wanted = is_wanted
        self._look_s = min(LOOK_S, lease_s / 4)
        self._renew_s = lease_s / 3
        self._progress = self._written = 0.0
        self._renewed_at = time.monotonic()
        self._stop: Exception | None = None
        self._ended = threading.Event()
        self._app = current_app._get_current_object()  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._keep, name="hold", daemon=True)

    def __enter__(self) -> "Hold":
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._ended.set()
        self._thread.join()

    def note(self, share: float) -> None:
        """So much is done, from 0 to 1. Raises LeaseLost or Unwanted when the work must stop."""
        self._progress = share
        self.check()

    def check(self) -> None:
        """Raise LeaseLost or Unwanted when the work must stop."""
        if self._stop is not None:
            raise self._stop

    def _keep(self) -> None:
        with self._app.app_context():
            database.set_reading(True)
            while self._stop is None and not self._ended.wait(self._look_s):
                self._look()

    def _look(self) -> None:
        try:
            if self._is_due():
                self._renew()
            if not self._is_wanted():
                self._stop = Unwanted()
        except LeaseLost as lost:
            self._stop = lost
        except (DBAPIError, NoConnectionFree) as error:
            # The lease may outlast it; if it does not, nothing can be published.
            log.warning("the lease is not renewed yet: %s", error)
        finally:
            db.session.remove()

    def _is_due(self) -> bool:
        waited_s = time.monotonic() - self._renewed_at
        return self._progress != self._written or waited_s > self._renew_s

    def _renew(self) -> None:
        model, ids, token, lease_s = self._lease
        progress = self._progress
        with database.writing():
            leases.renew(model, ids, token, lease_s, progress=progress)
        self._written, self._renewed_at = progress, time.monotonic()

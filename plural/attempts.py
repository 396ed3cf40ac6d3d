"""How often something may be tried: counted by network, and never against a person alone.

A count that names an account names the network too, so that nobody can lock somebody else out.
Counts stand in Redis, which all web processes share; while Redis is away each counts for itself.
"""

import hashlib
import hmac
import logging
import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar

from flask import current_app, request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from plural.errors import TooMany

log = logging.getLogger(__name__)
T = TypeVar("T")

# A school class shares one network: limits per network leave room for it.
SIGN_IN = RateLimitItemPerMinute(10, 15, namespace="sign-in")
SIGN_IN_NETWORK = RateLimitItemPerMinute(100, 15, namespace="sign-in-network")
REGISTER = RateLimitItemPerHour(100, namespace="register")
TAKEN_ADDRESS = RateLimitItemPerHour(10, namespace="taken-address")
FORGOTTEN = RateLimitItemPerHour(3, namespace="forgotten")
FORGOTTEN_NETWORK = RateLimitItemPerHour(30, namespace="forgotten-network")
OWN_PASSWORD = RateLimitItemPerMinute(10, 15, namespace="own-password")

REDIS_TIMEOUT_S = 1.0
REDIS_PAUSE_S = 10.0


class Attempts:
    """The counts of one web process, in Redis while it answers, else in memory."""

    def __init__(self, redis_url: str) -> None:
        # `limits` calls a socket redis+unix.
        address = f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url
        self.shared = FixedWindowRateLimiter(
            storage_from_string(
                address,
                wrap_exceptions=True,
                socket_timeout=REDIS_TIMEOUT_S,
                socket_connect_timeout=REDIS_TIMEOUT_S,
            )
        )
        self.own = FixedWindowRateLimiter(MemoryStorage())
        self.away_until_s = 0.0

    def ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        """What Redis answers; or what this process has counted, for a while after a failure."""
        if time.monotonic() >= self.away_until_s:
            try:
                return question(self.shared)
            except StorageError as error:
                log.warning("attempts are counted by each process alone: %s", error)
                self.away_until_s = time.monotonic() + REDIS_PAUSE_S
        return question(self.own)


def take(limit: RateLimitItem, *of: object) -> None:
    """Count one attempt. Raises TooMany when there were as many as the limit allows."""
    key = digest(of)
    if not ask(lambda counts: counts.hit(limit, key)):
        raise too_many(limit, key)


def require(limit: RateLimitItem, *of: object) -> None:
    """Count nothing. Raises TooMany when there were as many as the limit allows."""
    key = digest(of)
    if not ask(lambda counts: counts.test(limit, key)):
        raise too_many(limit, key)


def forget(limit: RateLimitItem, *of: object) -> None:
    key = digest(of)
    ask(lambda counts: counts.clear(limit, key))


def too_many(limit: RateLimitItem, key: str) -> TooMany:
    stats = ask(lambda counts: counts.get_window_stats(limit, key))
    return TooMany(minutes=max(1, math.ceil((stats.reset_time - time.time()) / 60)))


def ask(question: Callable[[FixedWindowRateLimiter], T]) -> T:
    attempts: Attempts = current_app.extensions["plural_attempts"]
    return attempts.ask(question)


def digest(of: tuple[object, ...]) -> str:
    """What is counted, without addresses of people or machines that could be read in Redis."""
    secret: str = current_app.extensions["plural_settings"].secret_key
    words = "\n".join(str(part) for part in of)
    return hmac.digest(secret.encode(), words.encode(), hashlib.sha256).hex()


def network() -> str:
    """Where the request comes from: one IPv4 address, or the /64 that one IPv6 line owns."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))

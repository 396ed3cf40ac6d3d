"""Figures of the installation for Prometheus, for whoever has the token of the settings."""

from secrets import compare_digest

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from plural import clock
from plural.actions import desk, throughput
from plural.errors import NotFound

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> Response:
    require_token()
    return Response(
        generate_latest(registry()),
        content_type=CONTENT_TYPE_PLAIN_0_0_4,
        headers={"Cache-Control": "no-store"},
    )


def require_token() -> None:
    """Raise NotFound for everybody without the token; without one in the settings, for all."""
    expected = current_app.extensions["plural_settings"].metrics_token
    given = request.authorization.token if request.authorization else None
    if not expected or not compare_digest((given or "").encode(), expected.encode()):
        raise NotFound()


def registry() -> CollectorRegistry:
    """The figures as they are now: each is asked from the rows, so any host may answer."""
    found = CollectorRegistry()

    def gauge(name: str, help_text: str, value: float) -> None:
        Gauge(f"plural_{name}", help_text, registry=found).set(value)

    queue, day = desk.queue(), throughput.throughput()
    oldest_s = (clock.now() - queue.oldest_at).total_seconds() if queue.oldest_at else 0.0
    gauge("queue_outputs", "Outputs that are to be made or are being made.", queue.length)
    gauge("queue_oldest_seconds", "How long the oldest of them has waited.", max(0.0, oldest_s))
    gauge("failed_outputs", "Outputs that were given up and wait for a person.", queue.failed)
    gauge("day_outputs", "Outputs that became ready in the last 24 hours.", day.outputs)
    gauge("day_films", "Films that became complete in the last 24 hours.", day.films)
    gauge("day_failures", "Outputs given up in the last 24 hours.", day.failures)
    if day.cpu_s_per_film_minute is not None:
        gauge(
            "day_cpu_seconds_per_film_minute",
            "Seconds of one processor per minute of film, over films completed in 24 hours.",
            day.cpu_s_per_film_minute,
        )
    states = Gauge("plural_film_versions", "Film versions by state.", ["state"], registry=found)
    for state, count in desk.films_by_state().items():
        states.labels(state.value).set(count)
    return found

"""The web server's log of requests, without what must not be logged."""

import re
from typing import Any

from gunicorn.glogging import Logger

SECRET = re.compile(r"(/(?:invitation|consent|uploads)/)[^/?]+")


class DiscreetLogger(Logger):
    """Leaves out the tokens of one-time links and uploads, which stand in the path."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        found["U"] = SECRET.sub(r"\1…", found["U"])
        return found

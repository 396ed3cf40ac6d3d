"""Configuration of gunicorn, the web server."""

import os

from stack.child import die_with

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16
preload_app = True
timeout = 60
graceful_timeout = 4
keepalive = 15
control_socket_disable = True
accesslog = "-"
logger_class = "stack.web_log.DiscreetLogger"
# No addresses and no query strings of visitors: many of them are children.
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


def post_fork(server, worker):
    """A killed server must not leave workers behind that hold its port."""
    die_with(server.pid)

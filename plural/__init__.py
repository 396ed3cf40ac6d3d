"""The portal of a film festival: intake, juries, publication, distribution."""

import logging
from datetime import timedelta
from pathlib import Path

from flask import Flask, g
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

# Importing the package registers the composers of all mails.
import plural.mails  # noqa: F401
from media_pipeline.storage_url import storage_from_url
from plural import accounts, compression, database, problems, static_files, templating, views, web
from plural.attempts import Attempts
from plural.cli import commands, media_commands, storage_commands
from plural.extensions import babel, csrf, db, limiter, migrate
from plural.settings import Settings, SettingWrong, read_settings

ROOT = Path(__file__).resolve().parent.parent

__all__ = ["SettingWrong", "Settings", "create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """A portal with these settings, or with those of the environment. Raises SettingWrong."""
    settings = settings or read_settings()
    app = Flask(__name__, static_folder=None, template_folder=str(ROOT / "templates"))
    app.extensions["plural_settings"] = settings
    app.extensions["plural_redis"] = Redis.from_url(settings.redis_url, socket_timeout=5)
    app.extensions["plural_attempts"] = Attempts(settings.redis_url)
    app.extensions["plural_storage"] = storage_from_url(
        settings.storage_url,
        access_key=settings.storage_access_key,
        secret_key=settings.storage_secret_key,
    )
    app.config.update(flask_config(settings))
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    settings.instance_folder.mkdir(parents=True, exist_ok=True)
    bind_extensions(app)
    problems.register(app)
    web.register(app)
    static_files.register(app)
    compression.register(app)
    templating.register(app)
    views.register(app)
    app.cli.add_command(commands)
    app.cli.add_command(storage_commands)
    app.cli.add_command(media_commands)
    if settings.proxies:
        proxies = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECURITY_PASSWORD_SALT": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_NAME": "__Host-remember",
        "REMEMBER_COOKIE_SECURE": True,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": 4 * 1024**2,
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_STORAGE_URI": "memory://",
    }


def engine_options(database_url: str) -> dict[str, object]:
    if database_url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_size": 20, "max_overflow": 20}


def bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine)
    migrate.init_app(app, db, directory=str(Path(__file__).parent / "migrations"))
    csrf.init_app(app)
    babel.init_app(
        app,
        locale_selector=lambda: g.get("language"),
        timezone_selector=lambda: g.edition.time_zone if g.get("edition") else "UTC",
        default_translation_directories=str(Path(__file__).parent / "translations"),
    )
    limiter.init_app(app)
    accounts.register(app)

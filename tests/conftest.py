"""What all tests share: a migrated database to copy, an application, people and films to make."""

import gc
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.routing import Rule

from plural import Settings, create_app
from plural.models.people import Account
from stack.seaweedfs import SeaweedFS
from stack.valkey import Valkey
from tests.factories import Make
from tests.visitor import Visitor
from tests.world import World, build


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="journeys and slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if on_postgresql():
        leave_out(config, items, [item for item in items if not touches_database(item)])
    if not config.getoption("--all"):
        skip = pytest.mark.skip(reason="only with --all")
        for item in items:
            if item.get_closest_marker("journey") or item.get_closest_marker("slow"):
                item.add_marker(skip)


def pytest_collection_finish() -> None:
    """Spares the search for garbage what stays till the end; it was a third of many tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def touches_database(item: pytest.Item) -> bool:
    return "migrated" in getattr(item, "fixturenames", ())


def leave_out(config: pytest.Config, items: list[pytest.Item], out: list[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=out)
    gone = set(out)
    items[:] = [item for item in items if item not in gone]


@pytest.fixture(scope="session")
def postgres() -> Iterator[object]:
    """A real PostgreSQL, when the suite runs on it."""
    from stack.postgres import Postgres

    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with all tables and no rows: an SQLite file, or a PostgreSQL template's name."""
    folder = tmp_path_factory.mktemp("migrated")
    if on_postgresql():
        server = request.getfixturevalue("postgres")
        name = "template_plural"
        server.create(name)
        url, found = server.url(name), name
    else:
        url, found = f"sqlite:///{folder}/plural.sqlite", str(folder / "plural.sqlite")
    app = create_app(settings_for(folder, url))
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    return found


def on_postgresql() -> bool:
    return os.environ.get("PLURAL_TEST_DATABASE") == "postgresql"


@pytest.fixture
def database_url(migrated: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the migrated database for one test, that threads and processes can share."""
    with copied_database(migrated, tmp_path, request) as url:
        yield url


@contextmanager
def copied_database(migrated: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if not on_postgresql():
        shutil.copy(migrated, folder / "plural.sqlite")
        yield f"sqlite:///{folder}/plural.sqlite"
        return
    server = request.getfixturevalue("postgres")
    name = "test_" + re.sub(r"\W", "_", folder.name).lower()[-50:]
    server.create(name, template=migrated)
    yield server.url(name)
    server.drop(name)


def settings_for(folder: Path, database_url: str, **others: object) -> Settings:
    values: dict[str, object] = {
        "secret_key": "a secret of tests, 32 characters long",
        "database_url": database_url,
        "redis_url": f"unix://{folder}/no.sock?db=0",
        "storage_url": f"file://{folder}/storage",
        "instance_folder": folder / "instance",
        "public_address": "http://localhost",
        "clock_file": folder / "clock",
        "log_level": "WARNING",
    }
    return Settings(**{**values, **others})  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(tmp_path, database_url)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """What all portals of a session share, or each would compile every page that it shows."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """Most of what a portal costs is the functions that write its addresses: made once for all.

    What one does is told by its rule alone; what else it needs is looked up in the rule it serves.
    """
    compiled: dict[tuple[object, ...], Any] = {}
    compile_one = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_one(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(Rule, "_compile_builder", compile_once)
        yield


@contextmanager
def portal(settings: Settings, compiled_templates: BytecodeCache) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.jinja_env.bytecode_cache = compiled_templates
    # A password's hash is made to be slow, and most tests sign somebody in.
    cheap = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
    app.extensions["security"].pwd_context.update(**cheap)
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def app(settings: Settings, compiled_templates: BytecodeCache) -> Iterator[Flask]:
    """A portal over a database of its own. There is no Redis: wake-ups are left to the test."""
    with portal(settings, compiled_templates) as app:
        yield app


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A real Redis of the test's own."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    with Valkey(folder) as server:
        yield server


@pytest.fixture(scope="session")
def weed() -> Iterator[SeaweedFS]:
    """A real object storage with an empty bucket `films`."""
    with SeaweedFS() as server:
        boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            region_name="us-east-1",
            aws_access_key_id=server.access_key,
            aws_secret_access_key=server.secret_key,
        ).create_bucket(Bucket="films")
        yield server


@pytest.fixture
def make(app: Flask) -> Make:
    """Makes festivals, people, entries, films and rounds, each committed and returned."""
    return Make(app)


@pytest.fixture(scope="session")
def world(
    migrated: str,
    compiled_templates: BytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[World]:
    """One festival with one of each, and a browser for every role; tests only look at it."""
    folder = tmp_path_factory.mktemp("world")
    with (
        copied_database(migrated, folder, request) as url,
        portal(settings_for(folder, url), compiled_templates) as app,
    ):
        yield build(app, Make(app))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A browser without scripts: follows redirects, fills in form tokens."""
    return Visitor(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Account], Visitor]:
    """Sign an account in through the form, and return its browser."""

    def signed_in(account: Account) -> Visitor:
        return Visitor(app).sign_in(account)

    return signed_in


@pytest.fixture
def set_clock(settings: Settings) -> Callable[[float], None]:
    """Move the festival's clock by so many seconds from the real time."""

    def move(offset_s: float) -> None:
        assert settings.clock_file is not None
        settings.clock_file.write_text(str(offset_s))

    return move

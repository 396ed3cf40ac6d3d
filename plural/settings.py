"""What an installation can set, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "PLURAL_"


class SettingWrong(Exception):
    """One setting cannot be used; the message names it and says what is expected."""


def setting(help_text: str, default: Any = None, required: bool = False) -> Any:
    metadata = {"help": help_text, "required": required}
    if required:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the portal. `PLURAL_DATABASE_URL` sets `database_url`, and so on."""

    secret_key: str = setting("Signs sessions and links; at least 32 characters.", required=True)
    database_url: str = setting(
        "Where the rows are: sqlite:////absolute/path or postgresql+psycopg://...", required=True
    )
    redis_url: str = setting("Redis or Valkey for wake-ups and rate limits.", required=True)
    storage_url: str = setting(
        "Where films are kept: file:///absolute/folder or s3://bucket/prefix?endpoint=...",
        required=True,
    )
    instance_folder: Path = setting(
        "Folder on a local disk for uploads under way, scratch space and mails.", required=True
    )
    public_address: str = setting(
        "Address that people open, without a path: https://films.example.org", required=True
    )
    storage_access_key: str = setting("Access key of the S3 storage.", "")
    storage_secret_key: str = setting("Secret key of the S3 storage.", "")
    smtp_url: str = setting(
        "Mail server: smtp://user:password@host:587; without it mails become files.", ""
    )
    mail_sender: str = setting("Sender of all mails.", "festival@localhost")
    proxies: int = setting("Number of trusted proxies in front of the portal.", 0)
    max_upload_bytes: int = setting("Largest film that may be uploaded.", 4 * 1024**3)
    upload_expires_s: int = setting("How long an unfinished upload is kept.", 7 * 86400)
    min_free_bytes: int = setting("Uploads pause when the disk has less left.", 512 * 1024**2)
    invitation_expires_s: int = setting("Life of invitation and consent links.", 30 * 86400)
    masters_kept_s: int = setting("How long a master is kept that nobody fetches.", 30 * 86400)
    lease_s: int = setting("How long a worker owns a piece of work without renewing.", 20)
    modern_rungs: int = setting(
        "1: films also get smaller AV1 files for weak links, made when nothing else is to be done.",
        0,
    )
    make_attempts: int = setting("How often making an output is tried.", 4)
    cron_pause_s: float = setting("Pause between two rounds of the scheduler.", 2.0)
    metrics_token: str = setting("Bearer token for /metrics; empty: there are no metrics.", "")
    clock_file: Path | None = setting(
        "File with an offset in seconds that moves the festival's clock; demo and tests only."
    )
    log_level: str = setting("DEBUG, INFO, WARNING or ERROR.", "INFO")

    def __post_init__(self) -> None:
        check(self)


def check(settings: Settings) -> None:
    """Raise SettingWrong, naming the first setting that cannot work."""
    if len(settings.secret_key) < 32:
        raise SettingWrong("PLURAL_SECRET_KEY must have at least 32 characters.")
    require_prefix("DATABASE_URL", settings.database_url, ("sqlite:", "postgresql+psycopg:"))
    require_prefix("REDIS_URL", settings.redis_url, ("redis:", "rediss:", "unix:"))
    require_prefix("STORAGE_URL", settings.storage_url, ("file:", "s3:"))
    require_prefix("PUBLIC_ADDRESS", settings.public_address, ("http:", "https:"))
    if settings.metrics_token and len(settings.metrics_token) < 16:
        raise SettingWrong("PLURAL_METRICS_TOKEN must have at least 16 characters.")
    if settings.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingWrong("PLURAL_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    for name in ("max_upload_bytes", "upload_expires_s", "lease_s", "make_attempts"):
        if getattr(settings, name) <= 0:
            raise SettingWrong(f"{PREFIX}{name.upper()} must be more than 0.")


def require_prefix(name: str, value: str, prefixes: tuple[str, ...]) -> None:
    if not value.startswith(prefixes):
        raise SettingWrong(f"{PREFIX}{name} must begin with {' or '.join(prefixes)}")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingWrong with one line that names the variable."""
    environment = os.environ if environment is None else environment
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    for name in environment:
        if name.startswith(PREFIX) and name not in known and not name.startswith("PLURAL_TEST_"):
            raise SettingWrong(f"{name} is not a setting of Plural; see docs/operations.md.")
    values = {}
    for name, f in known.items():
        if name in environment:
            values[f.name] = convert(name, environment[name], f.type)
        elif f.metadata["required"]:
            raise SettingWrong(f"{name} is not set. {f.metadata['help']}")
    return Settings(**values)


def convert(name: str, text: str, wanted: Any) -> Any:
    if wanted in (Path, Path | None):
        if not Path(text).is_absolute():
            raise SettingWrong(f"{name} must be an absolute path, not {text!r}.")
        return Path(text)
    if wanted in (int, float):
        try:
            return wanted(text)
        except ValueError:
            raise SettingWrong(f"{name} must be a number, not {text!r}.") from None
    return text

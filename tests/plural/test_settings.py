"""Settings: typed, named in one line when wrong, each documented."""

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from plural.settings import Settings, SettingWrong, read_settings

RIGHT = {
    "PLURAL_SECRET_KEY": "s" * 32,
    "PLURAL_DATABASE_URL": "sqlite:////srv/plural.sqlite",
    "PLURAL_REDIS_URL": "redis://localhost",
    "PLURAL_STORAGE_URL": "file:///srv/films",
    "PLURAL_INSTANCE_FOLDER": "/srv/instance",
    "PLURAL_PUBLIC_ADDRESS": "https://films.example.org",
}


def test_numbers_and_paths_get_their_types() -> None:
    settings = read_settings({**RIGHT, "PLURAL_LEASE_S": "30", "PLURAL_CRON_PAUSE_S": "0.5"})
    assert settings.lease_s == 30
    assert settings.cron_pause_s == 0.5
    assert settings.instance_folder == Path("/srv/instance")
    assert settings.clock_file is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PLURAL_SECRET_KEY", "short", "PLURAL_SECRET_KEY must have at least 32 characters."),
        ("PLURAL_LEASE_S", "soon", "PLURAL_LEASE_S must be a number, not 'soon'."),
        ("PLURAL_LEASE_S", "0", "PLURAL_LEASE_S must be more than 0."),
        ("PLURAL_INSTANCE_FOLDER", "here", "PLURAL_INSTANCE_FOLDER must be an absolute path"),
        ("PLURAL_DATABASE_URL", "mysql://x", "PLURAL_DATABASE_URL must begin with sqlite: or"),
        ("PLURAL_LOG_LEVEL", "LOUD", "PLURAL_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
        ("PLURAL_LEASE", "30", "PLURAL_LEASE is not a setting of Plural"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingWrong) as wrong:
        read_settings({**RIGHT, name: value})
    assert sentence in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("name", RIGHT)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(SettingWrong, match=f"{name} is not set"):
        read_settings({k: v for k, v in RIGHT.items() if k != name})


ROW = re.compile(r"^\| `PLURAL_(\w+)` \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
WORDS: dict[str, Any] = {"required": MISSING, "empty": "", "none": None}
UNITS = {"GiB": 1024**3, "MiB": 1024**2, "days": 86400}


def meant(words: str) -> Any:
    """The value that a default in the table stands for."""
    number, _space, unit = words.partition(" ")
    if unit:
        return int(number) * UNITS[unit]
    if words in WORDS:
        return WORDS[words]
    return float(words) if words.isdecimal() else words.strip("`")


def test_every_setting_is_documented_with_its_default() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    said = {name.lower(): meant(words) for name, words in ROW.findall(page)}
    assert said == {f.name: f.default for f in fields(Settings)}

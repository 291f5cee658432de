"""Every setting is documented, and bad settings are refused by name."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from review.settings import BadSetting, read_settings

ROOT = Path(__file__).resolve().parents[3]


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\b(?:CALLCOACH_[A-Z_]+|REDIS_URL)\b", text))


def test_every_setting_read_is_in_the_table_and_nothing_else_is() -> None:
    readers = ("review/settings.py", "review/notices/server.py")  # the second is handed the environment by the first
    code = set().union(*(names_in((ROOT / name).read_text(encoding="utf-8")) for name in readers))
    table = names_in((ROOT / "docs/settings.md").read_text(encoding="utf-8"))
    assert code == table


def test_no_other_module_reads_the_environment() -> None:
    # Telling a library something before it loads (`os.environ["NAME"] = ...`) is writing, not reading.
    readers = [
        str(path.relative_to(ROOT))
        for package in ("review", "transcription", "scoring", "web", "workers")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ(?!\[\"\w+\"\] = )|os\.getenv", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["review/settings.py"]


def test_defaults_need_nothing_set(tmp_path: Path) -> None:
    settings = read_settings({"CALLCOACH_DATA": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/callcoach.sqlite"
    assert (settings.host, settings.port, settings.engine, settings.redis_url) == ("127.0.0.1", 8000, "auto", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALLCOACH_PORT", "eighty"),
        ("CALLCOACH_PORT", "70000"),
        ("CALLCOACH_ENGINE", "magic"),
        ("CALLCOACH_LEASE_SECONDS", "0"),
        ("CALLCOACH_WATCH", "/just/a/folder"),
        ("CALLCOACH_REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "nonsense"),
        ("CALLCOACH_DATABASE_URL", "sqlite://"),
        ("CALLCOACH_DATABASE_URL", "sqlite:///:memory:"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as caught:
        read_settings({name: value})
    assert caught.value.value == value
    assert caught.value.fix


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALLCOACH_DATABASE_URL", "mysql://anna:secret-words@db/calls"),
        ("CALLCOACH_REDIS_URL", "http://:secret-words@host/0"),
        ("CALLCOACH_REDIS_URL", "redis://:secret-words@host:port/0"),
    ],
)
def test_the_refusal_of_an_address_keeps_its_password(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as caught:
        read_settings({name: value})
    assert "secret-words" not in str(caught.value)


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    settings = read_settings({"CALLCOACH_DATA": str(tmp_path / "new")})
    key = settings.secret_key()
    assert len(key) >= 48
    assert settings.secret_key() == key
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600

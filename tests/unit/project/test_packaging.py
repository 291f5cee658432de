"""The five package names belong to this distribution alone, and each package is typed."""

from __future__ import annotations

from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("review", "transcription", "scoring", "web", "workers")


def test_no_other_installed_distribution_owns_our_import_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ["callcoach"])) for name in PACKAGES} == {n: {"callcoach"} for n in PACKAGES}


def test_each_package_says_it_is_typed() -> None:
    assert [name for name in PACKAGES if not (ROOT / name / "py.typed").exists()] == []

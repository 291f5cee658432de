"""The versions of the rule packs that ship, without reading the packs."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from scoring.packs import languages_with_packs
from scoring.yaml_source import read_yaml


@lru_cache(maxsize=1)
def pack_versions() -> dict[str, str]:
    """Version by language, in alphabetical order."""
    root = resources.files("scoring").joinpath("packs")
    versions = {}
    for language in languages_with_packs():
        file = root.joinpath(language, "pack.yaml")
        head = read_yaml(file.read_text(encoding="utf-8"), f"{language}/pack.yaml").mapping(
            required=("version",), optional=None
        )
        versions[language] = head["version"].text()
    return versions

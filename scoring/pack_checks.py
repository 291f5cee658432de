"""Checking a rule pack as its author does: it reads, and every entry finds its lines and passes by its near misses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from scoring.conversation import prepare
from scoring.matching import Hit, matcher_for
from scoring.packs import Entry, Pack, languages_with_packs, read_pack
from scoring.yaml_source import read_yaml
from transcription.transcript import Transcript, Turn


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line of an entry that is not found and should be (`must` True), or is found and should not be."""

    entry: str
    line: str
    must: bool


@lru_cache(maxsize=1)
def known_groups() -> frozenset[str]:
    """Every group a shipped rule pack has, in any language: for checking standards, not for scoring.

    Only the names are read: whole packs, with every expression made ready, take twenty times as long.
    """
    folder = resources.files("scoring").joinpath("packs")
    files = (file for language in languages_with_packs() for file in folder.joinpath(language).iterdir())
    return frozenset(group for file in files if file.name.endswith(".yaml") for group in _groups_in(file))


def _groups_in(file: Traversable) -> list[str]:
    entries = read_yaml(file.read_text(encoding="utf-8"), file.name).mapping(optional=None).get("entries")
    return [] if entries is None else [entry.mapping(optional=None)["group"].text() for entry in entries.items()]


def check_pack(folder: Traversable) -> tuple[Pack, tuple[WrongLine, ...]]:
    """The pack in a folder and its lines that go wrong. Raises PackInvalid with file, line and fix."""
    pack = read_pack(folder)
    return pack, tuple(wrong for entry in pack.entries for wrong in _check_entry(pack, entry))


def _check_entry(pack: Pack, entry: Entry) -> list[WrongLine]:
    return [
        WrongLine(entry.id, line, must)
        for must, lines in ((True, entry.match), (False, entry.miss))
        for line in lines
        if any(hit.entry is entry for hit in _find(pack, entry.role, line)) is not must
    ]


def _find(pack: Pack, role: str, line: str) -> tuple[Hit, ...]:
    turn = Turn("rep" if role == "any" else role, line)  # type: ignore[arg-type]  # the reader has checked the role
    return tuple(matcher_for(pack).find(prepare(Transcript((turn,), language=pack.language))))

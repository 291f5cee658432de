"""Which files belong to one call: a recording or two legs, with a transcript and facts beside them.

`7.wav` is a call. `7.rep.wav` + `7.client.wav` (or `7-out.wav` + `7-in.wav`: what our side said and what came in) are
one call of two legs, the rep's first. `7.facts.json` holds its facts, `7.vtt`, `7.srt`, `7.ctm` or `7.json` its
transcript; `7.rttm` says who speaks in `7.ctm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from review.services.display_names import display_file_name
from review.services.json_facts import load_facts

AUDIO_SUFFIXES = frozenset(
    f".{ending}"
    for ending in (
        *("wav", "mp3", "ogg", "oga", "opus", "flac", "m4a", "mp4", "aac", "webm", "amr", "gsm", "ulaw", "alaw"),
        *("al", "ul", "g722", "wma", "spx", "aif", "aiff"),
    )
)
TRANSCRIPT_SUFFIXES = (".vtt", ".srt", ".ctm", ".json")
SPEAKERS_SUFFIX = ".rttm"
FACTS_SUFFIX = ".facts.json"
UNFINISHED_SUFFIXES = (".part", ".tmp", ".temp", ".crdownload", ".filepart", ".partial")
REP_LEG = re.compile(r"^(?P<stem>.+)(?:\.rep|[._-]out)$", re.IGNORECASE)
CLIENT_LEG = re.compile(r"^(?P<stem>.+)(?:\.client|[._-]in)$", re.IGNORECASE)


class BadFactsFile(Exception):
    """A facts file beside a recording cannot be read; str() is one sentence."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one call, the rep's leg first when there are two."""

    legs: tuple[Path, ...]
    transcript: Path | None = None
    facts_file: Path | None = None
    lonely: bool = False  # the name says it is one of two legs, and the other is not there

    @property
    def name(self) -> str:
        """How the call is named to people: on one line, whatever its files are called."""
        files = self.legs or ((self.transcript,) if self.transcript else ())
        return " + ".join(display_file_name(path.name) for path in files)

    @property
    def speakers(self) -> Path | None:
        """Who speaks when (RTTM), for a transcript that names nobody (CTM) and has such a file beside it."""
        if self.transcript is None or self.transcript.suffix.lower() != ".ctm":
            return None
        beside = self.transcript.with_suffix(SPEAKERS_SUFFIX)
        return beside if beside.is_file() else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of the call."""
        return (*self.legs, *(path for path in (self.transcript, self.speakers, self.facts_file) if path))

    def facts(self) -> dict[str, str]:
        """The facts written beside the recording, {} without any. Raises BadFactsFile."""
        if self.facts_file is None:
            return {}
        try:
            data = load_facts(self.facts_file.read_text(encoding="utf-8-sig"))
        except (ValueError, OSError, RecursionError) as error:
            raise BadFactsFile(f"'{self.facts_file.name}' cannot be read as JSON ({error}).") from error
        if not isinstance(data, dict) or not all(isinstance(v, (str, bool, float)) or v is None for v in data.values()):
            raise BadFactsFile(f"'{self.facts_file.name}' must be one JSON object of names and plain values.")
        for name, value in data.items():
            if isinstance(value, float):
                raise BadFactsFile(
                    f"'{self.facts_file.name}' gives {name} as a number of odd form: write it as a text."
                )
        return {str(key): str(value) for key, value in data.items() if value is not None}


def audio_files(paths: Iterable[Path]) -> list[Path]:
    """Files named one by one as they are, folders searched for audio by the name's ending; sorted, no doubles."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if looks_like_audio(inner) and inner.is_file() and not inner.is_symlink():
                    found[inner] = None
        else:
            found[path] = None
    return list(found)


def looks_like_audio(path: Path) -> bool:
    """Whether the name is that of a finished audio file."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def bundles(files: Sequence[Path]) -> list[Bundle]:
    """Group audio files into calls, with the sidecars that lie beside them on the disk."""
    by_place: dict[tuple[Path, str], Path] = {}
    order: list[tuple[Path, str, str]] = []
    for path in files:
        role, stem = leg_of(path)
        by_place[(path.parent, f"{role}:{stem}:{path.suffix.lower()}")] = path
        order.append((path, role, stem))
    taken: set[Path] = set()
    found: list[Bundle] = []
    for path, role, stem in order:
        if path in taken:
            continue
        other_role = {"rep": "client", "client": "rep"}.get(role)
        other = by_place.get((path.parent, f"{other_role}:{stem}:{path.suffix.lower()}")) if other_role else None
        if other is not None and other not in taken:
            legs: tuple[Path, ...] = (path, other) if role == "rep" else (other, path)
            base = path.with_name(stem)
            bundle = Bundle(legs)
        else:
            legs, base = (path,), path.with_suffix("")
            bundle = Bundle(legs, lonely=bool(other_role))
        taken.update(legs)
        found.append(replace(bundle, transcript=_beside(base, TRANSCRIPT_SUFFIXES), facts_file=_facts(base)))
    return found


def leg_of(path: Path) -> tuple[str, str]:
    """('rep' | 'client' | 'whole', the call's stem) by the file's name."""
    for role, pattern in (("rep", REP_LEG), ("client", CLIENT_LEG)):
        match = pattern.match(path.stem)
        if match:
            return role, match["stem"]
    return "whole", path.stem


def _beside(base: Path, suffixes: Sequence[str]) -> Path | None:
    for suffix in suffixes:
        path = base.with_name(base.name + suffix)
        if path.is_file():
            return path
    return None


def _facts(base: Path) -> Path | None:
    return _beside(base, (FACTS_SUFFIX,))

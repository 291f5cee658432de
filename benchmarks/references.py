"""Recordings with what is truly said in them: a folder with references beside the audio, or the sample calls.

Beside `7.wav` (or the legs `7.rep.wav` and `7.client.wav`) lies `7.json`, `.vtt`, `.srt`, `.ctm` (with `.rttm`) or
`.txt`; a `.txt` without speakers is the words alone, an empty one says that nobody speaks. `7.rttm` alone says who
speaks when. `references.csv` (columns file, second_leg, language, text) does the same in one table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.speaker_measures import Stretch
from transcription.engines.imported import read_transcript
from transcription.engines.imported_words import read_rttm
from transcription.errors import NotATranscript
from transcription.transcript import Transcript, Turn
from workers.bundles import audio_files, bundles

TABLE: Final = "references.csv"


@dataclass(frozen=True, slots=True)
class Reference:
    """One recording and the truth about it. `turns` is None when only the speakers' times are known.

    `stretches` are who speaks when; empty when no times are known.
    """

    name: str
    audio: tuple[Path, ...]
    language: str | None
    turns: tuple[Turn, ...] | None
    stretches: tuple[Stretch, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """Who speaks; a text without speakers is one person's, called nobody."""
        return frozenset(turn.speaker or turn.role for turn in self.turns or ())

    @property
    def silent(self) -> bool:
        """True when the truth is that nobody says anything."""
        return self.turns is not None and not any(turn.text.strip() for turn in self.turns)


class BadReference(ValueError):
    """A reference cannot be used; names the file and what is wrong with it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


def read_folder(folder: Path, language: str | None) -> Iterator[Reference]:
    """Every recording of the folder that has a reference, by name. Raises BadReference."""
    table = folder / TABLE
    named: set[Path] = set()
    if table.is_file():
        for reference in _read_table(table, language):
            named.update(reference.audio)
            yield reference
    for bundle in bundles([path for path in audio_files([folder]) if path not in named]):
        base = bundle.transcript.with_suffix("") if bundle.transcript else _base(bundle.legs)
        times = base.with_name(base.name + ".rttm")
        text = base.with_name(base.name + ".txt")
        stretches = _rttm(times) if times.is_file() else ()
        if bundle.transcript is not None:
            truth = _transcript(bundle.transcript, times if times.is_file() else None, language)
            found = stretches or _stretches(truth.turns)
            yield Reference(base.name, bundle.legs, truth.language or language, truth.turns, found)
        elif text.is_file():
            yield Reference(base.name, bundle.legs, language, _plain(text, language), stretches)
        elif stretches:
            yield Reference(base.name, bundle.legs, language, None, stretches)


def _base(legs: Sequence[Path]) -> Path:
    from workers.bundles import leg_of

    return legs[0].with_name(leg_of(legs[0])[1]) if len(legs) > 1 else legs[0].with_suffix("")


def sample_references(language: str | None) -> Iterator[Reference]:
    """The sample calls with their scripts, of one language or of all."""
    from workers.demo.manifest import sample_calls
    from workers.demo.script import read_scripts

    scripts = {script.id: script for script in read_scripts()}
    for call in sample_calls():
        if language is None or call.language == language:
            turns = tuple(Turn(line.role, line.text) for line in scripts[call.name].lines)
            yield Reference(call.name, tuple(call.files), call.language, turns)


def _read_table(table: Path, language: str | None) -> Iterator[Reference]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            paths = [table.parent / row[key] for key in ("file", "second_leg") if (row.get(key) or "").strip()]
            if not paths or not all(path.is_file() for path in paths):
                raise BadReference(table, f"no such recording: {row.get('file')} {row.get('second_leg') or ''}".strip())
            said = (row.get("text") or "").strip()
            turns = (Turn("speaker_a", said),) if said else ()
            yield Reference(paths[0].stem, tuple(paths), row.get("language") or language, turns)


def _transcript(path: Path, times: Path | None, language: str | None) -> Transcript:
    try:
        rttm = times.read_bytes() if times else None
        return read_transcript(path.read_bytes(), name=path.name, language=language, rttm=rttm)
    except NotATranscript as error:
        raise BadReference(path, error.why) from error


def _rttm(path: Path) -> tuple[Stretch, ...]:
    try:
        return tuple(Stretch(t.name, t.start, t.end) for t in read_rttm(path.read_text(encoding="utf-8-sig")))
    except NotATranscript as error:
        raise BadReference(path, f"{error.where}: {error.why}") from error


def _plain(path: Path, language: str | None) -> tuple[Turn, ...]:
    text = path.read_text(encoding="utf-8-sig").strip()
    if not text:
        return ()
    try:
        return read_transcript(text.encode(), language=language).turns
    except NotATranscript:
        return (Turn("speaker_a", " ".join(text.split())),)


def _stretches(turns: Sequence[Turn]) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(turn.speaker or turn.role, turn.start, turn.end)
        for turn in turns
        if turn.start is not None and turn.end is not None
    )

"""A transcript as a file to take away: JSON, VTT, SRT, plain text or a Word document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcription.errors import NoTimes
from transcription.transcript import Transcript

__all__ = ["FORMS", "ExportFile", "NoTimes", "export_transcript", "read_shown_transcript"]

FORMS: Final[Mapping[str, str]] = {
    "json": "application/json",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Each form and its media type."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file; the name is plain ASCII, so that every browser and mail program keeps it."""

    name: str
    media_type: str
    data: bytes


def export_transcript(
    transcript: Transcript,
    form: str,
    *,
    stem: str,
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    names: Mapping[str, str] | None = None,
    headings: tuple[str, str, str] | None = None,
) -> ExportFile:
    """The file. `title`, `facts`, `names` and `headings` are shown in the Word document only.

    The transcript comes from the rows, so private numbers are masked in it. Raises KeyError for a form that is none of
    FORMS, NoTimes for subtitles of a transcript without times.
    """
    media_type = FORMS[form]
    return ExportFile(f"{stem}.{form}", media_type, _write(transcript, form, title, facts, names, headings))


def _write(
    transcript: Transcript,
    form: str,
    title: str,
    facts: Sequence[tuple[str, str]],
    names: Mapping[str, str] | None,
    headings: tuple[str, str, str] | None,
) -> bytes:
    from transcription import formats

    if form == "json":
        return (json.dumps(transcript.to_json(), ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    if form == "docx":
        more = {} if headings is None else {"headings": headings}
        return formats.to_docx(transcript, title=title, facts=facts, names=names, **more)
    write = {"vtt": formats.to_vtt, "srt": formats.to_srt, "txt": formats.to_txt}[form]
    return write(transcript).encode("utf-8")


def read_shown_transcript(data: Mapping[str, Any]) -> Transcript:
    """The transcript of a call page, for `export_transcript`: the contract's JSON with corrections laid over it."""
    return Transcript.from_json(dict(data))

"""Reading a transcript straight from the text of its JSON, and writing JSON, as the program's own files are.

Judging a stored call begins and ends here, so a library in C builds the turns and words itself. Whatever it finds
wrong is left to the reader that looks at each part and can name the one that is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from transcription.transcript import Transcript, Turn
from transcription.transcript_reading import read_transcript_json, with_turns


class _Written(msgspec.Struct):
    """The top of a transcript: its turns, read with their words, and what else there may be, as plain JSON."""

    turns: tuple[Turn, ...]
    schema: Literal[1] = 1
    language: str | None = None
    engine: str | None = None
    model: str | None = None
    duration: float | None = None
    draft: bool = False
    quality: Any = None
    removed: Any = None
    language_probability: float | None = None
    marks: Any = None
    redactions: Any = None
    roles: Any = None


_READER: Final = msgspec.json.Decoder(_Written)


def read_transcript(text: str | bytes) -> Transcript:
    """The transcript in a JSON text, as `Transcript.from_json` reads it.

    Raises NotATranscript naming the part that is wrong, ValueError where the text is no JSON at all.
    """
    try:
        written = _READER.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return read_transcript_json(json.loads(text))
    return with_turns(written.turns, msgspec.structs.asdict(written))


def write_json(data: Mapping[str, Any]) -> bytes:
    """The JSON object in UTF-8 without spaces, keys in their order."""
    try:
        return msgspec.json.encode(data)
    except TypeError:  # a number of another library
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

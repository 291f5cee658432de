"""Whole transcripts and assessments as one compressed column: the contract's JSON, UTF-8, zlib."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from transcription.transcript import Transcript
from transcription.transcript_text import read_transcript, write_json


def pack_body(data: Mapping[str, Any]) -> bytes:
    """The JSON object, compressed; keys keep their order."""
    return zlib.compress(write_json(data), 6)


def unpack_body(body: bytes) -> dict[str, Any]:
    """The JSON object that `pack_body` was given."""
    data: dict[str, Any] = json.loads(zlib.decompress(body))
    return data


def unpack_transcript(body: bytes) -> Transcript:
    """The transcript whose JSON object `pack_body` was given. Raises NotATranscript naming the part that is wrong."""
    return read_transcript(zlib.decompress(body))

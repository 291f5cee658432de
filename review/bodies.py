"""Whole transcripts and assessments as one compressed column: the contract's JSON, UTF-8, zlib."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any


def pack_body(data: Mapping[str, Any]) -> bytes:
    """The JSON object, compressed; keys keep their order."""
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack_body(body: bytes) -> dict[str, Any]:
    """The JSON object that `pack_body` was given."""
    data: dict[str, Any] = json.loads(zlib.decompress(body))
    return data

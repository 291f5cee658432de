"""Tokens of links that are sent to people: long, random, and kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

LONGEST: Final = 200  # characters of a token somebody sends us; ours have 43


def new_token() -> str:
    """A token of 256 bits for an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token[:LONGEST].encode("utf-8", "surrogateescape")).hexdigest()

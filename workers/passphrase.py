"""Passphrases made up for people: random, and easy to read aloud and type."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for one another


def make_passphrase() -> str:
    """Five groups of four letters and digits: 99 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))

"""Passphrases: how long, which ones are refused, and how they are kept (argon2id). No composition rules.

Length and blocklist follow NIST SP 800-63B-4 (15 characters where the passphrase is the only factor; refuse what is
commonly used or made of the account's own names; demand no kinds of characters).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from review.errors import ReviewError

SHORTEST: Final = 15  # characters
LONGEST: Final = 256  # characters; enough for any passphrase, and a bound on the work an attacker can ask for
_LONGEST_REPEATED: Final = 5  # a passphrase made by repeating a piece of up to this many characters is no secret


class WeakPassword(ReviewError):
    """The passphrase is refused; `why` is one sentence for the person who chose it.

    `kind` says it for programs: short, long, empty, common or personal.
    """

    code = "weak_password"

    def __init__(self, why: str, kind: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.kind = kind


def check_password(password: str, *personal: str) -> None:
    """Raise WeakPassword when the passphrase is too short, too long, common, or made of the `personal` words given."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise WeakPassword(
            f"The passphrase has {len(plain)} characters. Use at least {SHORTEST}: a short sentence will do.",
            "short",
        )
    if len(plain) > LONGEST:
        raise WeakPassword(f"The passphrase has {len(plain)} characters. Use at most {LONGEST}.", "long")
    bare = _bare(plain)
    if not bare:
        raise WeakPassword("The passphrase holds nothing but spaces and signs. Use a short sentence.", "empty")
    if bare in _common() or _is_repeated(bare) or _is_row(bare):
        raise WeakPassword(
            "Many people use this passphrase, so it is guessed first. Use a sentence of your own.", "common"
        )
    for word in personal:
        for piece in (word, *word.replace("@", " ").replace(".", " ").split()):
            own = _bare(_normal(piece))
            if len(own) >= 4 and own in bare and len(bare) - len(own) < SHORTEST // 2:
                raise WeakPassword(
                    "The passphrase is little more than your name or address. Add words of your own.", "personal"
                )


def hash_password(password: str) -> str:
    """The argon2id hash to keep, with its own salt and parameters."""
    return _hasher().hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """True when the passphrase fits. With `stored` None (no such account) the same work is done and False returned."""
    password = _normal(password)[: LONGEST + 1]
    try:
        fits = _hasher().verify(_hash_of_nobody() if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def needs_new_hash(stored: str) -> bool:
    """True when the stored hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def _normal(password: str) -> str:
    """The same characters typed on another system give the same passphrase (NFKC, as RFC 8265 asks)."""
    return unicodedata.normalize("NFKC", password)


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_repeated(bare: str) -> bool:
    """`abcabcabcabcabc`, and a common word written two or more times over."""
    for length in range(1, len(bare) // 2 + 1):
        piece = bare[:length]
        whole = (piece * (len(bare) // length + 1))[: len(bare)]
        if whole == bare and (length <= _LONGEST_REPEATED or piece in _common()):
            return True
    return False


def _is_row(bare: str) -> bool:
    """A run along the alphabet, the digits or a keyboard's rows, forwards or backwards."""
    rows = (
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890" * 3,
        "qwertyuiopasdfghjklzxcvbnm",
        "йцукенгшщзхъфывапролджэячсмитьбю",
    )
    return any(bare in row or bare in row[::-1] for row in rows)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = resources.files("review.text").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(_bare(line) for line in text.splitlines() if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher().hash("the password of an account that does not exist")

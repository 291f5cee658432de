"""Sealed originals: what redaction masked, kept encrypted for people with the right to see it, each look audited."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_transcript
from review.errors import ReviewError
from review.models import Call, CallLeg, Recording, SealedOriginal, StoredTranscript
from review.services import audit
from transcription.redaction import MASKS, Original, redact_text

RIGHT: Final = "see_originals"
"""The named right: held by nobody until it is granted to a person."""

LONGEST_REASON: Final = 300
SHORTEST_REASON: Final = 5
_VERSION: Final = b"\x01"  # AES-256-GCM, 12-byte nonce, call's id as associated data
_NONCE: Final = 12


class SealBroken(ReviewError):
    """A sealed original cannot be opened: it was changed, moved to another call, or the secret key is another one."""

    code = "seal_broken"

    def __init__(self, call_id: int) -> None:
        super().__init__(
            f"The originals of call {call_id} cannot be opened: the secret key of this installation is not the one "
            "they were sealed with, or the data was changed. The masked transcript is not affected; put back the file "
            "secret.key of the backup this database came from."
        )
        self.call_id = call_id


class NoReason(ReviewError):
    """Originals are shown only to somebody who says why."""

    code = "no_reason"

    def __init__(self) -> None:
        super().__init__(
            f"Say in {SHORTEST_REASON} to {LONGEST_REASON} characters why you need the original; it is kept in the "
            "audit log."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedTurn:
    """One turn as it was said, with the pieces that are masked elsewhere: (text, kind of what it is or None)."""

    turn: int
    role: str
    start: float | None
    pieces: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalRecording:
    """One file as it was delivered, for listening to what the web copy silences."""

    position: int
    name: str
    kind: str  # container by its magic bytes, e.g. wav
    sha256: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the masks of one transcript hide, encrypted, and how many places of its turns were masked."""

    body: bytes
    pieces: int


class Seal:
    """Closes and opens originals with a key derived from the installation's secret key (HKDF-SHA256)."""

    def __init__(self, secret_key: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        # Another use of the secret key (sessions are signed with it) must not give this key: `info` keeps them apart.
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"callcoach sealed originals 1")
        self._cipher = AESGCM(derived.derive(secret_key.encode("utf-8")))

    def close(self, call_id: int, originals: Sequence[Original]) -> Sealed | None:
        """The originals of one call as bytes that tell nothing and open only for the same call; None for none."""
        if not originals:
            return None
        plain = json.dumps([original.to_json() for original in originals], ensure_ascii=False).encode("utf-8")
        nonce = secrets.token_bytes(_NONCE)
        body = _VERSION + nonce + self._cipher.encrypt(nonce, plain, _bound_to(call_id))
        return Sealed(body, sum(original.turn >= 0 for original in originals))

    def open(self, call_id: int, body: bytes) -> tuple[Original, ...]:
        """The originals again. Raises SealBroken."""
        from cryptography.exceptions import InvalidTag

        if body[:1] != _VERSION:
            raise SealBroken(call_id)
        nonce, closed = body[1 : 1 + _NONCE], body[1 + _NONCE :]
        try:
            plain = self._cipher.decrypt(nonce, closed, _bound_to(call_id))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(call_id) from error
        return tuple(Original.from_json(item) for item in json.loads(plain))


def keep_sealed(session: Session, call_id: int, transcript_id: int, sealed: Sealed) -> None:
    """Store what `Seal.close` gave beside the masked transcript."""
    session.add(SealedOriginal(transcript_id=transcript_id, call_id=call_id, body=sealed.body, pieces=sealed.pieces))
    session.flush()


def count_sealed(session: Session, call_id: int) -> int:
    """How many masked places of the shown transcript can be opened; 0 when nothing was masked."""
    found = session.scalar(
        select(SealedOriginal.pieces).where(SealedOriginal.transcript_id == _newest_transcript(call_id))
    )
    return found or 0


def reveal_words(session: Session, seal: Seal, call_id: int, *, by: int, reason: str) -> tuple[RevealedTurn, ...]:
    """The turns with something masked, as they were said; who looked and why is in the audit log. Does not commit.

    The caller has checked the person's right and that they may see the call. Raises NoReason, SealBroken.
    """
    said = _read_reason(reason)
    row = session.execute(
        select(StoredTranscript.body, StoredTranscript.number, SealedOriginal.body.label("sealed"))
        .join(SealedOriginal, SealedOriginal.transcript_id == StoredTranscript.id)
        .where(StoredTranscript.id == _newest_transcript(call_id))
    ).one_or_none()
    audit.record(
        session, by, "call.originals_seen", "call", call_id, reason=said, transcript=row.number if row else None
    )
    if row is None:
        return ()
    masked = unpack_transcript(row.body)
    by_turn: dict[int, list[Original]] = {}
    for original in seal.open(call_id, row.sealed):
        by_turn.setdefault(original.turn, []).append(original)
    return tuple(
        RevealedTurn(
            turn=number,
            role=masked.turns[number].role,
            start=masked.turns[number].start,
            pieces=cut_pieces(masked.turns[number].text, found),
        )
        for number, found in sorted(by_turn.items())
        if 0 <= number < len(masked.turns)  # below 0: in a piece that clean-up took out, which nobody said
    )


def open_recordings(session: Session, call_id: int, *, by: int, reason: str) -> tuple[OriginalRecording, ...]:
    """The call's files as delivered, nothing silenced; the opening is in the audit log with its reason.

    The caller has checked the person's right and that they may see the call. Raises NoReason. Does not commit.
    """
    said = _read_reason(reason)
    audit.record(session, by, "call.original_sound_opened", "call", call_id, reason=said)
    return list_recordings(session, call_id)


def list_recordings(session: Session, call_id: int) -> tuple[OriginalRecording, ...]:
    """The call's files as delivered, in order; for those whose right was checked and whose opening is audited."""
    rows = session.execute(
        select(CallLeg.position, CallLeg.original_name, Recording.kind, CallLeg.sha256)
        .join(Recording, Recording.sha256 == CallLeg.sha256)
        .join(Call, Call.id == CallLeg.call_id)
        .where(CallLeg.call_id == call_id)
        .order_by(CallLeg.position)
    )
    return tuple(
        OriginalRecording(position=row.position, name=row.original_name, kind=row.kind, sha256=row.sha256)
        for row in rows
    )


def last_opened(session: Session, call_id: int) -> datetime | None:
    """When somebody last looked at an original of this call; None when nobody has."""
    from review.models import AuditEvent

    return session.scalar(
        select(AuditEvent.at)
        .where(
            AuditEvent.subject_kind == "call",
            AuditEvent.subject_id == str(call_id),
            AuditEvent.action.in_(("call.originals_seen", "call.original_sound_opened")),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def cut_pieces(masked: str, originals: Sequence[Original]) -> tuple[tuple[str, str | None], ...]:
    """A masked turn's text in pieces, with what its masks hide in their places; those pieces carry their kind."""
    pieces: list[tuple[str, str | None]] = []
    at = 0
    for original in sorted(originals, key=lambda o: o.offset):
        if original.offset > at:
            pieces.append((masked[at : original.offset], None))
        pieces.append((original.text, original.kind))
        at = original.offset + len(MASKS[original.kind])
    if at < len(masked):
        pieces.append((masked[at:], None))
    return tuple(pieces)


def _newest_transcript(call_id: int) -> Any:
    return (
        select(StoredTranscript.id)
        .where(StoredTranscript.call_id == call_id)
        .order_by(StoredTranscript.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _read_reason(reason: str) -> str:
    said = " ".join(reason.replace("\x00", "").split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise NoReason
    return redact_text(said)  # the log of looks must not become the place where the number can be read


def _bound_to(call_id: int) -> bytes:
    return f"call:{call_id}".encode("ascii")

"""The one way a call comes in, behind every door: upload page, import command, watched folder, API, webhook.

Bytes are stored first (outside any transaction), then the rows; the caller commits, answers its sender, and rings.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.clock import database_now
from review.errors import BadFacts, EmptyFile, NotATranscriptFile, NotAudio, NothingSent, TooLarge, TooManyLegs
from review.models import Call, CallLeg, Delivery, Recording, utc_now
from review.services.call_facts import FACT_NAMES, CallFacts, check_facts, read_facts
from review.services.call_identity import derive_external_id, find_call, lock_identity
from review.services.display_names import display_file_name
from review.services.late_facts import fill_gaps
from review.services.matching import find_client, find_deal, find_rep
from review.services.sources import ensure_source
from review.states import Step
from review.storage import AudioStore
from review.upsert import insert_new
from transcription.engines.imported import read_transcript
from transcription.errors import NotATranscript, UnreadableAudio
from transcription.magic import identify_head

__all__ = [
    "FACT_NAMES",
    "Accepted",
    "CallFacts",
    "IncomingFile",
    "accept_missed_call",
    "accept_recording",
    "read_facts",
]

MOST_LEGS: Final = 2
DEFAULT_LIMIT: Final = 512 * 1024**2  # bytes of one recording
TRANSCRIPT_LIMIT: Final = 32 * 1024**2  # bytes of an imported transcript: days of speech
_HEAD: Final = 4096


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as the sender names it, and its bytes from their beginning."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Accepted:
    """The call a delivery became. `created` is False for a repeat; `ring` is what to ring for after the commit.

    `differs`: a recording came that is none of those the call goes by. It is kept under the call all the same.
    """

    call_id: int
    created: bool
    state: str
    ring: tuple[tuple[int, Step], ...] = ()
    differs: bool = False


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is in the store: its hash, its size in bytes, its kind, and its name made fit to show."""

    sha256: str
    size: int
    kind: str
    name: str


def accept_recording(
    session: Session,
    store: AudioStore,
    files: Sequence[IncomingFile],
    facts: CallFacts,
    *,
    door: str,
    transcript: IncomingFile | None = None,
    region: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Accepted:
    """Keep a call's recording (or one file for each side, the rep's first) and its facts; a repeat gives the same call.

    `region` is the country of numbers without a prefix, `limit` the most bytes of one file. The session must not have
    been used before: storing may take long, and on SQLite an open transaction would keep every other writer waiting.
    Does not commit. Raises IntakeRefused (of any kind) and StorageFull.
    """
    facts = check_facts(facts, region=region)
    if not files and transcript is None:
        raise NothingSent
    if len(files) > MOST_LEGS:
        raise TooManyLegs(len(files))
    words = _read_transcript_file(transcript, facts.language) if transcript else None
    opened = [_open(file) for file in files]  # every file is looked at before any is written
    legs = [_store(store, file, limit) for file in opened]
    if len(legs) == MOST_LEGS and legs[0].sha256 == legs[1].sha256:
        legs = legs[:1]  # the same file for both sides is one recording of both
    imported = _store_transcript(store, words) if words else None
    return accept_stored(session, facts, legs, imported, door)


def accept_missed_call(session: Session, facts: CallFacts, *, door: str, region: str | None = None) -> Accepted:
    """Keep a call that was missed or not recorded; its recording may still come later. Does not commit.

    Raises BadFacts when neither an id nor start and number say which call it is.
    """
    facts = check_facts(facts, region=region)
    if facts.external_id is None and (facts.started_at is None or facts.client_phone is None):
        raise BadFacts(
            "external_id", "", "a call without a recording needs an id, or its start and the client's number"
        )
    return accept_stored(session, facts, [], None, door)


def accept_stored(
    session: Session, facts: CallFacts, legs: Sequence[StoredFile], imported: StoredFile | None, door: str
) -> Accepted:
    """The same for files that are in the store already, with checked facts."""
    hashes = [leg.sha256 for leg in legs] or ([imported.sha256] if imported else [])
    external_id = facts.external_id or derive_external_id(facts, hashes)
    lock_identity(session, facts, external_id, hashes)
    ensure_source(session, facts.source, door)
    for _sha256, file in sorted({file.sha256: file for file in (*legs, *([imported] if imported else []))}.items()):
        _keep_recording(session, file)
    rep_id = find_rep(session, facts.rep, source=facts.source)
    call_id = find_call(session, facts, external_id, hashes, rep_id)
    created = call_id is None
    differs = False
    ring: tuple[tuple[int, Step], ...] = ()
    if call_id is None:
        call_id = _insert_call(session, facts, external_id, rep_id, legs, imported)
        ring = ((call_id, "transcribe"),) if legs or imported else ()
    else:
        came = [(leg.sha256, leg.name) for leg in legs]
        step = fill_gaps(session, call_id, facts, rep_id, came, imported.sha256 if imported else None)
        ring = ((call_id, step),) if step else ()
        differs = not {leg.sha256 for leg in legs} <= _recordings_of(session, call_id)
    _record_delivery(session, call_id, facts, external_id, legs, imported, door)
    state = session.scalars(select(Call.state).where(Call.id == call_id)).one()
    return Accepted(call_id, created, state, ring, differs)


def _insert_call(
    session: Session,
    facts: CallFacts,
    external_id: str,
    rep_id: int | None,
    legs: Sequence[StoredFile],
    imported: StoredFile | None,
) -> int:
    at, phone = facts.started_at, facts.client_phone
    client_id = find_client(session, external_id=facts.client, phone=phone)
    deal = find_deal(session, external_id=facts.deal, client_id=client_id, at=at, phone=phone)
    now = utc_now()
    call_id = insert_new(
        session,
        Call,
        ("source", "external_id"),
        source=facts.source,
        external_id=external_id,
        direction=facts.direction,
        started_at=facts.started_at,
        happened_at=facts.started_at or now,
        rep_id=rep_id,
        rep_name=facts.rep,
        client_id=client_id if client_id is not None else (deal[1] if deal else None),
        deal_id=deal[0] if deal else None,
        client_phone=facts.client_phone,
        queue=facts.queue,
        disposition=facts.disposition,
        loss_reason=facts.loss_reason,
        language=facts.language,
        result=facts.result,
        talk_seconds=facts.talk_seconds,
        transcript_sha256=imported.sha256 if imported else None,
        state="received" if legs or imported else "no_audio",
        hinted_at=database_now(),  # the caller rings; the sweep need not ring again at once
        created_at=now,
        updated_at=now,
    )
    if call_id is None:  # somebody writes calls without lock_identity
        raise RuntimeError(f"call {facts.source}/{external_id} was made by another transaction")
    for position, leg in enumerate(legs):
        session.add(CallLeg(call_id=int(call_id), position=position, sha256=leg.sha256, original_name=leg.name))
    session.flush()
    return int(call_id)


def _record_delivery(
    session: Session,
    call_id: int,
    facts: CallFacts,
    external_id: str,
    legs: Sequence[StoredFile],
    imported: StoredFile | None,
    door: str,
) -> None:
    said: dict[str, Any] = facts.to_json()
    said["files"] = [{"name": leg.name, "sha256": leg.sha256, "size": leg.size} for leg in legs]
    if imported:
        said["transcript"] = {"name": imported.name, "sha256": imported.sha256, "size": imported.size}
    session.add(Delivery(call_id=call_id, source=facts.source, external_id=external_id, door=door, facts=said))
    session.flush()


def _recordings_of(session: Session, call_id: int) -> set[str]:
    return set(session.scalars(select(CallLeg.sha256).where(CallLeg.call_id == call_id)))


def _keep_recording(session: Session, file: StoredFile) -> None:
    insert_new(
        session,
        Recording,
        ("sha256",),
        sha256=file.sha256,
        size=file.size,
        kind=file.kind,
        first_name=file.name,
        created_at=utc_now(),
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    name: str
    kind: str
    stream: BinaryIO


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already: gives them again, then the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        return self._head.read(size) or self._rest.read(size)


def _open(file: IncomingFile) -> _Opened:
    name = display_file_name(file.name)
    head = _read_up_to(file.stream, _HEAD)
    if not head:
        raise EmptyFile(name)
    try:
        kind = identify_head(head, name=file.name).name
    except UnreadableAudio as error:
        raise NotAudio(name, error.looks_like or "data of no kind of sound we know") from error
    return _Opened(name, kind, _Rejoined(head, file.stream))  # type: ignore[arg-type]


def store_file(store: AudioStore, file: IncomingFile, limit: int) -> StoredFile:
    """Keep one recording's bytes before it is known which call it is of. Raises IntakeRefused and StorageFull."""
    return _store(store, _open(file), limit)


def _store(store: AudioStore, file: _Opened, limit: int) -> StoredFile:
    blob = store.put(file.stream, limit, name=file.name)
    return StoredFile(blob.sha256, blob.size, file.kind, file.name)


def _read_transcript_file(file: IncomingFile, language: str | None) -> tuple[str, bytes]:
    name = display_file_name(file.name)
    data = _read_up_to(file.stream, TRANSCRIPT_LIMIT + 1)
    if not data:
        raise EmptyFile(name)
    if len(data) > TRANSCRIPT_LIMIT:
        raise TooLarge(name, TRANSCRIPT_LIMIT)
    try:
        read_transcript(data, name=name, language=language)
    except NotATranscript as error:
        raise NotATranscriptFile(name, error.why) from error
    return name, data


def _store_transcript(store: AudioStore, words: tuple[str, bytes]) -> StoredFile:
    name, data = words
    blob = store.put(io.BytesIO(data), TRANSCRIPT_LIMIT, name=name)
    return StoredFile(blob.sha256, blob.size, "transcript", name)


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    pieces: list[bytes] = []
    while size > 0:
        piece = stream.read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)

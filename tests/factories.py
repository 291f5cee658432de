"""Rows and files for tests, made with as little said as possible; every number differs from the last."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import wave
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import pack_body
from review.models import (
    Base,
    Call,
    CallLeg,
    Client,
    ClientPhone,
    CrmTask,
    Deal,
    Recording,
    Rep,
    Source,
    StandardVersion,
    StoredAssessment,
    StoredTranscript,
    Team,
    TeamMember,
    User,
    UserRole,
)
from review.search.index import index_transcript
from scoring.standards import load_standard
from transcription.transcript import AudioQuality, Transcript, Turn, Word

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)

Row = TypeVar("Row", bound=Base)

_numbers = itertools.count(1)


def make_user(
    session: Session,
    *roles: str,
    name: str | None = None,
    email: str | None = None,
    password_hash: str = "!",
    **columns: Any,
) -> User:
    """A user with these roles who cannot sign in (the password hash matches nothing) unless one is given."""
    number = next(_numbers)
    user = User(
        name=name or f"User {number}",
        email=email or f"user{number}@example.com",
        password_hash=password_hash,
        roles=[UserRole(role=role) for role in roles],
        **columns,
    )
    return _added(session, user)


def make_team(session: Session, name: str | None = None, *, managers: Sequence[User] = ()) -> Team:
    """A team; its managers see the calls of its reps."""
    team = _added(session, Team(name=name or f"Team {next(_numbers)}"))
    for manager in managers:
        _added(session, TeamMember(team_id=team.id, user_id=manager.id, is_manager=True))
    return team


def make_rep(session: Session, name: str | None = None, *, team: Team | None = None, **columns: Any) -> Rep:
    """A rep; give `user_id` for one who signs in."""
    number = next(_numbers)
    columns.setdefault("extension", str(1000 + number))
    return _added(session, Rep(name=name or f"Rep {number}", team_id=team.id if team else None, **columns))


def make_client(session: Session, name: str | None = None, *, phones: Sequence[str] = (), **columns: Any) -> Client:
    """A client with these numbers (E.164)."""
    number = next(_numbers)
    columns.setdefault("external_id", f"client-{number}")
    client = Client(name=name or f"Client {number}", phones=[ClientPhone(e164=phone) for phone in phones], **columns)
    return _added(session, client)


def make_deal(session: Session, client: Client, **columns: Any) -> Deal:
    """An open deal of the client."""
    number = next(_numbers)
    columns.setdefault("external_id", f"deal-{number}")
    columns.setdefault("title", f"Deal {number}")
    return _added(session, Deal(client_id=client.id, **columns))


def make_task(session: Session, client: Client, title: str = "call back", **columns: Any) -> CrmTask:
    """An open task for the client."""
    return _added(session, CrmTask(client_id=client.id, title=title, **columns))


def make_source(session: Session, name: str = "upload", **columns: Any) -> Source:
    """The source of that name; made unless it exists."""
    found = session.scalar(select(Source).where(Source.name == name))
    return found or _added(session, Source(name=name, kind=columns.pop("kind", "upload"), **columns))


def make_call(session: Session, *, source: str = "upload", legs: int = 1, **columns: Any) -> Call:
    """A received call with `legs` recordings whose bytes are nowhere; an hour later than the last one made."""
    make_source(session, source)
    number = next(_numbers)
    columns.setdefault("external_id", f"call-{number}")
    columns.setdefault("started_at", NOON + timedelta(hours=number))
    columns.setdefault("happened_at", columns["started_at"] or NOON)
    call = _added(session, Call(source=source, **columns))
    for position in range(legs):
        name = f"call-{number}-{position}.wav"
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        _added(session, Recording(sha256=sha256, size=1000, kind="wav", first_name=name))
        _added(session, CallLeg(call_id=call.id, position=position, sha256=sha256, original_name=name))
    return call


def make_transcript(*turns: tuple[str, str], language: str = "en", **columns: Any) -> Transcript:
    """A transcript of (role, text) turns, each of 2 s with 1 s between, all words sure."""
    made = []
    for at, (role, text) in enumerate(turns):
        start = 3.0 * at
        words = text.split()
        step = 2.0 / max(1, len(words))
        made.append(
            Turn(
                role=role,  # type: ignore[arg-type]
                text=text,
                start=start,
                end=start + 2.0,
                role_confidence=1.0,
                channel=0 if role == "rep" else 1,
                words=tuple(
                    Word(word, round(start + n * step, 2), round(start + (n + 1) * step, 2), 0.95)
                    for n, word in enumerate(words)
                ),
            )
        )
    columns.setdefault("engine", "whisper")
    columns.setdefault("model", "small")
    columns.setdefault("duration", 3.0 * len(made))
    columns.setdefault("quality", AudioQuality(channels=2, word_confidence=0.95))
    return Transcript(turns=tuple(made), language=language, **columns)


def store_words(session: Session, call: Call, *turns: tuple[str, str], state: str = "transcribed", **more: Any) -> int:
    """Give a call a transcript, searchable; the transcript's id. Put beside the fence: for reading tests only."""
    transcript = make_transcript(*(turns or (("rep", "Good morning"), ("client", "Hello"))), **more)
    data = transcript.to_json()
    newest = session.scalars(select(StoredTranscript.number).where(StoredTranscript.call_id == call.id)).all()
    row = StoredTranscript(
        call_id=call.id,
        number=max(newest, default=0) + 1,
        engine=transcript.engine,
        model=transcript.model,
        reason="made for a test",
        language=transcript.language,
        draft=transcript.draft,
        duration=transcript.duration,
        quality=data["quality"],
        body=pack_body(data),
    )
    _added(session, row)
    index_transcript(session, call.id, transcript)
    call.state, call.duration, call.draft, call.language = state, transcript.duration, transcript.draft, "en"
    session.flush()
    return row.id


def store_score(session: Session, call: Call, assessment: dict[str, Any], *, transcript_id: int | None = None) -> int:
    """Give a call an assessment in the contract's JSON and show it; the assessment's id."""
    if transcript_id is None:
        found = session.scalars(select(StoredTranscript.id).where(StoredTranscript.call_id == call.id)).all()
        transcript_id = max(found) if found else store_words(session, call)
    score = assessment["score"]
    name, version = assessment["standard"], assessment["version"]
    if session.get(StandardVersion, (name, version)) is None:
        _added(session, StandardVersion(name=name, version=version, text=load_standard(name).source_text))
    row = StoredAssessment(
        call_id=call.id,
        transcript_id=transcript_id,
        standard=name,
        version=version,
        raw=score["raw"],
        final=score["final"],
        critical=score["critical"],
        coverage=score["coverage"],
        state=score["state"],
        body=pack_body(assessment),
    )
    _added(session, row)
    call.state, call.assessment_id = "scored", row.id
    call.score_final, call.score_state, call.coverage = score["final"], score["state"], score["coverage"]
    session.flush()
    return row.id


def wav_bytes(seconds: float = 1.0, *, channels: int = 1, rate: int = 8000, seed: int | None = None) -> bytes:
    """A WAV file of quiet clicks; two calls without `seed` give different bytes."""
    number = next(_numbers) if seed is None else seed
    frames = bytearray()
    for at in range(int(seconds * rate)):
        value = (at * (number + 7)) % 251 - 125
        frames += value.to_bytes(2, "little", signed=True) * channels
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(frames))
    return buffer.getvalue()


def transcript_bytes(*turns: tuple[str, str], **more: Any) -> bytes:
    """A transcript file in the contract's JSON."""
    return json.dumps(make_transcript(*turns, **more).to_json()).encode()


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row

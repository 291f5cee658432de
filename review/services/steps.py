"""What a worker reads before a step and stores after it. Storing begins with the fence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review import states
from review.bodies import pack_body, unpack_transcript
from review.crm.call_notes import note_scored
from review.errors import NoSuchCall
from review.models import (
    Call,
    CallLeg,
    Delivery,
    Recording,
    Source,
    SourceRoleChange,
    StandardVersion,
    StoredTranscript,
    WebAudio,
    utc_now,
)
from review.queries.corrections import read_edits, read_shown
from review.search.index import index_transcript
from review.services.assessments import append_assessment
from review.services.corrections_private import muted_by_hand
from review.services.hints import Hints, gather_hints
from review.services.scoring_facts import gather_facts
from review.services.sealed import Sealed, keep_sealed
from review.services.sources import source_language, source_standard
from review.services.standards import find_standard
from review.speech_rank import rank_of_transcript
from review.states import Claim, Step
from review.upsert import insert_new
from review.webhooks.facts import show_and_tell
from scoring.assessment import Assessment
from scoring.facts import Facts
from scoring.standards import Standard
from transcription.redaction import MuteSpan
from transcription.transcript import Transcript


class NoTranscript(RuntimeError):
    """A call is to be scored that has no transcript: its row was changed by something else than the steps."""

    def __init__(self, call_id: int) -> None:
        super().__init__(f"call {call_id} has no transcript to score")
        self.call_id = call_id


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file in the store: its hash (AudioStore.path finds it) and the sender's name for it."""

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class TranscribeWork:
    """Everything transcribing needs to know. `legs` holds one file, or two with one side each, or none.

    `channel_roles` names the roles of channel 0 and 1 (of the legs, when there are two); None while nobody has said
    so, when the usual order holds unless the words speak against it. `imported` is a transcript
    that came with the call and is used instead of an engine. `engine` None: the installation's. `again`: the call has
    a transcript, and a better one is wanted. `muted` is what must be silent because of people's corrections.
    """

    call_id: int
    legs: tuple[KeptFile, ...]
    imported: KeptFile | None
    language: str | None
    direction: str | None
    channel_roles: tuple[str, str] | None
    hints: Hints = field(default_factory=Hints)
    engine: str | None = None
    accuracy: Literal["normal", "high"] = "normal"
    again: bool = False
    muted: tuple[MuteSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreWork:
    """Everything scoring needs to know; `judge_by` is the version of `standard` (a name) that is in use now."""

    call_id: int
    transcript: Transcript
    standard: str
    judge_by: Standard
    transcript_id: int
    facts: Facts
    legs: tuple[KeptFile, ...] = ()
    muted: tuple[MuteSpan, ...] = ()  # what must be silent in the playable audio because of people's corrections


@dataclass(frozen=True, slots=True)
class Stored:
    """A step's result is in the rows; `next` is the step that is ready now, for ringing after the commit."""

    next: Step | None


def load_for_transcribe(
    session: Session, call_id: int, *, default_language: str | None = None, company_names: tuple[str, ...] = ()
) -> TranscribeWork:
    """What to transcribe and how.

    The call's own language counts first, then its queue's, then its source's, then the default. A language that was
    only heard in an earlier transcript is heard anew: the better model may tell it better.
    """
    call = _call(session, call_id)
    source = session.scalar(select(Source).where(Source.name == call.source))
    imported = session.get(Recording, call.transcript_sha256) if call.transcript_sha256 else None
    return TranscribeWork(
        call_id=call_id,
        legs=_legs(session, call_id),
        imported=KeptFile(imported.sha256, imported.first_name) if imported else None,
        language=_said_language(session, call_id)
        or (source_language(source, call.queue) if source else None)
        or default_language,
        direction=call.direction,
        channel_roles=_channel_roles(session, source),
        hints=gather_hints(session, call, source, company_names=company_names),
        engine=source.engine if source else None,
        accuracy="high" if source is not None and source.accuracy == "high" else "normal",
        again=session.scalar(select(StoredTranscript.id).where(StoredTranscript.call_id == call_id).limit(1))
        is not None,
        muted=muted_by_hand(read_edits(session, call_id)),
    )


def _said_language(session: Session, call_id: int) -> str | None:
    """The call's language where somebody said it; None where it is not known or only an engine heard it."""
    language = session.scalar(select(Call.language).where(Call.id == call_id))
    heard = session.scalars(select(StoredTranscript.language).where(StoredTranscript.call_id == call_id)).all()
    said = session.scalars(select(Delivery.facts).where(Delivery.call_id == call_id)).all()
    only_heard = language in heard and said and not any(facts.get("language") for facts in said)
    return None if only_heard else language


def _channel_roles(session: Session, source: Source | None) -> tuple[str, str] | None:
    """The source's order of channels where somebody set it or it was learned; None for the default nobody touched."""
    if source is None:
        return None
    if source.rep_channel == 1:
        return ("client", "rep")
    changed = session.scalar(select(SourceRoleChange.id).where(SourceRoleChange.source == source.name).limit(1))
    return ("rep", "client") if changed is not None else None


def store_transcript(
    session: Session, claim: Claim, transcript: Transcript, reason: str | None, sealed: Sealed | None = None
) -> Stored | None:
    """Keep a new transcript beside earlier ones and make it the one shown and searched; `reason`: why this engine.

    The transcript is masked already (review.privacy); `sealed` is what its masks hide (see services.sealed).
    A partial recording is shown but not scored until a person says so. None: the claim was lost, nothing was stored.
    """
    call_id = claim.call_id
    may_score = not transcript.quality.partial or bool(
        session.scalar(select(Call.score_partial).where(Call.id == call_id))
    )
    if not states.finish(session, claim, done=None if may_score else "scored"):
        return None
    said_language = _said_language(session, call_id)
    number = session.scalar(select(func.max(StoredTranscript.number)).where(StoredTranscript.call_id == call_id)) or 0
    data = transcript.to_json()
    row = StoredTranscript(
        call_id=call_id,
        number=number + 1,
        engine=transcript.engine,
        model=transcript.model,
        reason=reason,
        language=transcript.language,
        draft=transcript.draft,
        duration=transcript.duration,
        quality=data["quality"],
        body=pack_body(data),
    )
    session.add(row)
    session.flush()
    if sealed is not None:
        keep_sealed(session, call_id, row.id, sealed)
    # What people corrected before is laid over the new words as far as it fits them.
    index_transcript(session, call_id, read_shown(session, call_id, Transcript.from_json(data), row.id))
    values: dict[str, Any] = {
        "duration": transcript.duration,
        "partial": transcript.quality.partial,
        "draft": transcript.draft,
        "speech_rank": rank_of_transcript(transcript.engine, transcript.model, draft=transcript.draft),
    }
    if not may_score:
        values |= {"score_state": "not_scored", "score_final": None, "coverage": None, "assessment_id": None}
    if transcript.language and said_language is None:
        values["language"] = transcript.language
    _set(session, call_id, **values)
    session.flush()
    return Stored("score" if may_score else None)


def load_for_score(
    session: Session,
    call_id: int,
    *,
    default_standard: str | None = None,
    company_names: tuple[str, ...] = (),
    judge_by: Standard | None = None,
) -> ScoreWork:
    """The newest transcript with the standard and the facts to judge it by. Raises NoTranscript, StandardNotFound.

    The queue's standard counts first, then its source's, then `default_standard`, then the one that ships as default;
    `judge_by` comes before all of them.
    """
    call = _call(session, call_id)
    newest = _newest_transcript(session, call_id)
    source = session.scalar(select(Source).where(Source.name == call.source))
    if judge_by is None:
        judge_by = find_standard(session, (source_standard(source, call.queue) if source else None) or default_standard)
    return ScoreWork(
        call_id=call_id,
        transcript=read_shown(session, call_id, unpack_transcript(newest.body), newest.id),
        standard=judge_by.name,
        judge_by=judge_by,
        transcript_id=newest.id,
        facts=gather_facts(session, call, company_names=company_names),
        legs=_legs(session, call_id),
        muted=muted_by_hand(read_edits(session, call_id)),
    )


def _legs(session: Session, call_id: int) -> tuple[KeptFile, ...]:
    legs = session.scalars(select(CallLeg).where(CallLeg.call_id == call_id).order_by(CallLeg.position))
    return tuple(KeptFile(leg.sha256, leg.original_name) for leg in legs)


def store_assessment(session: Session, claim: Claim, assessment: Assessment, standard_text: str) -> Stored | None:
    """Keep a new assessment beside earlier ones and show it; `standard_text` is the YAML it was made with.

    None: the claim was lost, nothing was stored.
    """
    if not states.finish(session, claim):
        return None
    call_id = claim.call_id
    data = assessment.to_json()
    insert_new(
        session,
        StandardVersion,
        ("name", "version"),
        name=data["standard"],
        version=data["version"],
        text=standard_text,
        first_used_at=utc_now(),
    )
    made = append_assessment(session, call_id, _newest_transcript(session, call_id).id, data)
    show_and_tell(session, call_id, made, data)
    note_scored(session, call_id)
    return Stored(None)


def note_web_audio(session: Session, call_id: int, folder: str, duration: float | None) -> None:
    """Remember that the playable audio and its peaks are in `folder` (relative to the data folder)."""
    made = insert_new(
        session, WebAudio, ("call_id",), call_id=call_id, folder=folder, duration=duration, made_at=utc_now()
    )
    if made is None:
        session.execute(
            update(WebAudio)
            .where(WebAudio.call_id == call_id)
            .values(folder=folder, duration=duration, made_at=utc_now())
            .execution_options(synchronize_session=False)
        )


def _call(session: Session, call_id: int) -> Call:
    call = session.get(Call, call_id)
    if call is None:
        raise NoSuchCall(call_id)
    return call


def _newest_transcript(session: Session, call_id: int) -> StoredTranscript:
    found = session.scalar(
        select(StoredTranscript)
        .where(StoredTranscript.call_id == call_id)
        .order_by(StoredTranscript.number.desc())
        .limit(1)
    )
    if found is None:
        raise NoTranscript(call_id)
    return found


def _set(session: Session, call_id: int, **values: object) -> None:
    session.execute(
        update(Call).where(Call.id == call_id).values(**values).execution_options(synchronize_session=False)
    )

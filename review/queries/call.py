"""The call page: facts, transcript, assessment, the standard's words, client card and neighbours of one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, WebAudio
from review.outside.hiding import Hiding, hiding_of
from review.queries.call_parts import (
    AssessmentVersion,
    DeliveryRow,
    Leg,
    TranscriptVersion,
    read_assessments,
    read_deliveries,
    read_legs,
    read_standard,
    read_transcripts,
)
from review.queries.call_rows import CallFlags, CallRow, call_fields, read_call_row, select_calls
from review.queries.client import read_client_calls
from review.queries.client_facts import make_timeline, read_client_facts
from review.queries.corrections import read_edits
from review.queries.crm_rows import ClientSummary, DealRow, TaskRow, TimelineItem
from review.queries.keyset import newer_than, older_than
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.corrections_layer import Layer, lay
from scoring.standards import StandardText
from transcription.transcript import Transcript

TIMELINE_SHOWN: Final = 12  # the client's last moments, beside the call
CALLS_IN_TIMELINE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail(CallRow):
    """Everything the call page shows: all of CallRow, and what follows.

    `transcript` and `assessment` are the contract's JSON objects (docs: contracts, schema 1); None until made. The
    transcript is the newest one with people's corrections laid over it; `layer` says which turns those changed.
    """

    attempts: int
    updated_at: datetime
    transcript: dict[str, Any] | None
    transcripts: tuple[TranscriptVersion, ...]  # newest first
    layer: Layer | None  # None while nobody has corrected anything
    assessment: dict[str, Any] | None
    assessments: tuple[AssessmentVersion, ...]  # newest first
    standard: StandardText | None  # the assessment's standard in the viewer's language; None while there is none
    legs: tuple[Leg, ...]
    deliveries: tuple[DeliveryRow, ...]
    audio_ready: bool  # the web copy and its peaks are made
    client: ClientSummary | None
    deal: DealRow | None  # the deal the call belongs to
    deals: tuple[DealRow, ...]  # all deals of the client, open first
    next_task: TaskRow | None
    timeline: tuple[TimelineItem, ...]  # the client's last moments, newest first, this call among them
    newer_id: int | None  # the next newer call the viewer may see
    older_id: int | None  # the next older one

    @property
    def has_audio(self) -> bool:
        """True when a recording was kept (an imported transcript may come without one)."""
        return bool(self.legs)

    @property
    def rescoring(self) -> bool:
        """True while the shown scores are of older words than the shown ones, and new scores are on their way."""
        return self.assessment is not None and self.phase == "scoring"

    @property
    def engine_reason(self) -> str | None:
        """Why the shown transcript's engine was chosen; while waiting for a model, why none could be."""
        if self.transcripts:
            return self.transcripts[0].reason
        return self.engine_wait.reason if self.engine_wait else None


def get_call(session: Session, viewer: Viewer, call_id: int, *, whole: bool = True) -> CallDetail | None:
    """The whole page; None when there is no such call or the viewer may not see it. The same few statements for any.

    Without `whole` the facts and the judgement alone: no transcript, recordings, client card or neighbours.
    Of a call the viewer is to judge blind everything the machine thinks is left out: see `veil`.
    """
    row = session.execute(
        select_calls(viewer)
        .add_columns(Call.deal_id, Call.assessment_id, Call.attempts, Call.updated_at)
        .where(Call.id == call_id, visible_calls(viewer))
    ).one_or_none()
    if row is None:
        return None
    assessments, assessment = read_assessments(session, call_id, row.assessment_id)
    standard = read_standard(session, assessment, viewer.language)
    if not whole:
        known = call_fields(row) | {"attempts": row.attempts, "updated_at": row.updated_at}
        judged = CallDetail(**known, **_NOTHING, assessment=assessment, assessments=assessments, standard=standard)
        if viewer.is_outsider:
            judged = replace(judged, assessment=hiding_of(session, call_id).in_json(assessment))
        return veil(judged) if judged.veiled else judged
    transcripts, transcript = read_transcripts(session, call_id)
    edits = read_edits(session, call_id)
    layer = lay(Transcript.from_json(transcript), transcripts[0].id, edits) if transcript and edits else None
    facts = None if row.client_id is None else read_client_facts(session, row.client_id)
    deals = facts.deals if facts else ()
    found = CallDetail(
        **call_fields(row),
        attempts=row.attempts,
        updated_at=row.updated_at,
        transcript=layer.transcript.to_json() if layer else transcript,
        transcripts=transcripts,
        layer=layer,
        assessment=assessment,
        assessments=assessments,
        standard=standard,
        legs=read_legs(session, call_id),
        deliveries=read_deliveries(session, call_id),
        audio_ready=session.scalar(select(WebAudio.call_id).where(WebAudio.call_id == call_id)) is not None,
        client=facts.client if facts else None,
        deal=next((deal for deal in deals if deal.id == row.deal_id), None),
        deals=deals,
        next_task=next((task for task in facts.tasks if task.done_at is None), None) if facts else None,
        timeline=make_timeline(
            facts.client,
            facts.deals,
            facts.tasks,
            read_client_calls(session, viewer, facts.client.id, CALLS_IN_TIMELINE),
        )[:TIMELINE_SHOWN]
        if facts
        else (),
        newer_id=_neighbour(session, viewer, row.happened_at, call_id, newer=True),
        older_id=_neighbour(session, viewer, row.happened_at, call_id, newer=False),
    )
    if viewer.is_outsider:
        found = mask(found, hiding_of(session, call_id))
    return veil(found) if found.veiled else found


_NOTHING: Final[dict[str, Any]] = {
    **dict.fromkeys(("transcript", "layer", "client", "deal", "next_task", "newer_id", "older_id")),
    **dict.fromkeys(("transcripts", "legs", "deliveries", "deals", "timeline"), ()),
    "audio_ready": False,
}
"""What `get_call` leaves out of a call that is not read whole."""


def mask(call: CallDetail, hiding: Hiding) -> CallDetail:
    """The call as outsiders see it: no card, no deals, no story, no file names, and no name or address in its words.

    Sources and queues are often called after the company, and reasons are written by people. Who changed which words
    is left out as well: what stood there before would be one more place to read a name.
    """
    return replace(
        call,
        source=hiding.in_text(call.source),
        queue=hiding.in_text(call.queue) if call.queue else call.queue,
        loss_reason=hiding.in_text(call.loss_reason) if call.loss_reason else call.loss_reason,
        transcript=hiding.transcript.to_json() if hiding.transcript is not None else None,
        layer=None,
        assessment=hiding.in_json(call.assessment),
        client=None,
        deal=None,
        deals=(),
        next_task=None,
        timeline=(),
        legs=tuple(replace(leg, name="") for leg in call.legs),
        deliveries=(),
    )


def veil(call: CallDetail) -> CallDetail:
    """The call without anything the machine thinks of it: what a blind reviewer sees until they have submitted.

    Words, sound, times, measures, facts and promises stay; answers, points, outcomes, doubts, flags and every score go,
    also those of the client's other calls.
    """
    assessment: dict[str, Any] | None = None
    if call.assessment is not None:
        emptied: dict[str, Any] = {name: [] for name in ("criteria", "objections", "script", "parts", "summary")}
        assessment = {**call.assessment, **emptied, "rejection": None, "score": None}
    return replace(
        call,
        veiled=True,
        assessment=assessment,
        assessments=(),
        score_final=None,
        score_state=None,
        coverage=None,
        flags=CallFlags(),
        timeline=tuple(
            replace(item, call=replace(item.call, score_final=None)) if item.call is not None else item
            for item in call.timeline
        ),
    )


def get_call_row(session: Session, viewer: Viewer, call_id: int) -> CallRow | None:
    """The call as a list shows it, by one statement: enough for its state. None as for `get_call`."""
    row = session.execute(select_calls(viewer).where(Call.id == call_id, visible_calls(viewer))).one_or_none()
    return None if row is None else read_call_row(row)


def _neighbour(session: Session, viewer: Viewer, at: datetime, call_id: int, *, newer: bool) -> int | None:
    query = select(Call.id).where(visible_calls(viewer)).limit(1)
    if newer:
        query = query.where(newer_than(at, call_id)).order_by(Call.happened_at.asc(), Call.id.asc())
    else:
        query = query.where(older_than(at, call_id)).order_by(Call.happened_at.desc(), Call.id.desc())
    return session.scalar(query)

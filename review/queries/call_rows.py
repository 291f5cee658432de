"""One call as a line of a list: the row shared by the inbox, search hits, the client card and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, literal, select

from review.models import Call, Client, LossReason, Rep, Team
from review.queries.blind import is_veiled
from review.queries.viewer import Viewer
from review.text.phones import display_phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a call stopped: what happened, what was kept, what to do."""

    code: str
    message: str
    kept: str
    advice: str
    step: str  # transcribe or score; empty when unknown

    @classmethod
    def from_json(cls, data: Any) -> Failure | None:
        """From the call's `failure` column; None when the call has not failed."""
        if not isinstance(data, dict):
            return None
        return cls(**{name: str(data.get(name) or "") for name in ("code", "message", "kept", "advice", "step")})


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineWait:
    """Why a call waits for a speech model, and what to do about it."""

    reason: str
    advice: str

    @classmethod
    def from_json(cls, data: Any) -> EngineWait | None:
        """From the call's `engine_wait` column; None when it does not wait."""
        if not isinstance(data, dict):
            return None
        return cls(reason=str(data.get("reason") or ""), advice=str(data.get("advice") or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFlags:
    """What the machine wants a person to look at; counted once when the assessment is stored."""

    objections: int = 0  # objection episodes found
    objections_missed: int = 0  # of those, mishandled or ignored
    wrongly_rejected: str | None = None  # band of "possibly closed wrongly": high, middle or low
    cannot_judge: float | None = None  # 0..1, share of criteria the machine could not judge

    @property
    def any(self) -> bool:
        """True when there is something to look at: a missed objection, or a closing that may be wrong."""
        return self.objections_missed > 0 or self.wrongly_rejected in ("high", "middle")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call in a list. Times are aware UTC; `duration` in seconds; scores 0..100 (plus bonus); shares 0..1."""

    id: int
    source: str
    external_id: str
    direction: str | None  # inbound, outbound or None
    started_at: datetime  # when the call began; when it arrived, if nobody said
    started_known: bool  # False: `started_at` is the time of arrival
    duration: float | None
    rep_id: int | None
    rep_name: str | None  # the rep's name, else the name as delivered
    team_id: int | None
    team_name: str | None
    client_id: int | None
    client_name: str | None
    client_company: str | None
    client_phone: str | None  # E.164, or as delivered
    queue: str | None
    state: str  # the row's state; see `phase` for the user's word
    progress: float  # 0..1 of the step that runs
    failure: Failure | None
    engine_wait: EngineWait | None
    partial: bool  # part of the audio could not be read
    draft: bool  # transcribed by a stand-in engine
    score_final: float | None
    score_state: str | None  # scored, not_scored or None while there is no assessment
    coverage: float | None
    flags: CallFlags
    disposition: str | None
    loss_reason: str | None  # the reason's name, else as delivered
    language: str | None
    created_at: datetime
    result: str | None = None  # whether somebody answered, one of CALL_RESULTS; None where nobody said
    veiled: bool = False  # the viewer is to judge it blind: score, flags and all the machine thinks are left out

    @property
    def phase(self) -> str:
        """The state in the user's words: queued, transcribing, scoring, ready, needs_model, no_audio or failed."""
        return PHASE_OF_STATE.get(self.state, self.state)

    @property
    def unanswered(self) -> str | None:
        """What became of a call nobody took: missed (a client called in vain), or telephony's word; None otherwise."""
        if self.result in (None, "answered"):
            return None
        return "missed" if self.direction == "inbound" else self.result

    @property
    def who(self) -> str:
        """The other side of the call: "name, company", else the phone number, else an empty string."""
        names = [part for part in (self.client_name, self.client_company) if part]
        return ", ".join(names) if names else self.phone

    @property
    def phone(self) -> str:
        """The client's number as people write it; empty when unknown."""
        return display_phone(self.client_phone)

    @property
    def settled(self) -> bool:
        """True when nothing more will happen by itself, so that a page need not ask again."""
        return self.state in ("scored", "dead", "no_audio", "needs_model")

    @property
    def can_retry(self) -> bool:
        """True when a person can send the call round again."""
        return self.state in ("dead", "needs_model")


PHASES: Final[dict[str, tuple[str, ...]]] = {
    "queued": ("received",),
    "transcribing": ("transcribing",),
    "scoring": ("transcribed", "scoring"),
    "ready": ("scored",),
    "needs_model": ("needs_model",),
    "no_audio": ("no_audio",),
    "failed": ("dead",),
}
"""The user's word for a state -> the states of the row behind it, in the order a call walks through them."""

PHASE_OF_STATE: Final[dict[str, str]] = {state: phase for phase, states in PHASES.items() for state in states}


def select_calls(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """A statement giving every column `read_call_row` needs, with the names joined in; add conditions and an order.

    `viewer` decides which calls are veiled, not which are found: add `visible_calls`.
    """
    return (
        select(
            Call.id,
            Call.source,
            Call.external_id,
            Call.direction,
            Call.started_at,
            Call.happened_at,
            Call.duration,
            Call.rep_id,
            Call.rep_name.label("rep_as_delivered"),
            Rep.name.label("rep_name"),
            Rep.team_id,
            Team.name.label("team_name"),
            Call.client_id,
            Client.name.label("client_name"),
            Client.company.label("client_company"),
            Call.client_phone,
            Call.queue,
            Call.state,
            Call.progress,
            Call.failure,
            Call.engine_wait,
            Call.partial,
            Call.draft,
            Call.score_final,
            Call.score_state,
            Call.coverage,
            Call.objections,
            Call.objections_missed,
            Call.wrongly_rejected,
            Call.cannot_judge,
            Call.disposition,
            Call.loss_reason,
            LossReason.name.label("loss_reason_name"),
            Call.language,
            Call.created_at,
            Call.result,
            is_veiled(viewer).label("veiled"),
            literal(viewer.is_outsider).label("masked"),
        )
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .outerjoin(Client, Client.id == Call.client_id)
        .outerjoin(LossReason, LossReason.code == Call.loss_reason)
    )


def call_fields(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """The values of a CallRow from one line of `select_calls`; of a veiled call without the machine's judgement.

    To an outsider it is a call without names, numbers and the sender's own name for it, which often is a number.
    """
    judged = {"score_final": None, "score_state": None, "coverage": None, "flags": CallFlags()}
    if not row.veiled:
        judged = {
            "score_final": row.score_final,
            "score_state": row.score_state,
            "coverage": row.coverage,
            "flags": CallFlags(
                objections=row.objections,
                objections_missed=row.objections_missed,
                wrongly_rejected=row.wrongly_rejected,
                cannot_judge=row.cannot_judge,
            ),
        }
    failure = Failure.from_json(row.failure)
    if row.masked and failure is not None:  # its words name files, and files are named after people and numbers
        failure = Failure(code=failure.code, message="", kept="", advice="", step=failure.step)
    people = dict.fromkeys(("rep_name", "client_id", "client_name", "client_company", "client_phone"))
    if not row.masked:
        people = {
            "rep_name": row.rep_name or row.rep_as_delivered,
            "client_id": row.client_id,
            "client_name": row.client_name,
            "client_company": row.client_company,
            "client_phone": row.client_phone,
        }
    return {
        **judged,
        **people,
        "id": row.id,
        "source": row.source,
        "external_id": "" if row.masked else row.external_id,
        "direction": row.direction,
        "started_at": row.happened_at,
        "started_known": row.started_at is not None,
        "duration": row.duration,
        "rep_id": row.rep_id,
        "team_id": row.team_id,
        "team_name": row.team_name,
        "queue": row.queue,
        "state": row.state,
        "progress": row.progress,
        "failure": failure,
        "engine_wait": EngineWait.from_json(row.engine_wait),
        "partial": row.partial,
        "draft": row.draft,
        "disposition": row.disposition,
        "loss_reason": row.loss_reason_name or row.loss_reason,
        "language": row.language,
        "created_at": row.created_at,
        "result": row.result,
        "veiled": bool(row.veiled),
    }


def read_call_row(row: Row[*tuple[Any, ...]]) -> CallRow:
    """One CallRow from one line of `select_calls`.

    To an outsider a loss reason only by the name the CRM has for it: whoever wrote another may have written of people.
    """
    fields = call_fields(row)
    return CallRow(**fields | ({"loss_reason": row.loss_reason_name} if row.masked else {}))

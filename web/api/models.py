"""The shapes the API takes and gives, as its reference shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, ConfigDict, Field, field_validator

from review.queries.call_rows import PHASE_OF_STATE, PHASES
from review.queries.keyset import read_mark


class CallForm(BaseModel):
    """One call: one or two recordings, or a transcript, and what is known about it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: FileStorage = Field(
        description="The recording, or the first of two legs (the rep's unless the source says otherwise)."
    )
    file2: FileStorage | None = Field(None, description="The second leg when each side was recorded by itself.")
    transcript: FileStorage | None = Field(
        None, description="A transcript made elsewhere: Whisper, WhisperX or AWS Transcribe JSON, VTT or SRT."
    )
    facts: str | None = Field(None, description="The facts below as one JSON object instead of one field each.")
    source: str | None = Field(None, description="Which telephone system the call comes from; default `api`.")
    external_id: str | None = Field(None, description="The call's id at its source; a repeat gives the existing call.")
    direction: Literal["inbound", "outbound"] | None = None
    started_at: str | None = Field(None, description="ISO 8601 with a zone, e.g. 2026-11-20T10:30:00+01:00.")
    rep: str | None = Field(None, description="Name, extension or e-mail address of the rep.")
    client_phone: str | None = None
    queue: str | None = None
    disposition: Literal["open", "won", "closed_lost", "unqualified"] | None = None
    loss_reason: str | None = None
    language: str | None = Field(None, description="en, ru, ko, zh, ...; leave it out when unknown.")
    client: str | None = Field(None, description="The client's id in the CRM.")
    deal: str | None = Field(None, description="The deal's id in the CRM.")
    result: Literal["answered", "not_answered", "busy", "failed", "voicemail"] | None = None
    talk_seconds: int | None = Field(None, description="Whole seconds from the answer on.")


class CallTaken(BaseModel):
    """The call that was made, or that was there already."""

    id: int
    created: bool = Field(description="False when the same call had been delivered before.")
    state: str
    url: str = Field(description="Where to read the call; also in the Location header.")
    recording_differs: bool = Field(
        description="True when the call was here with another recording: the one sent now is kept under the call's "
        "number, and the call goes by the first one."
    )


class CallQuery(BaseModel):
    """Which calls to list, newest first. What cannot be understood is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)
    state: str | None = Field(None, description="A state of the call, e.g. scored, dead, needs_model.")
    source: str | None = None
    direction: Literal["inbound", "outbound"] | None = None
    disposition: str | None = None
    language: str | None = None
    rep_id: int | None = None
    client_id: int | None = None
    date_from: date | None = None
    date_to: date | None = None

    @field_validator("after")
    @classmethod
    def _is_a_mark(cls, value: str | None) -> str | None:
        if value and read_mark(value) is None:
            raise ValueError("send `next` of the page before, unchanged")
        return value

    @field_validator("state")
    @classmethod
    def _is_a_state(cls, value: str | None) -> str | None:
        if value is not None and value not in PHASES and value not in PHASE_OF_STATE:
            raise ValueError(f"use one of {', '.join(dict.fromkeys([*PHASE_OF_STATE, *PHASES]))}")
        return value


class CallPath(BaseModel):
    """Which call."""

    call_id: int = Field(ge=1, le=2**63 - 1)


class CallLine(BaseModel):
    """One call in a list. Times are UTC, `duration` in seconds, scores 0..100, shares 0..1."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    source: str
    external_id: str
    direction: str | None
    started_at: datetime
    started_known: bool = Field(description="False: nobody said when the call began, and this is when it arrived.")
    duration: float | None
    rep_id: int | None
    rep_name: str | None
    client_id: int | None
    client_name: str | None
    client_phone: str | None
    queue: str | None
    state: str
    progress: float
    partial: bool = Field(description="Part of the audio could not be read.")
    draft: bool = Field(description="Transcribed by a stand-in engine.")
    score_final: float | None
    score_state: str | None
    coverage: float | None
    disposition: str | None
    loss_reason: str | None
    language: str | None
    result: str | None = Field(
        default=None, description="answered, not_answered, busy, failed, voicemail, or null where nobody said."
    )
    created_at: datetime


class CallPage(BaseModel):
    """One page of calls."""

    calls: list[CallLine]
    next: str | None = Field(description="Send it as `after` for the next page; null on the last.")


class FailureOut(BaseModel):
    """Why a call stopped."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    message: str
    kept: str
    advice: str
    step: str


class CallOut(CallLine):
    """One call with its transcript and assessment; null until they are made."""

    failure: FailureOut | None
    transcript: dict[str, Any] | None = Field(description="The transcript, schema 1 of the contract.")
    assessment: dict[str, Any] | None = Field(description="The newest assessment, schema 1 of the contract.")

"""What a closed lead's judgement is made of: its calls, the CRM's facts, and the reasons found; no database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One reason for or against, with its weight in log-odds (always positive).

    `why` is the scorer's sentence where the reason was heard in a call, else empty: then the id and `facts` (plain
    JSON values, times in ISO 8601) say it. `evidence` is a quote of the call `call_id` in the contract's form.
    """

    id: str
    weight: float
    why: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] | None = None
    call_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "id": self.id,
            "weight": self.weight,
            "why": self.why,
            "facts": dict(self.facts),
            "evidence": None if self.evidence is None else dict(self.evidence),
            "call": self.call_id,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Found:
        """Read back what `to_json` wrote."""
        return cls(
            id=str(data["id"]),
            weight=float(data["weight"]),
            why=str(data.get("why") or ""),
            facts=dict(data.get("facts") or {}),
            evidence=data.get("evidence"),
            call_id=data.get("call"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one conversation says of the closing. `log_odds` is beyond the prior; `by` names a learned judge, if any."""

    call_id: int
    key: str  # of the words and facts it was judged by
    log_odds: float
    reasons: tuple[Found, ...]
    against: tuple[Found, ...]
    excluded: str | None
    by: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is stored: the same key is not judged again."""
        return {
            "call": self.call_id,
            "key": self.key,
            "log_odds": self.log_odds,
            "reasons": [reason.to_json() for reason in self.reasons],
            "against": [reason.to_json() for reason in self.against],
            "excluded": self.excluded,
            "by": self.by,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Heard:
        """Read back what `to_json` wrote."""
        return cls(
            call_id=int(data["call"]),
            key=str(data["key"]),
            log_odds=float(data["log_odds"]),
            reasons=tuple(map(Found.from_json, data["reasons"])),
            against=tuple(map(Found.from_json, data["against"])),
            excluded=data.get("excluded"),
            by=str(data.get("by") or ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTry:
    """One call with the client, reached or not; `ended` is when it was over, as far as known."""

    call_id: int
    at: datetime
    ended: datetime
    inbound: bool = False
    conversation: bool = False  # both spoke
    recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTask:
    """A task of the CRM on the lead."""

    title: str
    due: datetime | None
    done: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """All that is known of one closed lead. Times are aware; `tries` in the order they were made.

    `heard` are its last conversations, the last first. `says_nothing`: the loss reason is empty or "other".
    `unreachable`: the loss reason says the client was not reached, or none is given. `duplicate` and `other_deal`
    (the title of another deal of this client that is open or won) exclude; `refused_number`: it may not be called.
    """

    now: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    says_nothing: bool = False
    unreachable: bool = False
    loss_reason: str = ""
    tries: tuple[CallTry, ...] = ()
    heard: tuple[Heard, ...] = ()
    tasks: tuple[LeadTask, ...] = ()
    mails: tuple[datetime, ...] = ()  # sent to the client
    crm: bool = True  # whether a deal tells of it: without one, tasks and stages are not known
    refused_number: bool = False
    duplicate: bool = False
    other_deal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Of one lead: 0..1 that a reviewer agrees it was closed wrongly, with its reasons, the strongest first."""

    probability: float
    band: str  # high, middle or low
    reasons: tuple[Found, ...]
    against: tuple[Found, ...]
    excluded: str | None
    facts: LeadFacts

    @property
    def by(self) -> str:
        """The learned judge of the last conversation; empty where the rules judged."""
        return self.facts.heard[0].by if self.facts.heard else ""

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the lead."""
        return {
            "schema": 1,
            "probability": round(self.probability, 4),
            "band": self.band,
            "excluded": self.excluded,
            "reasons": [reason.to_json() for reason in self.reasons],
            "against": [reason.to_json() for reason in self.against],
            "calls": [heard.to_json() for heard in self.facts.heard],
            "tries": len(self.facts.tries),
            "conversations": sum(one.conversation for one in self.facts.tries),
            "loss_reason": self.facts.loss_reason,
            "by": self.by,
        }

"""Verdicts: recording what a person decides about an answer, an objection's outcome or "closed wrongly".

A verdict is appended, never overwritten; the newest stands. It outranks the machine on the page and in the shown
score, which is added up anew here; the machine's own answer stays beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.errors import ReviewError
from review.learning.shown import VerdictRow, answers_of, read_verdicts, refresh_call, standard_of
from review.models import LabelRequest, StoredAssessment, User, Verdict, utc_now
from review.performance.results import keep_machine
from review.privacy import make_private
from review.queries.corrections import read_layer
from review.services.audit import record
from review.services.corrections import lock_call
from scoring.standards import Standard
from transcription.transcript import Transcript, Turn

OUTCOMES: Final = ("handled", "partial", "mishandled", "ignored", "none")  # none: that was no objection
REJECTIONS: Final = ("wrong", "right", "not_sure")
_BANDS: Final = {"high": "wrong", "middle": "not_sure", "low": "right"}
LONGEST_REASON: Final = 2000  # characters
DRAWN: Final = {"random": "random", "margin": "risk", "disagreement": "risk"}


class VerdictRefused(ReviewError):
    """A verdict that cannot be stored; nothing was. `field` is the part that is wrong."""

    code = "verdict_refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person saw it: a turn of the shown transcript, and seconds within it."""

    turn: int
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored verdict, and the assessment as it is shown now (the contract's JSON)."""

    verdict: VerdictRow
    shown: dict[str, Any]


def record_verdict(
    session: Session,
    call_id: int,
    user_id: int,
    *,
    target: str,
    answer: str,
    kind: str = "criterion",
    reason: str = "",
    place: Place | None = None,
    assessment_id: int | None = None,
    closing_band: str | None = None,
) -> Recorded:
    """Store one verdict on the call's shown assessment; audited in the same transaction.

    `assessment_id` is the assessment the person was reading: when another is shown by now, nothing is stored. An answer
    that differs from the machine's needs a reason. `closing_band` is what the machine says of the closing of the call's
    lead, where the call was scored before the lead was closed. Raises NoSuchCall, VerdictRefused.
    """
    call = lock_call(session, call_id)
    stored = session.get(StoredAssessment, call.assessment_id) if call.assessment_id is not None else None
    if stored is None:
        raise VerdictRefused("target", "This call has no assessment yet, so there is nothing to decide.")
    if assessment_id is not None and assessment_id != stored.id:
        raise VerdictRefused("assessment", "The call was scored again since you opened it. Nothing was stored.")
    assessment = unpack_body(stored.body)
    standard = standard_of(session, stored.standard, stored.version)
    asked = assessment
    if kind == "rejection" and closing_band is not None and not assessment.get("rejection"):
        asked = {**assessment, "rejection": {"band": closing_band}}
    machine = _machine_answer(asked, standard, kind, target, answer)
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise VerdictRefused("reason", f"A reason can have {LONGEST_REASON} characters. Nothing was stored.")
    # Of a closing the answer alone says much; of a criterion the reason is what the rep learns by.
    if kind != "rejection" and machine is not None and machine != answer and not reason:
        raise VerdictRefused("reason", "Say in a few words why: the rep reads it, and models learn by it.")
    user = session.get(User, user_id)
    row = Verdict(
        call_id=call_id,
        assessment_id=stored.id,
        transcript_id=stored.transcript_id,
        standard=stored.standard,
        version=stored.version,
        kind=kind,
        target=target,
        machine=machine,
        answer=answer,
        confirmed=machine == answer,
        span=None if place is None else _span(session, call_id, place),
        reason=without_numbers(reason, call.language),
        user_id=user_id,
        reviewer=user.email if user else f"user {user_id}",
        drawn_by=_drawn_by(session, call_id, target) if kind == "criterion" else "chosen",
        packs=dict(assessment.get("packs") or {}),
        models=dict(assessment.get("models") or {}),
        created_at=utc_now(),
    )
    session.add(row)
    session.flush()
    # The reason stays out of the audit log: it may quote the client, and the verdict itself holds it.
    record(
        session,
        user_id,
        "verdict.confirmed" if row.confirmed else "verdict.changed",
        "call",
        call_id,
        verdict=row.id,
        kind=kind,
        target=target,
        machine=machine,
        answer=answer,
    )
    shown = refresh_call(session, call_id, assessment)
    keep_machine(session, call_id, assessment)
    return Recorded(read_verdicts(session, call_id)[-1], shown)


def _machine_answer(
    assessment: Mapping[str, Any], standard: Standard | None, kind: str, target: str, answer: str
) -> str | None:
    """What the machine says of the target; checks that the target exists and the answer is one of its answers."""
    if kind == "criterion":
        found = next((item for item in assessment.get("criteria") or [] if item["id"] == target), None)
        criteria = [] if standard is None else [c for section in standard.sections for c in section.criteria]
        criterion = next((item for item in criteria if item.id == target), None)
        if found is None or criterion is None:
            raise VerdictRefused("target", "There is no such criterion on this call's scorecard.")
        _check(answer, answers_of(criterion))
        return None if found["answer"] == "unanswered" else str(found["answer"])
    if kind == "objection":
        episodes = {f"turn-{item['client']['turn']}": item for item in assessment.get("objections") or []}
        if target not in episodes:
            raise VerdictRefused("target", "There is no objection at this turn.")
        _check(answer, OUTCOMES)
        return str(episodes[target]["outcome"])
    if kind == "rejection":
        rejection = assessment.get("rejection")
        if not rejection or target != "rejection":
            raise VerdictRefused("target", "This call's closing is not in question.")
        _check(answer, REJECTIONS)
        return "right" if rejection.get("excluded") else _BANDS.get(str(rejection.get("band")), "not_sure")
    raise VerdictRefused("kind", "A verdict is about a criterion, an objection or a rejection.")


def _check(answer: str, allowed: tuple[str, ...]) -> None:
    if answer not in allowed:
        raise VerdictRefused("answer", f"Answer one of: {', '.join(allowed)}. Nothing was stored.")


def _span(session: Session, call_id: int, place: Place) -> dict[str, Any]:
    """The place with the words that stand there: what a sender claims was said is not taken over."""
    layer = read_layer(session, call_id)
    if layer is None:
        raise VerdictRefused("span", "This call has no transcript.")
    shown = layer.transcript
    if not 0 <= place.turn < len(shown.turns):
        raise VerdictRefused("span", f"The call's turns are numbered 0 to {len(shown.turns) - 1}.")
    turn = shown.turns[place.turn]
    start = turn.start if place.start is None else place.start
    end = turn.end if place.end is None else place.end
    if start is not None and end is not None and not 0 <= start <= end:
        raise VerdictRefused("span", "A place ends after it begins.")
    return {"turn": place.turn, "start": start, "end": end, "quote": turn.text}


def _drawn_by(session: Session, call_id: int, target: str) -> str:
    """How the call came to be asked about: what the person says of it does not count."""
    why = session.scalar(select(LabelRequest.why).where(LabelRequest.call_id == call_id, LabelRequest.target == target))
    return DRAWN.get(why or "", "chosen")


def without_numbers(reason: str, language: str | None) -> str:
    """The reason with private numbers masked, as in a transcript: people quote clients in it."""
    if not any(sign.isdigit() for sign in reason):
        return reason
    return make_private(Transcript(turns=(Turn(role="rep", text=reason),), language=language)).transcript.turns[0].text

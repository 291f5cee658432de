"""What the new owner of a lead should know before calling: gathered from its calls, worded by the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Call, ObjectionEpisode, Segment, StoredAssessment
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.win_back.gather import LEAST_TURNS
from review.win_back.leads import LeadRow

HANDLED: Final = 3000  # merit from which on an answer was handled (services.episode_merit)
QUOTES: Final = 4
ANSWERS: Final = 2
HOURS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of the client, with the call they are of and its time."""

    quote: str
    call_id: int
    at: datetime
    start: float | None
    reason: str  # the id of the reason it is quoted for


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """An objection of the client's, and how the rep met it; `best` are answers that went well elsewhere."""

    kind: str
    quote: str
    outcome: str
    best: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefParts:
    """All of it. `spoke` are the times the client spoke with us; `next_contact` a day they named, if it is to come."""

    language: str | None
    said: tuple[Said, ...]
    met: tuple[Met, ...]
    wants: tuple[str, ...]
    spoke: tuple[datetime, ...]
    silent: tuple[datetime, ...]
    next_contact: date | None

    @property
    def quote(self) -> str:
        """The words to begin with: where the client wanted something, else what they said last of the closing."""
        wanted = next((one for one in self.said if one.reason == "buying_signal"), None)
        return (wanted or self.said[0]).quote if self.said else ""


def gather_brief(session: Session, viewer: Viewer, lead: LeadRow, now: datetime) -> BriefParts:
    """The parts of a lead's brief. Quotes are masked as everywhere; best answers are of calls this viewer may hear."""
    mine = [Call.deal_id == lead.deal_id] if lead.deal_id is not None else []
    if lead.client_id is not None:
        mine.append((Call.client_id == lead.client_id) & Call.deal_id.is_(None))
    mine.append(Call.id.in_([call for call in (lead.call_id, lead.last_call_id) if call is not None]))
    calls = session.execute(
        select(Call.id, Call.happened_at, Call.language, Call.assessment_id)
        .where(or_(*mine))
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(50)
    ).all()
    times = {call.id: call.happened_at for call in calls}
    spoken = _spoken(session, list(times))
    language = next((call.language for call in calls if call.language), None)
    assessments = _assessments(session, [call.assessment_id for call in calls if call.id in spoken][:3])
    return BriefParts(
        language=language,
        said=_said(lead, times),
        met=_met(session, viewer, [call.id for call in calls if call.id in spoken], language),
        wants=_wants(assessments),
        spoke=tuple(times[call] for call in sorted(spoken, key=lambda call: times[call], reverse=True)),
        silent=tuple(at for call, at in times.items() if call not in spoken),
        next_contact=_next_contact(assessments, now),
    )


def best_hours(times: tuple[datetime, ...]) -> tuple[int, ...]:
    """The hours at which the client spoke with us, the most frequent first; in the zone the times are in."""
    counted = Counter(at.hour for at in times)
    return tuple(sorted(counted, key=lambda hour: (-counted[hour], hour)))[:HOURS]


def _spoken(session: Session, ids: list[int]) -> set[int]:
    counted = (
        select(Segment.call_id)
        .where(Segment.call_id.in_(ids), Segment.role.not_in(("rep", "system")))
        .group_by(Segment.call_id)
        .having(func.count() >= LEAST_TURNS)
    )
    return set(session.scalars(counted))


def _said(lead: LeadRow, times: dict[int, datetime]) -> tuple[Said, ...]:
    """The client's own words among the reasons, then among what speaks against."""
    found: dict[str, Said] = {}
    for item in (*lead.reasons, *lead.against):
        words = item.evidence or {}
        if item.call_id in times and words.get("quote") and words.get("role") != "rep":
            said = Said(
                quote=str(words["quote"]),
                call_id=item.call_id,
                at=times[item.call_id],
                start=words.get("start"),
                reason=item.id,
            )
            found.setdefault(said.quote, said)
    return tuple(found.values())[:QUOTES]


def _met(session: Session, viewer: Viewer, calls: list[int], language: str | None) -> tuple[Met, ...]:
    """The objections of its last conversations, one of a kind, with the best answers to that kind in this language."""
    shown = func.coalesce(ObjectionEpisode.judged, ObjectionEpisode.outcome)
    rows = session.execute(
        select(ObjectionEpisode.type, ObjectionEpisode.quote, shown, Call.happened_at)
        .join(Call, Call.id == ObjectionEpisode.call_id)
        .where(ObjectionEpisode.call_id.in_(calls), shown != "none")
        .order_by(Call.happened_at.desc(), ObjectionEpisode.number.desc())
    ).all()
    met: dict[str, Met] = {}
    for kind, quote, outcome, _at in rows:
        if kind not in met and len(met) < QUOTES:
            met[kind] = Met(
                kind=kind, quote=quote, outcome=outcome, best=_best_answers(session, viewer, kind, language, calls)
            )
    return tuple(met.values())


def _best_answers(session: Session, viewer: Viewer, kind: str, language: str | None, own: list[int]) -> tuple[str, ...]:
    wanted = (
        select(ObjectionEpisode.answer)
        .join(Call, Call.id == ObjectionEpisode.call_id)
        .where(
            ObjectionEpisode.type == kind,
            ObjectionEpisode.merit >= HANDLED,
            ObjectionEpisode.answer.is_not(None),
            Call.language == language,
            Call.id.not_in(own),
            visible_calls(viewer),
        )
        .order_by(ObjectionEpisode.merit.desc(), ObjectionEpisode.id.desc())
        .limit(ANSWERS)
    )
    return tuple(str(answer) for answer in session.scalars(wanted))


def _assessments(session: Session, ids: list[int | None]) -> list[dict[str, Any]]:
    wanted = [number for number in ids if number is not None]
    bodies = dict(
        session.execute(select(StoredAssessment.id, StoredAssessment.body).where(StoredAssessment.id.in_(wanted))).all()
    )
    return [unpack_body(bodies[number]) for number in wanted if number in bodies]


def _wants(assessments: list[dict[str, Any]]) -> tuple[str, ...]:
    """What the client wanted, in the words of the last call that says so."""
    for body in assessments:
        found = [str(line["quote"]) for line in body.get("summary") or () if line.get("about") in ("why", "wants")]
        found = [quote for quote in found if quote and quote != "None"]
        if found:
            return tuple(dict.fromkeys(found))[:2]
    return ()


def _next_contact(assessments: list[dict[str, Any]], now: datetime) -> date | None:
    """A day the client named that is still to come."""
    for body in assessments:
        for fact in (*(body.get("facts_found") or ()), *(body.get("promises") or ())):
            text = fact.get("due") or (fact.get("value") if fact.get("id") == "next_contact" else None)
            try:
                day = date.fromisoformat(str(text)[:10])
            except ValueError:
                continue
            if day > now.date():
                return day
    return None

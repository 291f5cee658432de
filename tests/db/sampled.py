"""A small department for tests of sampling: reps, reviewers, a rule, and calls of last week with scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from review.bodies import pack_body
from review.models import Call, ObjectionEpisode, StandardVersion, StoredAssessment, StoredTranscript
from review.sampling.rules import RuleTerms, make_rule
from tests import factories

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
NOW = MONDAY + timedelta(days=8, hours=3)  # Tuesday of the week after


@dataclass(frozen=True)
class Department:
    """Ids of everybody."""

    anna: int  # reps
    boris: int
    vera: int  # reviewers
    wim: int
    lead: int


def open_department(session: Session) -> Department:
    """Two reps in a team, two reviewers, a quality lead."""
    team = factories.make_team(session, "North")
    return Department(
        anna=factories.make_rep(session, "Anna", team=team).id,
        boris=factories.make_rep(session, "Boris", team=team).id,
        vera=factories.make_user(session, "reviewer", name="Vera").id,
        wim=factories.make_user(session, "reviewer", name="Wim").id,
        lead=factories.make_user(session, "quality_lead", name="Lena").id,
    )


def scored_calls(session: Session, rep_id: int | None, count: int, at: datetime = MONDAY, **columns: Any) -> list[int]:
    """Calls of a rep an hour apart from `at` on, scored without a body."""
    return [scored_call(session, rep_id, at + timedelta(hours=n), **columns) for n in range(count)]


def scored_call(
    session: Session,
    rep_id: int | None,
    at: datetime,
    *,
    final: float | None = 80.0,
    raw: float | None = None,
    missed: tuple[tuple[str, float], ...] = (),
    standard: str = "cold-call",
    **columns: Any,
) -> int:
    """One of them; `missed` are ignored objections as (type, second)."""
    columns.setdefault("duration", 240.0)
    columns.setdefault("language", "en")
    call: Call = factories.make_call(session, rep_id=rep_id, happened_at=at, started_at=at, legs=0, **columns)
    words = StoredTranscript(call_id=call.id, number=1, quality={}, body=pack_body({}), draft=False)
    session.add(words)
    if session.get(StandardVersion, (standard, 1)) is None:
        session.add(StandardVersion(name=standard, version=1, text=""))
    session.flush()
    judged = StoredAssessment(
        call_id=call.id,
        transcript_id=words.id,
        standard=standard,
        version=1,
        raw=final if raw is None else raw,
        final=final,
        coverage=1.0,
        state="scored",
        body=pack_body({}),
    )
    session.add(judged)
    session.flush()
    call.state, call.assessment_id, call.score_final, call.coverage = "scored", judged.id, final, 1.0
    call.objections_missed = len(missed)
    for number, (kind, second) in enumerate(missed, start=1):
        session.add(
            ObjectionEpisode(
                call_id=call.id,
                number=number,
                type=kind,
                types=[kind],
                outcome="ignored",
                severity="high",
                reaction="resists",
                start=second,
                quote="",
                answer=None,
                moves=[],
                faults=[],
            )
        )
    session.flush()
    return call.id


def weekly_rule(session: Session, people: Department, **more: Any) -> int:
    """Three calls of each rep a week, a third by lot, to both reviewers in turn."""
    terms = RuleTerms(name="Weekly", per_rep=3, random_share=0.3, reviewers=(people.vera, people.wim))
    return make_rule(session, replace(terms, **more), by=people.lead)

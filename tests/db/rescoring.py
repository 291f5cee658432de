"""Scored calls for the tests of scoring again."""

from __future__ import annotations

from sqlalchemy import select

from review.db import Database
from review.models import Call, StoredAssessment
from review.services.steps import load_for_score, store_assessment
from review.states import claim_call
from scoring.engine import score
from tests.factories import make_call, store_words

GREETS = (("rep", "Good morning, this is Anna Hall from Acme. I'm calling about your new office."), ("client", "Yes?"))
PLAIN = (
    ("rep", "So what about the desks then, we have very many of them in every colour and every size you can think of."),
    ("client", "What desks? Who is speaking there?"),
    ("rep", "The desks in our list, they are all of oak and some of them are of pine, the list has forty pages."),
    ("client", "I see. Well, we have enough desks here at the moment."),
    ("rep", "Thank you for your time and have a nice day then."),
)


def scored_call(
    database: Database, *turns: tuple[str, str], source: str = "upload", standard: str | None = None
) -> int:
    """A call judged by its source's standard; its id."""
    with database.session() as session:
        call = make_call(session, source=source)
        store_words(session, call, *(turns or GREETS))
        call_id = call.id
    with database.session() as session:
        claim = claim_call(session, call_id, "score")
        assert claim is not None
        work = load_for_score(session, call_id, default_standard=standard)
        made = score(work.transcript, work.judge_by, work.facts)
        assert store_assessment(session, claim, made, work.judge_by.source_text) is not None
    return call_id


def assessments(database: Database, call_id: int) -> list[tuple[str, int]]:
    """Standard and version of a call's assessments, oldest first."""
    with database.read() as session:
        rows = session.execute(
            select(StoredAssessment.standard, StoredAssessment.version)
            .where(StoredAssessment.call_id == call_id)
            .order_by(StoredAssessment.id)
        )
        return [(row.standard, row.version) for row in rows]


def shown(database: Database, call_id: int) -> tuple[str, int]:
    """Standard and version of the assessment a call shows."""
    with database.read() as session:
        call = session.get_one(Call, call_id)
        row = session.get_one(StoredAssessment, call.assessment_id)
        return row.standard, row.version

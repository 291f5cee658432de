"""From the queue to the submitted evaluation: the assignment is done, its verdicts say how the call was drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from review.db import Database
from review.evaluations import open_evaluation
from review.evaluations.submitting import submit
from review.models import Assignment, Verdict
from review.queries.viewer import load_viewer
from review.sampling.drawing import draw_rule
from review.sampling.queue import count_open
from review.sampling.rules import RuleTerms, make_rule
from scoring.engine import score
from scoring.standards import load_standard
from tests import factories
from tests.db.sampled import MONDAY, NOW, open_department

WORDS = (
    ("rep", "Good morning, this is Anna from Northgate Vans."),
    ("client", "Hello, it is too expensive for us, I am afraid."),
    ("rep", "I see. What would you use the van for?"),
    ("client", "Moving furniture on weekdays."),
)


@pytest.mark.parametrize("standard", [None, "cold-call", "win-back"])
def test_a_drawn_call_is_scored_blind_and_its_verdicts_count_as_random(
    database: Database, standard: str | None
) -> None:
    with database.session() as session:
        people = open_department(session)
        call = factories.make_call(session, rep_id=people.anna, happened_at=MONDAY, started_at=MONDAY)
        factories.store_words(session, call, *WORDS)
        judged = score(factories.make_transcript(*WORDS), load_standard("cold-call"))
        factories.store_score(session, call, judged.to_json())
        terms = RuleTerms(name="x", percent=100.0, random_share=1.0, reviewers=(people.vera,), blind=True)
        rule = make_rule(session, replace(terms, standard=standard), by=people.lead)
        draw_rule(session, rule, by=None, now=NOW)
        row = session.scalars(select(Assignment)).one()
        vera = load_viewer(session, people.vera)
        assert vera is not None
        draft = open_evaluation(session, call.id, vera, assignment_id=row.id)
        assert draft.blind
        assert draft.standard == (standard or "cold-call")
        criteria = [c for part in load_standard(draft.standard).sections for c in part.criteria]
        answers = {c.id: {"answer": c.options[0].id, "reason": "as heard"} for c in criteria if c.options}
        done = submit(session, call.id, draft.id, vera, revision=draft.revision, answers=answers)
        session.expire_all()
        assert (row.state, row.evaluation_id) == ("done", done.id)
        assert count_open(session, vera) == 0
        assert set(session.scalars(select(Verdict.drawn_by))) == {"random"}

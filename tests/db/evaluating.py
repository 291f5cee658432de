"""A scored call with the people around it, and the acts of an evaluation, for its tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from review import evaluations
from review.bodies import unpack_body
from review.db import Database
from review.evaluations import (
    Timing,
    move,
    open_evaluation,
    submit,
)
from review.models import Call, StoredAssessment
from review.queries.viewer import Viewer, load_viewer
from scoring.engine import score
from scoring.standards import load_standard
from tests import factories

WORDS = (
    ("rep", "Good morning, this is Anna from Northgate Vans."),
    ("client", "Hello, it is too expensive for us, I am afraid."),
    ("rep", "I see. What would you use the van for?"),
    ("client", "Moving furniture on weekdays."),
    ("rep", "I will send you the offer tomorrow."),
)
LATER = Timing(show_after=timedelta(hours=4), edit_for=timedelta(hours=24))


@dataclass(frozen=True)
class Scene:
    """A scored call of a rep who signs in, and the people around it."""

    call_id: int
    machine: dict[str, Any]
    vera: Viewer
    igor: Viewer
    lead: Viewer
    rep: Viewer

    def answer(self, criterion: str) -> str:
        """What the machine says."""
        return next(str(item["answer"]) for item in self.machine["criteria"] if item["id"] == criterion)


@pytest.fixture
def scene(database: Database) -> Scene:
    """The call, and four people."""
    with database.session() as session:
        person = factories.make_user(session, "rep", name="Rita")
        rep = factories.make_rep(session, "Rita", user_id=person.id)
        call = factories.make_call(session, rep_id=rep.id)
        factories.store_words(session, call, *WORDS)
        made = score(factories.make_transcript(*WORDS), load_standard("cold-call")).to_json()
        factories.store_score(session, call, made)
        people = {
            "vera": factories.make_user(session, "reviewer", name="Vera"),
            "igor": factories.make_user(session, "reviewer", name="Igor"),
            "lead": factories.make_user(session, "quality_lead", name="Lena"),
            "rep": person,
        }
        session.flush()
        viewers = {name: load_viewer(session, user.id) for name, user in people.items()}
    assert all(viewers.values())
    return Scene(call.id, made, **viewers)  # type: ignore[arg-type]


def begin(database: Database, scene: Scene, viewer: Viewer, **more: Any) -> evaluations.EvaluationView:
    with database.session() as session:
        return open_evaluation(session, scene.call_id, viewer, **more)


def hand_in(
    database: Database, scene: Scene, viewer: Viewer, answers: dict[str, Any], **more: Any
) -> evaluations.EvaluationView:
    """Begin (or go on) and submit with these answers."""
    blind = more.pop("blind", False)
    with database.session() as session:
        draft = open_evaluation(session, scene.call_id, viewer, blind=blind)
        return submit(session, scene.call_id, draft.id, viewer, revision=draft.revision, answers=answers, **more)


def do(
    database: Database, scene: Scene, viewer: Viewer, found: int, act: str, **more: Any
) -> evaluations.EvaluationView:
    with database.session() as session:
        return move(session, scene.call_id, found, viewer, act, **more)


def stored(database: Database, call_id: int) -> dict[str, Any]:
    with database.read() as session:
        call = session.get_one(Call, call_id)
        return unpack_body(session.get_one(StoredAssessment, call.assessment_id).body)


def shown_score(database: Database, call_id: int) -> float | None:
    with database.read() as session:
        return session.scalar(select(Call.score_final).where(Call.id == call_id))


LOW = {"greeting": {"answer": "0", "reason": "No name was said."}}

"""A shown evaluation of a rep with a manager and a quality lead around, and the acts of disputes, for their tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from review.db import Database
from review.disputes.deciding import decide
from review.disputes.moving import escalate, withdraw
from review.disputes.raising import raise_dispute
from review.disputes.reading import read_dispute
from review.disputes.types import DisputeView, Point, Ruling
from review.evaluations import open_evaluation, submit
from review.queries.viewer import Viewer, load_viewer
from scoring.engine import score
from scoring.standards import load_standard
from tests import factories
from tests.db.evaluating import LOW, WORDS

NAMED = Point("greeting", "I said my name in the first sentence.", "2", 1.5)


@dataclass(frozen=True)
class Floor:
    """The call with its shown evaluation, and the people around it."""

    call_id: int
    evaluation_id: int
    rep_id: int
    team_id: int
    people: dict[str, Viewer]

    def __getattr__(self, name: str) -> Viewer:
        return self.people[name]


@pytest.fixture
def floor(database: Database) -> Floor:
    """Vera has scored Rita's call low; Max manages Rita's team, Lena and Lars are quality leads, Hanna heads sales."""
    with database.session() as session:
        names = {
            "rita": ("rep",),
            "vera": ("reviewer",),
            "max": ("manager",),
            "mona": ("manager",),
            "lena": ("quality_lead",),
            "lars": ("quality_lead",),
            "hanna": ("head_of_sales",),
            "other": ("rep",),
        }
        users = {name: factories.make_user(session, *roles, name=name.capitalize()) for name, roles in names.items()}
        team = factories.make_team(session, managers=[users["max"]])
        factories.make_team(session, managers=[users["mona"]])
        rep = factories.make_rep(session, "Rita", user_id=users["rita"].id, team=team)
        call = factories.make_call(session, rep_id=rep.id)
        factories.store_words(session, call, *WORDS)
        made = score(factories.make_transcript(*WORDS), load_standard("cold-call")).to_json()
        factories.store_score(session, call, made)
        session.flush()
        people = {name: load_viewer(session, user.id) for name, user in users.items()}
        assert all(people.values())
        draft = open_evaluation(session, call.id, people["vera"])
        submit(session, call.id, draft.id, people["vera"], revision=draft.revision, answers=LOW)
    return Floor(call.id, draft.id, rep.id, team.id, people)  # type: ignore[arg-type]


def reload(database: Database, floor: Floor) -> Floor:
    """The same floor with everybody's roles and teams as they are now."""
    with database.read() as session:
        people = {name: load_viewer(session, who.user_id) or who for name, who in floor.people.items()}
    return Floor(floor.call_id, floor.evaluation_id, floor.rep_id, floor.team_id, people)


def object_to(
    database: Database,
    floor: Floor,
    viewer: Viewer,
    *points: Point,
    words: str = "",
    now: datetime | None = None,
) -> DisputeView:
    with database.session() as session:
        return raise_dispute(
            session,
            floor.call_id,
            floor.evaluation_id,
            viewer,
            points=points or (() if words else (NAMED,)),
            words=words,
            now=now,
        )


def rule(database: Database, found: DisputeView, viewer: Viewer, *rulings: Ruling, **more: Any) -> DisputeView:
    with database.session() as session:
        return decide(session, found.id, viewer, revision=found.revision, rulings=rulings, **more)


def go_further(database: Database, found: DisputeView, viewer: Viewer, words: str = "No.", **more: Any) -> DisputeView:
    with database.session() as session:
        return escalate(session, found.id, viewer, words=words, **more)


def take_back(database: Database, found: DisputeView, viewer: Viewer, **more: Any) -> DisputeView:
    with database.session() as session:
        return withdraw(session, found.id, viewer, **more)


def see(database: Database, found: DisputeView, viewer: Viewer) -> DisputeView:
    with database.read() as session:
        return read_dispute(session, found.id, viewer)

"""Which facts webhooks are told: a scored call, flags that are new, an evaluation handed in; ids and scores only."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from review.db import Database
from review.models import Webhook, WebhookMessage
from review.services.assessments import append_assessment
from review.webhooks.facts import show_and_tell
from tests.db.evaluating import LOW, Scene, hand_in, scene
from tests.factories import make_call, store_words

__all__ = ["scene"]  # the fixture


def listen(database: Database) -> None:
    with database.session() as session:
        events = ["call.scored", "flag.raised", "evaluation.submitted"]
        session.add(Webhook(name="BI", url="https://hooks.example", events=events))


def told(database: Database) -> list[tuple[str, int, dict[str, Any]]]:
    with database.read() as session:
        rows = session.scalars(select(WebhookMessage).order_by(WebhookMessage.id))
        return [(row.event, row.subject_id, row.body) for row in rows]


def assessment(final: float | None, **more: Any) -> dict[str, Any]:
    score = {"raw": final, "final": final, "critical": 100.0, "coverage": 0.9, "state": "scored"}
    return {"standard": "cold-call", "version": 1, "score": score, "criteria": [], "objections": [], **more}


def show(database: Database, call_id: int, transcript_id: int, data: dict[str, Any]) -> int:
    with database.session() as session:
        made = append_assessment(session, call_id, transcript_id, data)
        show_and_tell(session, call_id, made, data)
        return made


def test_a_scored_call_is_told_with_ids_and_scores_and_nothing_else(database: Database) -> None:
    listen(database)
    with database.session() as session:
        call = make_call(session)
        words = store_words(session, call, ("rep", "Good morning"), ("client", "My name is Ann Brown, too dear"))
        call_id = call.id
    first = show(database, call_id, words, assessment(61.4))
    assert told(database) == [
        (
            "call.scored",
            call_id,
            {
                "assessment_id": first,
                "standard": "cold-call",
                "version": 1,
                "score": 61.4,
                "coverage": 0.9,
                "state": "scored",
                "again": False,
                "rep_id": None,
            },
        )
    ]
    assert "Ann" not in json.dumps(told(database))


def test_a_flag_is_told_when_it_is_new_and_not_each_time(database: Database) -> None:
    listen(database)
    with database.session() as session:
        call = make_call(session)
        call_id, words = call.id, store_words(session, call)
    show(database, call_id, words, assessment(40.0, rejection={"band": "high"}))
    show(database, call_id, words, assessment(45.0, rejection={"band": "middle"}))
    show(database, call_id, words, assessment(None))
    flags = [(body["flag"], event) for event, _id, body in told(database) if event == "flag.raised"]
    assert flags == [("low_score", "flag.raised"), ("wrongly_closed", "flag.raised")]
    assert [body["again"] for event, _id, body in told(database) if event == "call.scored"] == [False, True, True]


def test_nobody_listening_costs_nothing(database: Database) -> None:
    with database.session() as session:
        call = make_call(session)
        call_id, words = call.id, store_words(session, call)
    show(database, call_id, words, assessment(10.0))
    assert told(database) == []


def test_an_evaluation_is_told_once_for_each_handing_in(database: Database, scene: Scene) -> None:
    listen(database)
    done = hand_in(database, scene, scene.vera, LOW)
    events = told(database)
    assert [event for event, _id, _body in events] == ["evaluation.submitted"]
    assert events[0][1] == done.id
    body = events[0][2]
    assert (body["call_id"], body["score"], body["again"]) == (scene.call_id, done.final, False)
    assert body["reviewer_id"] == scene.vera.user_id

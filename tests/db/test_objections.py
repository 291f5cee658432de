"""Objections across calls: rows follow the shown assessment, and are counted per rep as attempts, failures, reasons."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from review.db import Database
from review.migrations import run
from review.models import Call, ObjectionEpisode
from review.queries.objections import ObjectionFilter, count_objections
from review.queries.objections_list import list_episodes
from review.queries.viewer import load_viewer
from review.services.episodes import keep_episodes
from tests.factories import NOON, make_call, make_rep, make_team, make_user


def episode(kind: str, outcome: str, *faults: str, start: float | None = 12.5) -> dict[str, Any]:
    return {
        "types": [kind, "trust"],
        "client": {"quote": f"About {kind}.", "start": start},
        "response": None if outcome == "ignored" else {"quote": "I see.", "start": 15.0},
        "moves": [] if outcome == "ignored" else [{"name": "acknowledge"}],
        "faults": [{"name": name} for name in faults],
        "reaction": "neutral",
        "outcome": outcome,
        "severity": "middle" if outcome in ("mishandled", "ignored") else None,
    }


@pytest.fixture
def company(database: Database) -> dict[str, int]:
    """Anna of team North with three calls, Boris of team South with one; a manager of North; a head of sales."""
    with database.session() as db:
        manager, head = make_user(db, "manager"), make_user(db, "head_of_sales")
        north, south = make_team(db, "North", managers=[manager]), make_team(db, "South")
        own = make_user(db, "rep")
        anna = make_rep(db, "Anna", team=north, user_id=own.id)
        boris = make_rep(db, "Boris", team=south)
        found = [
            (anna, 0, [episode("price", "handled"), episode("price", "mishandled", "argued", "cut_off")]),
            (anna, 1, [episode("timing", "ignored")]),
            (anna, 40, [episode("price", "partial")]),
            (boris, 2, [episode("trust", "mishandled", "argued")]),
        ]
        for rep, days, episodes in found:
            call = make_call(db, rep_id=rep.id, happened_at=NOON - timedelta(days=days))
            keep_episodes(db, call.id, {"objections": episodes})
        nameless = make_call(db, happened_at=NOON)
        keep_episodes(db, nameless.id, {"objections": [episode("fit", "handled", start=None)]})
        return {"manager": manager.id, "head": head.id, "own": own.id, "anna": anna.id, "north": north.id}


def test_per_rep_attempts_failures_and_reasons(database: Database, company: dict[str, int]) -> None:
    with database.read() as db:
        viewer = load_viewer(db, company["head"])
        assert viewer is not None
        lines = count_objections(db, viewer, ObjectionFilter()).reps
    assert [line.name for line in lines] == ["Anna", "Boris", ""]
    anna = lines[0]
    assert (anna.team, anna.calls, anna.episodes, anna.attempts, anna.failures) == ("North", 3, 4, 3, 2)
    assert dict(anna.reasons) == {"argued": 1, "cut_off": 1, "no_answer": 1}
    assert anna.handled_share == 0.25
    assert anna.interval is not None
    assert anna.interval[0] < 0.25 < anna.interval[1]


def test_by_type_the_first_type_counts_and_the_commonest_comes_first(
    database: Database, company: dict[str, int]
) -> None:
    with database.read() as db:
        viewer = load_viewer(db, company["head"])
        assert viewer is not None
        lines = count_objections(db, viewer, ObjectionFilter()).types
    assert [(line.name, line.episodes) for line in lines] == [("price", 3), ("fit", 1), ("timing", 1), ("trust", 1)]
    assert dict(lines[0].reasons) == {"argued": 1, "cut_off": 1}


def test_filters_narrow_everything_alike(database: Database, company: dict[str, int]) -> None:
    wanted = ObjectionFilter(since=NOON - timedelta(days=30), team_id=company["north"], type="price")
    with database.read() as db:
        viewer = load_viewer(db, company["head"])
        assert viewer is not None
        assert [line.episodes for line in count_objections(db, viewer, wanted).reps] == [2]
        assert [line.episodes for line in count_objections(db, viewer, wanted).types] == [2]
        rows = list_episodes(db, viewer, wanted).rows
    assert [(row.outcome, row.faults, row.answer) for row in rows] == [
        ("handled", (), "I see."),
        ("mishandled", ("argued", "cut_off"), "I see."),
    ]


def test_everybody_counts_only_calls_they_may_see(database: Database, company: dict[str, int]) -> None:
    with database.read() as db:
        for person in ("manager", "own"):
            viewer = load_viewer(db, company[person])
            assert viewer is not None
            assert {line.name for line in count_objections(db, viewer, ObjectionFilter()).reps} == {"Anna"}
            assert len(list_episodes(db, viewer, ObjectionFilter()).rows) == 4


def test_a_new_assessment_replaces_the_rows_and_a_deleted_call_takes_them_along(database: Database) -> None:
    with database.session() as db:
        call = make_call(db)
        keep_episodes(db, call.id, {"objections": [episode("price", "handled"), episode("fit", "partial")]})
        assert keep_episodes(db, call.id, {"objections": [episode("need", "ignored")]}) == 1
        assert db.scalars(select(ObjectionEpisode.type)).all() == ["need"]
        db.delete(db.get_one(Call, call.id))
        db.flush()
        assert db.scalar(select(func.count()).select_from(ObjectionEpisode)) == 0


def test_assessments_from_before_the_table_fill_it(empty_database: Database) -> None:
    run.upgrade(empty_database, "0009")
    body = zlib.compress(json.dumps({"objections": [episode("price", "ignored"), episode("fit", "handled")]}).encode())
    with empty_database.engine.begin() as connection:
        connection.execute(text("INSERT INTO source (name, kind, queue_languages, rep_channel, company_names, products,"
                                " accuracy, created_at) VALUES ('pbx', 'api', '{}', 0, '[]', '[]', 'normal', :now)"),
                           {"now": NOON.replace(tzinfo=None)})  # fmt: skip
        connection.execute(
            text(
                "INSERT INTO call (id, source, external_id, happened_at, state, attempts, next_at, hinted_at, progress,"
                " partial, score_partial, draft, objections, objections_missed, assessment_id, created_at, updated_at)"
                " VALUES (7, 'pbx', 'a', :now, 'scored', 0, 0, 0, 0, :no, :no, :no, 2, 1, 5, :now, :now)"
            ),
            {"now": NOON.replace(tzinfo=None), "no": False},
        )
        connection.execute(
            text(
                "INSERT INTO transcript (id, call_id, number, draft, quality, body, created_at)"
                " VALUES (3, 7, 1, :no, '{}', :body, :now)"
            ),
            {"now": NOON.replace(tzinfo=None), "no": False, "body": b"x"},
        )
        connection.execute(
            text(
                "INSERT INTO assessment (id, call_id, transcript_id, standard, version, state, body, created_at)"
                " VALUES (5, 7, 3, 'cold-call', 1, 'scored', :body, :now)"
            ),
            {"now": NOON.replace(tzinfo=None), "body": body},
        )
    run.upgrade(empty_database)
    with empty_database.read() as db:
        rows = db.execute(
            select(ObjectionEpisode.number, ObjectionEpisode.type, ObjectionEpisode.outcome).order_by(
                ObjectionEpisode.number
            )
        ).all()
    assert [tuple(row) for row in rows] == [(1, "price", "ignored"), (2, "fit", "handled")]

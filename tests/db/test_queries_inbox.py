"""The inbox: order, pages, filters, choices and counts, by a number of statements that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from review.db import Database
from review.models import LossReason
from review.queries.inbox import InboxFilters, Page, filter_choices, list_calls, state_counts
from review.queries.viewer import Viewer, load_viewer
from tests.factories import NOON, make_call, make_client, make_rep, make_team, make_user
from tests.statements import counted_statements


def lead(session: Session) -> Viewer:
    viewer = load_viewer(session, make_user(session, "quality_lead").id)
    assert viewer is not None
    return viewer


def ids(page: Page) -> list[int]:
    return [row.id for row in page.rows]


def test_a_row_carries_what_the_page_shows(database: Database) -> None:
    with database.session() as session:
        team = make_team(session, "North")
        rep = make_rep(session, "Jonas Weber", team=team)
        client = make_client(session, "Marta Lindqvist", company="Nordhem Office AB")
        session.add(LossReason(code="no_budget", name="No budget"))
        call = make_call(
            session,
            source="pbx",
            external_id="A1",
            direction="outbound",
            started_at=NOON,
            rep_id=rep.id,
            client_id=client.id,
            client_phone="+4930901820",
            queue="sales",
            state="dead",
            progress=0.4,
            failure={"step": "transcribe", "code": "unreadable", "message": "m", "kept": "k", "advice": "a", "at": "t"},
            duration=246.0,
            partial=True,
            draft=True,
            score_final=44.0,
            score_state="scored",
            coverage=0.94,
            objections=3,
            objections_missed=2,
            wrongly_rejected="high",
            cannot_judge=0.1,
            disposition="closed_lost",
            loss_reason="no_budget",
            language="en",
        )
        (row,) = list_calls(session, lead(session), InboxFilters()).rows
    assert (row.id, row.source, row.external_id, row.direction) == (call.id, "pbx", "A1", "outbound")
    assert (row.who, row.phone, row.rep_name, row.team_name) == (
        "Marta Lindqvist, Nordhem Office AB",
        "+49 30 901820",
        "Jonas Weber",
        "North",
    )
    assert (row.started_at, row.started_known, row.duration, row.queue) == (NOON, True, 246.0, "sales")
    assert (row.state, row.phase, row.settled, row.can_retry, row.progress) == ("dead", "failed", True, True, 0.4)
    assert row.failure is not None
    assert (row.failure.message, row.failure.kept, row.failure.advice, row.failure.step) == (
        "m",
        "k",
        "a",
        "transcribe",
    )
    assert row.engine_wait is None
    assert (row.partial, row.draft, row.score_final, row.score_state, row.coverage) == (
        True,
        True,
        44.0,
        "scored",
        0.94,
    )
    assert (row.flags.objections, row.flags.objections_missed, row.flags.wrongly_rejected) == (3, 2, "high")
    assert row.flags.any
    assert (row.disposition, row.loss_reason, row.language) == ("closed_lost", "No budget", "en")


def test_a_row_of_an_unknown_caller(database: Database) -> None:
    with database.session() as session:
        make_call(
            session,
            rep_name="Jonas",
            client_phone="+4930901820",
            loss_reason="too far away",
            state="needs_model",
            engine_wait={"reason": "no model", "advice": "fetch one", "at": "t"},
        )
        (row,) = list_calls(session, lead(session), InboxFilters()).rows
    assert (row.who, row.rep_name, row.loss_reason) == ("+49 30 901820", "Jonas", "too far away")
    assert row.engine_wait is not None
    assert (row.engine_wait.reason, row.engine_wait.advice) == ("no model", "fetch one")
    assert not row.flags.any


def test_newest_first_and_arrival_where_no_start_is_known(database: Database) -> None:
    with database.session() as session:
        early = make_call(session, started_at=NOON)
        arrived = make_call(session, started_at=None, happened_at=NOON + timedelta(hours=1))
        late = make_call(session, started_at=NOON + timedelta(hours=2))
        twin = make_call(session, started_at=NOON + timedelta(hours=2))
        page = list_calls(session, lead(session), InboxFilters())
    assert ids(page) == [twin.id, late.id, arrived.id, early.id]
    assert [row.started_known for row in page.rows] == [True, True, False, True]
    assert page.next is None


def test_pages_meet_without_a_gap_or_a_repeat(database: Database) -> None:
    with database.session() as session:
        # Many calls share a second, and even a microsecond: only the id tells them apart.
        made = [make_call(session, legs=0, started_at=NOON + timedelta(seconds=n // 5)).id for n in range(23)]
        viewer = lead(session)
        found: list[int] = []
        mark: str | None = None
        for _ in range(10):
            page = list_calls(session, viewer, InboxFilters(), after=mark, limit=5)
            found += ids(page)
            mark = page.next
            if mark is None:
                break
            if len(found) == 10:
                make_call(session, started_at=NOON + timedelta(days=1))  # a new call does not shift later pages
        assert found == list(reversed(made))
        assert ids(list_calls(session, viewer, InboxFilters(), after="made up", limit=200))[1:] == list(reversed(made))


FILTERS: list[tuple[str, Callable[..., InboxFilters], str]] = [
    ("phase", lambda **_: InboxFilters(state="scoring"), "b"),
    ("state", lambda **_: InboxFilters(state="transcribed"), "b"),
    ("rep", lambda rep, **_: InboxFilters(rep_id=rep), "ac"),
    ("team", lambda team, **_: InboxFilters(team_id=team), "ac"),
    ("client", lambda client, **_: InboxFilters(client_id=client), "a"),
    ("direction", lambda **_: InboxFilters(direction="inbound"), "b"),
    ("disposition", lambda **_: InboxFilters(disposition="won"), "c"),
    ("language", lambda **_: InboxFilters(language="ru"), "a"),
    ("source", lambda **_: InboxFilters(source="pbx"), "b"),
    ("queue", lambda **_: InboxFilters(queue="отдел"), "c"),
    ("score", lambda **_: InboxFilters(score_from=40, score_to=60), "a"),
    ("low", lambda **_: InboxFilters(flag="low_score"), "a"),
    ("missed", lambda **_: InboxFilters(flag="objection_missed"), "a"),
    ("wrong", lambda **_: InboxFilters(flag="wrongly_closed"), "c"),
    ("unsure", lambda **_: InboxFilters(flag="cannot_judge"), "b"),
    ("partial", lambda **_: InboxFilters(flag="partial"), "c"),
    ("draft", lambda **_: InboxFilters(flag="draft"), "b"),
    ("from", lambda **_: InboxFilters(date_from=date(2026, 11, 2)), "bc"),
    ("to", lambda **_: InboxFilters(date_to=date(2026, 11, 2)), "ab"),
    ("day", lambda **_: InboxFilters(date_from=date(2026, 11, 2), date_to=date(2026, 11, 2)), "b"),
    ("two at once", lambda rep, **_: InboxFilters(rep_id=rep, disposition="won"), "c"),
    ("none", lambda **_: InboxFilters(language="zz"), ""),
    ("last day there is", lambda **_: InboxFilters(date_to=date.max), "abc"),
]


@pytest.mark.parametrize(("make", "expected"), [f[1:] for f in FILTERS], ids=[f[0] for f in FILTERS])
def test_filters(database: Database, make: Callable[..., InboxFilters], expected: str) -> None:
    with database.session() as session:
        team = make_team(session)
        rep = make_rep(session, team=team)
        client = make_client(session)
        rows: dict[str, dict[str, Any]] = {
            "a": {
                "started_at": datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC),
                "rep_id": rep.id,
                "client_id": client.id,
                "state": "scored",
                "language": "ru",
                "score_final": 49.9,
                "objections_missed": 1,
                "wrongly_rejected": "low",
                "cannot_judge": 0.49,
            },
            "b": {
                "started_at": datetime(2026, 11, 2, tzinfo=UTC),
                "source": "pbx",
                "state": "transcribed",
                "direction": "inbound",
                "cannot_judge": 0.5,
                "draft": True,
            },
            "c": {
                "started_at": datetime(2026, 11, 3, 8, tzinfo=UTC),
                "rep_id": rep.id,
                "state": "scored",
                "disposition": "won",
                "queue": "отдел",
                "score_final": 90.0,
                "wrongly_rejected": "middle",
                "partial": True,
            },
        }
        names = {make_call(session, **columns).id: name for name, columns in rows.items()}
        filters = make(rep=rep.id, team=team.id, client=client.id)
        found = list_calls(session, lead(session), filters).rows
    assert sorted(names[row.id] for row in found) == list(expected)


def test_counts_have_every_state(database: Database) -> None:
    with database.session() as session:
        viewer = lead(session)
        assert state_counts(session, viewer).total == 0
        for state in ("received", "scored", "scored", "transcribed", "scoring", "dead"):
            make_call(session, state=state)
        counts = state_counts(session, viewer)
    assert counts.total == 6
    assert counts.by_phase == {
        "queued": 1,
        "transcribing": 0,
        "scoring": 2,
        "ready": 2,
        "needs_model": 0,
        "no_audio": 0,
        "failed": 1,
    }
    assert counts.by_state["no_audio"] == 0


def test_choices_are_what_occurs(database: Database) -> None:
    with database.session() as session:
        team = make_team(session, "North")
        rep = make_rep(session, "Jonas", team=team)
        make_call(session, source="pbx", language="ru", queue="b", direction="inbound", rep_id=rep.id)
        make_call(session, language="en", queue="a", disposition="won")
        choices = filter_choices(session, lead(session))
    assert choices.sources == ("pbx", "upload")
    assert (choices.languages, choices.queues) == (("en", "ru"), ("a", "b"))
    assert (choices.directions, choices.dispositions) == (("inbound",), ("won",))
    assert [(choice.value, choice.label) for choice in choices.reps] == [(str(rep.id), "Jonas")]
    assert [(choice.value, choice.label) for choice in choices.teams] == [(str(team.id), "North")]


def test_statements_do_not_grow_with_the_rows(database: Database) -> None:
    with database.session() as session:
        viewer = lead(session)
        counts = []
        for _ in range(2):
            for _ in range(4):
                make_call(
                    session, rep_id=make_rep(session, team=make_team(session)).id, client_id=make_client(session).id
                )
            session.flush()
            with counted_statements() as statements:
                list_calls(session, viewer, InboxFilters())
                filter_choices(session, viewer)
                state_counts(session, viewer)
            counts.append(len(statements))
    assert counts == [5, 5]

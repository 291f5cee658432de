"""Objections over time and side by side: steps hold every episode, the better answer first, people before machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from review.db import Database
from review.models import Call, ObjectionEpisode, Verdict
from review.queries.objections import count_objections, count_types
from review.queries.objections_filter import ObjectionFilter, read_objection_filter
from review.queries.objections_list import EpisodeRow, best_and_worst, get_episode, list_episodes
from review.queries.objections_time import MOST_STEPS, _bounds, count_over_time
from review.queries.viewer import Viewer, load_viewer
from review.services.episode_merit import merit_of
from review.services.episodes import judge_episodes, keep_episodes
from tests.factories import NOON, make_call, make_rep, make_team, make_user


def episode(
    outcome: str, *moves: str, turn: int = 4, kind: str = "price", faults: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "types": [kind],
        "client": {"quote": f"{kind} {outcome}", "start": 10.0, "end": 12.0, "turn": turn},
        "response": None if outcome == "ignored" else {"quote": "Well.", "start": 12.5, "end": 14.0},
        "moves": [{"name": name, "start": 13.0, "end": 20.0} for name in moves],
        "faults": [{"name": name} for name in faults],
        "reaction": "resists",
        "outcome": outcome,
        "severity": None,
    }


def keep(db: Any, *episodes: dict[str, Any], **columns: Any) -> int:
    call = make_call(db, **columns)
    stages = [{"stage": "opening", "turns": [0, 3]}, {"stage": "price", "turns": [4, 9]}]
    keep_episodes(db, call.id, {"objections": list(episodes), "stages": stages})
    db.get_one(Call, call.id).objections = len(episodes)
    return call.id


def say(db: Any, call_id: int, answer: str, turn: int = 4) -> None:
    db.add(
        Verdict(
            call_id=call_id,
            standard="cold-call",
            version=1,
            kind="objection",
            target=f"turn-{turn}",
            answer=answer,
            confirmed=False,
            reviewer="a person",
        )
    )
    db.flush()
    judge_episodes(db, call_id)


def lead(db: Any) -> Viewer:
    viewer = load_viewer(db, make_user(db, "quality_lead").id)
    assert viewer is not None
    return viewer


def test_an_episode_knows_where_it_plays_and_at_which_stage(database: Database) -> None:
    with database.session() as db:
        call_id = keep(db, episode("handled", "acknowledge", "answer"), episode("ignored", turn=2))
        viewer = lead(db)
        first, second = list_episodes(db, viewer, ObjectionFilter()).rows
        assert (first.turn, first.stage, first.answer_start, first.answer_end) == (4, "price", 12.5, 20.0)
        assert first.spans == ((10.0, 20.0),)
        assert (second.stage, second.spans, second.whole) == ("opening", ((10.0, 12.0),), (10.0, 12.0))
        assert get_episode(db, viewer, first.id) == first
        stranger = load_viewer(db, make_user(db, "admin").id)
        assert stranger is not None
        assert get_episode(db, stranger, first.id) is None
        assert first.call_id == call_id


def test_the_better_answer_first_and_no_episode_on_both_sides(database: Database) -> None:
    with database.session() as db:
        wanted = {
            "full": keep(db, episode("handled", "acknowledge", "clarify", "answer", "check")),
            "short": keep(db, episode("handled", "acknowledge", "answer", "check")),
            "some": keep(db, episode("partial", "answer")),
            "nod": keep(db, episode("partial", "acknowledge")),
            "none": keep(db, episode("ignored")),
            "bad": keep(db, episode("mishandled", "answer", faults=("argued", "cut_off"))),
            "other": keep(db, episode("handled", "answer", kind="timing")),
        }
        names = {call_id: name for name, call_id in wanted.items()}
        viewer = lead(db)
        sides = best_and_worst(db, viewer, ObjectionFilter(), "price")
        assert [names[row.call_id] for row in sides.best] == ["full", "short", "some"]
        assert [names[row.call_id] for row in sides.worst] == ["bad", "none", "nod"]
        assert not sides.more
        assert best_and_worst(db, viewer, ObjectionFilter(), "price", limit=2).more
        at_opening = best_and_worst(db, viewer, ObjectionFilter(stage="opening"), "price")
        assert (at_opening.best, at_opening.worst) == ((), ())


def test_a_person_outranks_the_machine_in_counts_filters_and_order(database: Database) -> None:
    with database.session() as db:
        praised = keep(db, episode("mishandled", "answer"))
        plain = keep(db, episode("handled", "acknowledge", "answer", "check"))
        nothing = keep(db, episode("handled", "answer"))
        viewer = lead(db)
        say(db, praised, "handled")
        say(db, nothing, "handled")
        say(db, nothing, "none")  # the newest stands
        (line,) = count_objections(db, viewer, ObjectionFilter()).types
        assert dict(line.outcomes) == {"handled": 2}
        assert (line.judged, line.handled_share) == (1, 1.0)
        assert count_types(db, viewer, ObjectionFilter()) == {"price": 2}
        rows = list_episodes(db, viewer, ObjectionFilter(outcome="handled")).rows
        assert {row.call_id: row.judged for row in rows} == {plain: None, praised: "handled"}
        assert [row.call_id for row in best_and_worst(db, viewer, ObjectionFilter(), "price").best] == [praised, plain]
        counted = dict(db.execute(select(Call.id, Call.objections_missed)).all())
        assert (counted[praised], counted[nothing]) == (0, 0)
        assert db.scalar(select(Call.objections).where(Call.id == nothing)) == 0
        # A new assessment finds the same objection: what the person said of it still stands.
        keep_episodes(db, praised, {"objections": [episode("ignored")]})
        assert db.scalar(select(ObjectionEpisode.judged).where(ObjectionEpisode.call_id == praised)) == "handled"


@given(
    st.lists(st.sampled_from(["answer", "check", "clarify", "listen"])),
    st.lists(st.sampled_from(["argued", "cut_off"])),
)
def test_the_scale_outweighs_moves_and_faults(moves: list[str], faults: list[str]) -> None:
    best = merit_of("handled", moves, faults, None)
    middle = merit_of("partial", moves, faults, None)
    worst = merit_of("mishandled", moves, faults, None)
    assert best is not None
    assert middle is not None
    assert worst is not None
    assert best > middle > worst
    assert merit_of("handled", moves, faults, "mishandled") <= worst  # type: ignore[operator]
    assert merit_of("handled", moves, faults, "none") is None


def test_steps_of_time_hold_every_episode(database: Database) -> None:
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    with database.session() as db:
        for days, outcome in ((0, "handled"), (1, "ignored"), (8, "handled"), (9, "partial"), (40, "handled")):
            keep(db, episode(outcome), happened_at=now - timedelta(days=days))
        viewer = lead(db)
        weeks = count_over_time(db, viewer, ObjectionFilter(), now=now)
        assert weeks.unit == "week"
        assert [step.episodes for step in weeks.steps] == [1, 0, 0, 0, 2, 2]
        assert weeks.steps[-1].handled_share == 0.5
        assert weeks.steps[-1].by_type["price"].total() == 2
        assert weeks.steps[0].begin.weekday() == 0
        recent = now - timedelta(days=10)
        days_line = count_over_time(db, viewer, ObjectionFilter(since=recent), now=now)
        assert (days_line.unit, sum(step.episodes for step in days_line.steps)) == ("day", 4)
        keep(db, episode("handled"), happened_at=now - timedelta(days=400))
        months = count_over_time(db, viewer, ObjectionFilter(), now=now)
        assert (months.unit, sum(step.episodes for step in months.steps)) == ("month", 6)
        assert count_over_time(db, viewer, ObjectionFilter(type="fit"), now=now).steps == ()


@given(st.dates(datetime(2000, 1, 1).date(), datetime(2100, 1, 1).date()), st.integers(0, 9000))
def test_steps_follow_one_another_and_reach_the_last_day(first: Any, days: int) -> None:
    last = first + timedelta(days=days)
    _unit, bounds = _bounds(first, last)
    assert bounds == sorted(set(bounds))
    assert bounds[-2] <= last < bounds[-1]
    assert len(bounds) <= MOST_STEPS + 1
    assert bounds[0] <= first or len(bounds) == MOST_STEPS + 1


def test_pages_of_episodes_follow_one_another(database: Database) -> None:
    with database.session() as db:
        for hours in (0, 0, 1):
            keep(db, *(episode("ignored", turn=turn) for turn in range(3)), happened_at=NOON + timedelta(hours=hours))
        viewer = lead(db)
        whole = list_episodes(db, viewer, ObjectionFilter()).rows
        pieces: list[EpisodeRow] = []
        mark = None
        for _ in range(len(whole)):
            page = list_episodes(db, viewer, ObjectionFilter(), after=mark, limit=2)
            pieces += page.rows
            mark = page.next
            if mark is None:
                break
        assert tuple(pieces) == whole
        assert len(whole) == 9
        for nonsense in ("x", "x.1", f"{'A' * 20}.1", ".", "AAAA.99999999999"):
            assert list_episodes(db, viewer, ObjectionFilter(), after=nonsense).rows == whole


def test_teams_and_reps_only_of_calls_one_may_see(database: Database) -> None:
    with database.session() as db:
        own = make_user(db, "rep")
        north, south = make_team(db, "North"), make_team(db, "South")
        keep(db, episode("handled"), rep_id=make_rep(db, team=north, user_id=own.id).id)
        keep(db, episode("ignored"), rep_id=make_rep(db, team=south).id)
        keep(db, episode("partial"))
        assert [(line.name, line.episodes) for line in count_objections(db, lead(db), ObjectionFilter()).teams] == [
            ("South", 1),
            ("North", 1),
            ("", 1),
        ]
        viewer = load_viewer(db, own.id)
        assert viewer is not None
        assert [line.name for line in count_objections(db, viewer, ObjectionFilter()).teams] == ["North"]
        assert best_and_worst(db, viewer, ObjectionFilter(), "price").worst == ()


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"type": "price", "stage": "close", "days": "30", "rep_id": "3"}, 4),
        ({"type": "weather", "stage": "moon", "days": "-1", "rep_id": "x", "outcome": "none"}, 0),
        ({"date_from": "2026-11-01", "language": "ru", "queue": "отдел"}, 3),
    ],
)
def test_a_filter_there_and_back(values: dict[str, str], kept: int) -> None:
    found = read_objection_filter(values)
    assert len(found.to_query()) == kept
    assert read_objection_filter(found.to_query()) == found

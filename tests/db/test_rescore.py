"""Scoring calls again: pinned versions, new beside old, resumed, cancelled, compared; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review.db import Database
from review.models import AuditEvent, Call, RescoreChange, RescoreRun
from review.queries.rescore_runs import list_runs, names_of, read_changed, read_spread
from review.queries.viewer import load_viewer
from review.services.rescore import (
    NoSuchRun,
    NothingToRescore,
    RunGoesOn,
    cancel_run,
    claim_run,
    due_runs,
    get_run,
    start_run,
)
from review.services.rescore_calls import load_work, next_calls, store_rescored
from review.services.sources import UnknownSource
from review.services.standards import import_standard
from review.settings import Settings, read_settings
from scoring.engine import score
from scoring.standards import StandardNotFound, load_standard
from tests.db.rescoring import GREETS, PLAIN, assessments, scored_call, shown
from tests.factories import make_rep, make_user
from workers.rescoring import NONE_JUDGED, PACKS_MOVED, work_on_run

V = load_standard("cold-call").version
# The next version: the greeting and its section weigh more.
HARDER = (
    load_standard("cold-call")
    .source_text.replace(f"version: {V}", f"version: {V + 1}", 1)
    .replace("detector: greeting\n        weight: 6", "detector: greeting\n        weight: 60", 1)
    .replace("    weight: 15\n", "    weight: 60\n", 1)
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"CALLCOACH_DATA": str(tmp_path)})


def never() -> bool:
    return False


def begin(database: Database, **more: object) -> int:
    with database.session() as session:
        return start_run(session, **more)  # type: ignore[arg-type]


def after(calls: int) -> Callable[[], bool]:
    """A stop that lets that many calls through."""
    asked = iter(range(calls))
    return lambda: next(asked, None) is None


def test_every_call_gets_a_new_assessment_beside_the_old(database: Database, settings: Settings) -> None:
    calls = [scored_call(database, *GREETS), scored_call(database, *PLAIN)]
    with database.session() as session:
        import_standard(session, HARDER, "harder.yaml")
    run_id = begin(database)
    told: list[int] = []
    assert work_on_run(database, settings, run_id, stop=never, progress=lambda row: told.append(row.done)) == "done"
    assert told == [1, 2]
    for call_id in calls:
        assert assessments(database, call_id) == [("cold-call", V), ("cold-call", V + 1)]
        assert shown(database, call_id) == ("cold-call", V + 1)
    with database.read() as session:
        run = get_run(session, run_id)
        assert (run.total, run.done, run.changed, run.failed) == (2, 2, 2, 0)
        assert run.started_at is not None
        assert run.finished_at is not None
        assert [event.action for event in session.query(AuditEvent)] == ["standard.imported", "rescore.started"]
        for call_id in calls:
            call = session.get_one(Call, call_id)
            change = session.get_one(RescoreChange, (run_id, call_id))
            assert (call.state, call.score_final) == ("scored", change.after_final)
            assert change.before_final != change.after_final


def test_nothing_new_stores_nothing(database: Database, settings: Settings) -> None:
    call_id = scored_call(database)
    run_id = begin(database)
    assert work_on_run(database, settings, run_id, stop=never) == "done"
    assert assessments(database, call_id) == [("cold-call", V)]
    with database.read() as session:
        assert get_run(session, run_id).changed == 0
        assert session.query(RescoreChange).count() == 0


def test_a_comparison_leaves_what_calls_show(database: Database, settings: Settings) -> None:
    call_id = scored_call(database)
    run_id = begin(database, standard="closing", show=False)
    assert work_on_run(database, settings, run_id, stop=never) == "done"
    assert [name for name, _version in assessments(database, call_id)] == ["cold-call", "closing"]
    assert shown(database, call_id) == ("cold-call", V)
    with database.read() as session:
        assert (
            session.get_one(Call, call_id).score_final == session.get_one(RescoreChange, (run_id, call_id)).before_final
        )


def test_versions_are_those_of_the_start(database: Database, settings: Settings) -> None:
    call_id = scored_call(database)
    run_id = begin(database, standard="cold-call")
    with database.session() as session:
        import_standard(session, HARDER, "harder.yaml")  # meanwhile
    assert work_on_run(database, settings, run_id, stop=never) == "done"
    assert shown(database, call_id) == ("cold-call", V)
    second = begin(database, standard="cold-call", version=V + 1)
    assert work_on_run(database, settings, second, stop=never) == "done"
    assert shown(database, call_id) == ("cold-call", V + 1)


def test_a_stopped_run_goes_on_where_it_was(database: Database, settings: Settings) -> None:
    calls = [scored_call(database) for _ in range(3)]
    run_id = begin(database, standard="closing")
    assert work_on_run(database, settings, run_id, stop=after(1)) == "waiting"
    assert len(assessments(database, calls[0])) == 2
    assert len(assessments(database, calls[1])) == 1
    with database.read() as session:
        assert due_runs(session) == [run_id]
    assert work_on_run(database, settings, run_id, stop=never) == "done"
    assert [len(assessments(database, call_id)) for call_id in calls] == [2, 2, 2]
    with database.read() as session:
        assert get_run(session, run_id).done == 3
        assert due_runs(session) == []


def test_a_run_is_one_workers_and_a_dead_workers_comes_back(database: Database, settings: Settings) -> None:
    scored_call(database)
    run_id = begin(database, standard="closing")
    with database.session() as session:
        assert claim_run(session, run_id) is not None
    with database.session() as session:
        assert claim_run(session, run_id) is None
        assert due_runs(session) == []
    assert work_on_run(database, settings, run_id, stop=never) == "running"
    with database.session() as session:
        session.execute(update(RescoreRun).values(lease_until=0.0))
    with database.session() as session:
        assert due_runs(session) == [run_id]
    assert work_on_run(database, settings, run_id, stop=never) == "done"


def test_a_cancelled_run_stores_nothing_more(database: Database, settings: Settings) -> None:
    calls = [scored_call(database) for _ in range(2)]
    run_id = begin(database, standard="closing")

    def cancel(_row: object) -> None:
        with database.session() as session:
            assert cancel_run(session, run_id)

    assert work_on_run(database, settings, run_id, stop=never, progress=cancel) == "cancelled"
    assert [len(assessments(database, call_id)) for call_id in calls] == [2, 1]
    with database.session() as session:
        assert not cancel_run(session, run_id)
        with pytest.raises(NoSuchRun):
            cancel_run(session, run_id + 1)
    assert work_on_run(database, settings, run_id, stop=never) == "cancelled"


def test_a_late_worker_and_a_call_that_moved_on_store_nothing(database: Database, settings: Settings) -> None:
    call_id = scored_call(database)
    run_id = begin(database, standard="closing")
    with database.session() as session:
        late = claim_run(session, run_id, lease=-1.0)
        run = get_run(session, run_id)
        assert late is not None
    with database.session() as session:
        claim = claim_run(session, run_id)
        assert claim is not None
        assert next_calls(session, run_id) == [call_id]
        work = load_work(session, run, call_id)
    assert work is not None
    data = score(work.work.transcript, work.work.judge_by, work.work.facts).to_json()
    with database.session() as session:
        assert not store_rescored(session, late, work, data, show=True)
    with database.session() as session:
        session.get_one(Call, call_id).state = "transcribed"  # sent round again meanwhile
    with database.session() as session:
        assert store_rescored(session, claim, work, data, show=True)
    assert len(assessments(database, call_id)) == 1
    with database.read() as session:
        assert load_work(session, run, call_id) is None
        assert get_run(session, run_id).done == 1


def test_a_call_that_cannot_be_judged_does_not_end_the_run(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = scored_call(database), scored_call(database)
    run_id = begin(database, standard="closing")
    calls = iter([1])

    def fails_once(*args: object) -> object:
        if next(calls, None) is not None:
            raise RuntimeError("broken")
        return score(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("workers.rescoring.score", fails_once)
    assert work_on_run(database, settings, run_id, stop=never) == "done"
    with database.read() as session:
        assert session.get_one(RescoreChange, (run_id, first)).why == "RuntimeError: broken"
        assert get_run(session, run_id).failed == 1
    assert len(assessments(database, second)) == 2


def test_a_run_in_which_no_call_could_be_judged_has_failed(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = scored_call(database)
    run_id = begin(database, standard="closing")

    def fails(*_args: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr("workers.rescoring.score", fails)
    assert work_on_run(database, settings, run_id, stop=never) == "failed"
    with database.read() as session:
        assert get_run(session, run_id).why == NONE_JUDGED
    assert len(assessments(database, call_id)) == 1


def test_other_packs_end_the_run(database: Database, settings: Settings) -> None:
    scored_call(database)
    run_id = begin(database)
    with database.session() as session:
        session.get_one(RescoreRun, run_id).packs = {"en": "0"}
    assert work_on_run(database, settings, run_id, stop=never) == "failed"
    with database.read() as session:
        assert get_run(session, run_id).why == PACKS_MOVED


def test_what_cannot_be_started_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(NothingToRescore):
        start_run(session)
    call_id = scored_call(database, source="pbx")
    with database.session() as session:
        with pytest.raises(UnknownSource):
            start_run(session, source="nowhere")
        with pytest.raises(StandardNotFound):
            start_run(session, standard="nothing")
        with pytest.raises(NothingToRescore):
            start_run(session, call_id=call_id + 1)
    run_id = begin(database, source="pbx")
    with database.session() as session, pytest.raises(RunGoesOn) as caught:
        start_run(session)
    assert caught.value.run_id == run_id


def test_pages_read_spread_changes_and_names(database: Database, settings: Settings) -> None:
    with database.session() as session:
        lead = make_user(session, "quality_lead", name="Leah")
        boss = make_user(session, "manager")
        make_rep(session, "Ida")
        lead_id, boss_id = lead.id, boss.id
    calls = [scored_call(database, *GREETS), scored_call(database, *PLAIN), scored_call(database, *PLAIN)]
    with database.session() as session:
        import_standard(session, HARDER, "harder.yaml")
    run_id = begin(database, by=lead_id)
    assert work_on_run(database, settings, run_id, stop=never) == "done"
    with database.read() as session:
        runs = list_runs(session)
        assert [run.id for run in runs] == [run_id]
        assert names_of(session, runs) == {lead_id: "Leah"}
        moves = {
            change.call_id: (change.after_final or 0) - (change.before_final or 0)
            for change in session.scalars(select(RescoreChange))
        }
        spread = read_spread(session, runs[0])
        assert spread.up == sum(move > 0.05 for move in moves.values())
        assert spread.down == sum(move < -0.05 for move in moves.values())
        assert sum(bar.calls for bar in spread.bars) == spread.up + spread.down == 3 - spread.same
        for bar in spread.bars:
            inside = [
                m for m in moves.values() if (bar.low < m <= bar.low + 5 if m > 0 else bar.low <= m < bar.low + 5)
            ]
            assert bar.calls == len(inside)
        viewer = load_viewer(session, lead_id)
        assert viewer is not None
        page = read_changed(session, viewer, run_id)
        assert {row.call_id for row in page.rows} == set(calls)
        assert (page.calls, page.page, page.pages) == (3, 1, 1)
        sizes = [abs((row.after_final or 0) - (row.before_final or 0)) for row in page.rows]
        assert sizes == sorted(sizes, reverse=True)
        first = page.rows[0]
        assert first.change is not None
        assert first.change.causes == ("standard",)
        assert [(one.criterion, one.cause) for one in first.change.answers] == [("greeting", "weight")]
        assert first.after_standard is not None
        assert first.after_standard.version == V + 1
        other = load_viewer(session, boss_id)
        assert other is not None
        assert read_changed(session, other, run_id).calls == 0

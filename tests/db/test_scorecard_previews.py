"""Previews: past calls judged by a draft beside what they show, resumed, stopped, with nothing of a call changed."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review.db import Database
from review.models import Call, ScorecardPreview, StoredAssessment, StoredTranscript, utc_now
from review.queries.viewer import load_viewer
from review.scorecards.drafts import NoDraft, begin_draft, save_draft
from review.scorecards.preview_results import read_results
from review.scorecards.previews import (
    NoSuchPreview,
    NothingToPreview,
    cancel_preview,
    claim_preview,
    due_previews,
    get_preview,
    last_preview,
    start_preview,
    store_previewed,
)
from review.scorecards.publishing import NotReady
from review.settings import Settings, read_settings
from tests.db.rescoring import GREETS, PLAIN, assessments, scored_call
from tests.factories import make_user
from workers.scorecards import work_on_preview


def never() -> bool:
    return False


def after(calls: int) -> Callable[[], bool]:
    asked = iter(range(calls))
    return lambda: next(asked, None) is None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"CALLCOACH_DATA": str(tmp_path)})


@pytest.fixture
def calls(database: Database) -> list[int]:
    """Two calls of yesterday, and a draft in which the greeting weighs ten times as much and the company nothing."""
    made = [scored_call(database, *GREETS), scored_call(database, *PLAIN)]
    with database.session() as session:
        session.execute(update(Call).values(happened_at=utc_now() - timedelta(days=1)))
        body = deepcopy(dict(begin_draft(session, "cold-call", None).body))
        opening = body["sections"][0]["criteria"]
        opening[0]["weight"] = 60
        opening[1]["mode"] = "people"
        save_draft(session, "cold-call", body, 1, None)
    return made


def start(database: Database, *, days: int = 7, same: bool = True, source: str | None = None, most: int = 50) -> int:
    with database.session() as session:
        return start_preview(session, "cold-call", None, source=source, days=days, calls=most, same=same)


def test_past_calls_are_judged_by_the_draft_and_stay_as_they_are(
    database: Database, settings: Settings, calls: list[int]
) -> None:
    preview = start(database)
    assert work_on_preview(database, settings, preview, stop=never) == "done"
    with database.session() as session:
        viewer = load_viewer(session, make_user(session, "quality_lead").id)
        assert viewer is not None
        row, found = get_preview(session, preview), read_results(session, viewer, preview)
    assert (row.done, row.total, row.state, row.share) == (2, 2, "done", 1.0)
    assert (found.judged, found.failed, found.up + found.down + found.same) == (2, 0, 2)
    assert sum(band.before for band in found.bands) == sum(band.after for band in found.bands) == 2
    assert found.criteria[0].after == "unanswered"
    assert found.criteria[0].calls == 2
    assert {call.call_id for call in found.calls} == set(calls)
    for call in calls:
        assert len(assessments(database, call)) == 1


def test_a_preview_that_was_interrupted_goes_on(database: Database, settings: Settings, calls: list[int]) -> None:
    preview = start(database)
    assert work_on_preview(database, settings, preview, stop=after(1)) == "waiting"
    with database.read() as session:
        assert get_preview(session, preview).done == 1
        assert due_previews(session) == [preview]
    assert work_on_preview(database, settings, preview, stop=never) == "done"
    with database.read() as session:
        assert get_preview(session, preview).done == 2
        assert due_previews(session) == []


def test_a_newer_preview_stops_the_older_one_and_its_worker(
    database: Database, settings: Settings, calls: list[int]
) -> None:
    first = start(database)
    with database.session() as session:
        claim = claim_preview(session, first)
        assert claim is not None
        assert claim_preview(session, first) is None
    second = start(database, most=1)
    with database.session() as session:
        assert not store_previewed(session, claim, calls[0], why="too late")
        newest = last_preview(session, "cold-call")
        assert newest is not None
        assert (newest.id, newest.total) == (second, 1)
        cancel_preview(session, second)
        assert get_preview(session, second).state == "cancelled"
        assert get_preview(session, second).share == 0
    assert work_on_preview(database, settings, second, stop=never) == "cancelled"


def test_a_lost_worker_is_followed_by_another(database: Database, settings: Settings, calls: list[int]) -> None:
    preview = start(database)
    with database.session() as session:
        claim_preview(session, preview)
        session.execute(update(ScorecardPreview).values(lease_until=1.0))
    assert work_on_preview(database, settings, preview, stop=never) == "done"


def test_a_call_that_cannot_be_judged_is_named_and_the_rest_goes_on(
    database: Database, settings: Settings, calls: list[int]
) -> None:
    preview = start(database)
    with database.session() as session:
        session.execute(update(StoredTranscript).where(StoredTranscript.call_id == calls[0]).values(body=b"broken"))
    assert work_on_preview(database, settings, preview, stop=never) == "done"
    with database.session() as session:
        viewer = load_viewer(session, make_user(session, "head_of_sales").id)
        assert viewer is not None
        found = read_results(session, viewer, preview)
    assert (found.judged, found.failed) == (1, 1)
    assert found.calls[0].call_id == calls[0]
    assert found.calls[0].why


def test_single_calls_are_shown_only_to_whom_they_exist(
    database: Database, settings: Settings, calls: list[int]
) -> None:
    preview = start(database)
    work_on_preview(database, settings, preview, stop=never)
    with database.session() as session:
        viewer = load_viewer(session, make_user(session, "manager").id)
        assert viewer is not None
        found = read_results(session, viewer, preview)
    assert found.calls == ()
    assert found.judged == 2


def test_what_cannot_be_previewed_says_why(database: Database, calls: list[int]) -> None:
    with database.session() as session:
        session.execute(update(Call).values(happened_at=utc_now() - timedelta(days=20)))
    with pytest.raises(NothingToPreview):
        start(database)
    with pytest.raises(NothingToPreview):
        start(database, days=30, source="nowhere")
    with database.session() as session:
        session.execute(update(StoredAssessment).values(standard="closing"))
    with pytest.raises(NothingToPreview):
        start(database, days=30)
    made = start(database, days=30, same=False)
    with database.session() as session:
        with pytest.raises(NoDraft):
            start_preview(session, "closing", None, source=None, days=7, calls=5, same=False)
        draft = begin_draft(session, "cold-call", None)
        save_draft(session, "cold-call", {**draft.body, "title": {}}, draft.revision, None)
        with pytest.raises(NotReady):
            start_preview(session, "cold-call", None, source=None, days=30, calls=5, same=False)
        with pytest.raises(NoSuchPreview):
            get_preview(session, made + 99)
        assert session.scalar(select(ScorecardPreview.id)) == made

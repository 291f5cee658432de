"""A closed calibration keeps from a participant what was answered of their own call, or of one to be judged blind."""

from __future__ import annotations

from sqlalchemy import update

from review.calibration.closing import close
from review.calibration.results import read_results
from review.db import Database
from review.models import Call, utc_now
from review.queries.viewer import load_viewer
from review.sampling.handing import put
from tests import factories
from tests.db.calibrating import Round, calibrated, fill_in, make
from web.reading.calibration import read_page

__all__ = ["calibrated"]  # the fixture


def test_nobody_reads_answers_of_a_call_they_held_or_are_to_judge_blind(database: Database, calibrated: Round) -> None:
    """Omar is the rep of the first call as well, and has the second one before him as a blind review."""
    own, blind, free = calibrated.calls
    with database.session() as session:
        mine = factories.make_rep(session, "Omar", user_id=calibrated.omar.user_id)
        session.execute(update(Call).where(Call.id == own).values(rep_id=mine.id))
        waiting = {"call_id": blind, "user_id": calibrated.omar.user_id, "part": "chosen", "why": [], "blind": True}
        assert put(session, {**waiting, "due_at": utc_now()})
    people = (calibrated.vera.user_id, calibrated.igor.user_id, calibrated.omar.user_id)
    made = make(database, calibrated, user_ids=people)
    for call_id in calibrated.calls:
        fill_in(database, calibrated.vera, call_id, calibrated.sheet(0))
        fill_in(database, calibrated.igor, call_id, calibrated.sheet(-1))
    with database.session() as session:
        close(session, calibrated.lead, made)
    with database.read() as session:
        omar = load_viewer(session, calibrated.omar.user_id)
        assert omar is not None
        found = read_results(session, omar, made)
        whole = read_results(session, calibrated.lead, made)
        page = read_page(found, "en")
    assert {cell.call_id for cell in whole.cells} == set(calibrated.calls)
    assert {cell.call_id for cell in found.cells} == {free}
    assert set(found.machine) | set(found.machine_scores) <= {free}
    assert {call_id for one in found.criteria for call_id in one.differing} == {free}
    assert {one.call.call_id for one in page.differences} == {free}
    assert [cell.score is None for cell in page.heat[0].cells] == [True, True, False]
    assert found.exact == whole.exact, "the figures are the same for everybody"

"""Three scored calls and the people of a calibration, for its tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from review.calibration.making import make_calibration
from review.calibration.types import Terms
from review.db import Database
from review.evaluations import open_evaluation, submit
from review.queries.viewer import Viewer, load_viewer
from scoring.engine import score
from scoring.standards import load_standard
from tests import factories
from tests.db.evaluating import WORDS


@dataclass(frozen=True)
class Round:
    """Three calls, a lead, three reviewers and the rep whose calls they are."""

    calls: tuple[int, ...]
    lead: Viewer
    vera: Viewer
    igor: Viewer
    omar: Viewer
    rep: Viewer
    criteria: dict[str, tuple[str, ...]]  # criterion -> its options, worst to best

    def terms(self, **more: Any) -> Terms:
        """What the lead asks for, unless told otherwise."""
        usual: dict[str, Any] = {
            "name": "November",
            "standard": "cold-call",
            "call_ids": self.calls,
            "user_ids": (self.vera.user_id, self.igor.user_id),
        }
        return Terms(**{**usual, **more})

    def sheet(self, level: int, **other: str) -> dict[str, Any]:
        """Every criterion answered: the worst option (0), or the best (-1), and others by name."""
        return {name: {"answer": other.get(name, options[level])} for name, options in self.criteria.items()}


@pytest.fixture
def calibrated(database: Database) -> Round:
    """The calls and the people."""
    sheet = load_standard("cold-call")
    with database.session() as session:
        person = factories.make_user(session, "rep", name="Rita")
        rep = factories.make_rep(session, "Rita", user_id=person.id)
        calls = []
        for _ in range(3):
            call = factories.make_call(session, rep_id=rep.id)
            factories.store_words(session, call, *WORDS)
            factories.store_score(session, call, score(factories.make_transcript(*WORDS), sheet).to_json())
            calls.append(call.id)
        people = {
            "lead": factories.make_user(session, "quality_lead", name="Lena"),
            "vera": factories.make_user(session, "reviewer", name="Vera"),
            "igor": factories.make_user(session, "reviewer", name="Igor"),
            "omar": factories.make_user(session, "reviewer", name="Omar"),
            "rep": person,
        }
        session.flush()
        viewers = {name: load_viewer(session, user.id) for name, user in people.items()}
    criteria = {
        one.id: tuple(option.id for option in sorted(one.options, key=lambda option: option.points))
        for section in sheet.sections
        for one in section.criteria
        if one.options
    }
    return Round(tuple(calls), criteria=criteria, **viewers)  # type: ignore[arg-type]


def make(database: Database, found: Round, **more: Any) -> int:
    with database.session() as session:
        return make_calibration(session, found.lead, found.terms(**more))


def fill_in(database: Database, viewer: Viewer, call_id: int, answers: dict[str, Any], *, blind: bool = False) -> int:
    with database.session() as session:
        draft = open_evaluation(session, call_id, viewer, blind=blind)
        return submit(session, call_id, draft.id, viewer, revision=draft.revision, answers=answers).id

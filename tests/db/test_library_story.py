"""The demo's story of the library: told once, by what is there, and not at all where nothing is."""

from __future__ import annotations

from sqlalchemy import func, select

from review.db import Database
from review.library.tasks import own_tasks
from review.models import ClipGood, ClipShare, ObjectionEpisode, Quiz, WebAudio
from review.queries.viewer import load_viewer
from review.quizzes.reading import own_quizzes
from review.services.episode_merit import merit_of
from tests.factories import make_call, make_rep, make_user, store_words
from workers.demo.stories.library import LEAD, MANAGER, REP, tell


def test_the_story_is_told_once_by_what_is_there(database: Database) -> None:
    with database.session() as session:
        assert not tell(session), "no people, no story"
        make_user(session, "quality_lead", email=LEAD)
        make_user(session, "manager", email=MANAGER)
        rep = make_user(session, "rep", email=REP)
        assert not tell(session), "no objections, no story"
        call = make_call(session, rep_id=make_rep(session, user_id=rep.id).id, language="en", duration=60.0)
        store_words(session, call, ("client", "too much for us"), ("rep", "I see"))
        call.duration, call.language = 60.0, "en"
        session.add(WebAudio(call_id=call.id, folder="derived/x", duration=60.0))
        for number, (outcome, moves) in enumerate((("handled", ["answer", "check"]), ("mishandled", [])), 1):
            faults = ["argued"] if outcome == "mishandled" else []
            session.add(
                ObjectionEpisode(
                    call_id=call.id, number=number, type="price", types=["price"], outcome=outcome, reaction="neutral",
                    quote="too much", moves=moves, faults=faults, start=10.0 * number, end=10.0 * number + 2,
                    answer_start=10.0 * number + 3, answer_end=10.0 * number + 8,
                    merit=merit_of(outcome, moves, faults, None),
                )
            )  # fmt: skip
        session.flush()
        assert tell(session)
        assert not tell(session)
        viewer = load_viewer(session, rep.id)
        assert viewer is not None
        assert [(task.clips, task.heard) for task in own_tasks(session, viewer)] == [(1, 0)], "nothing heard for them"
        assert [(task.questions, task.answered) for task in own_quizzes(session, viewer)] == [(1, 0)]
        for table in (ClipGood, ClipShare, Quiz):
            assert session.scalar(select(func.count()).select_from(table)) == 1

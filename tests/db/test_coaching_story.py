"""The demo's coaching story is told once, by the services people use, and makes no calls up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from review.coaching.listing import read_session
from review.db import Database
from review.models import Call, CoachingPlan, CoachingSession, User, utc_now
from tests.db.coaching_world import answer_calls, settle
from workers.demo.stories.coaching import COACH, tell


def test_the_story_is_told_once_and_says_that_it_is_too_early(database: Database) -> None:
    with database.session() as session:
        world = settle(session)
        assert not tell(session)  # nobody is called so yet
        session.get_one(User, world.coach).email = COACH
        session.flush()
        assert not tell(session)  # no call was scored yet
        answer_calls(session, world.rep, utc_now() - timedelta(days=9), [True, False] * 3)
        calls = session.scalar(select(func.count()).select_from(Call))
        assert tell(session)
        assert not tell(session)
        assert session.scalar(select(func.count()).select_from(Call)) == calls
        row = session.scalars(select(CoachingSession)).one()
        found = read_session(session, world.viewer(session, "rep"), row.id, utc_now())
        assert found.line.state == "held"
        assert found.line.confirmed_at is not None
        assert found.follow_up.state == "waiting"
        assert len(session.scalars(select(CoachingPlan)).all()) == 1

"""The pages of coaching whose coach has left: what stands first, what is said, and taking a plan over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from review.coaching.plans import PlanTerms, make_plan
from review.coaching.sessions import make_session
from review.db import Database
from review.models import TeamMember, User, utc_now
from tests.db.coaching_world import CRITERION, STANDARD, terms
from tests.factories import make_user
from tests.web.conftest import Crew, SignIn, post
from tests.web.test_coaching import person


@pytest.fixture
def begun(database: Database, crew: Crew) -> tuple[int, int, int]:
    """A session and a plan of a second manager of the same team: (their account, the session, the plan)."""
    made = PlanTerms(
        goal="Ask before offering",
        standard=STANDARD,
        criteria=(CRITERION.id,),
        starts_on=utc_now().date() - timedelta(days=8),
        weeks=3,
    )
    with database.session() as session:
        former = make_user(session, "manager", name="Fay Former").id
        own = session.query(TeamMember).filter_by(user_id=crew.users["manager"], is_manager=True).first()
        assert own is not None
        session.add(TeamMember(team_id=own.team_id, user_id=former, is_manager=True))
    coach = person(database, former)
    with database.session() as session:
        session_id = make_session(session, coach, crew.reps["own"], terms())
        return former, session_id, make_plan(session, coach, crew.reps["own"], made)


def test_a_plan_without_a_coach_is_seen_and_taken_over(
    sign_in: SignIn, database: Database, crew: Crew, begun: tuple[int, int, int]
) -> None:
    former, session_id, plan_id = begun
    plan, manager, rep = f"/coaching/plans/{plan_id}", sign_in("manager"), sign_in("rep")
    assert "ithout a coach" not in manager.get("/coaching").text + manager.get(plan).text
    assert "Take it over" in manager.get(plan).text, "also from somebody who still works here"
    with database.session() as session:
        session.get_one(User, former).disabled_at = utc_now()
    page = manager.get("/coaching").text
    assert page.index("Plans without a coach") < page.index("Without a coach <span")
    assert f'href="{plan}"' in page
    assert f'id="session{session_id}"' in page
    assert "without a coach</span>" in manager.get("/coaching/plans").text
    for browser in (manager, rep):
        assert "Fay Former does not work here any more, so this plan is without a coach." in browser.get(plan).text
    assert "so this session is without a coach" in rep.get(f"/coaching/{session_id}").text
    assert f'action="{plan}/take-over"' not in rep.get(plan).text

    assert post(rep, f"{plan}/take-over", page=plan).status_code == 403
    answer = post(manager, f"{plan}/take-over", page=plan, follow_redirects=True).text
    assert "You lead this plan now." in answer
    assert "does not work here any more" not in answer
    assert "Take it over" not in answer
    assert "leads your coaching plan from now on" in rep.get("/notifications").text
    assert "Plans without a coach" not in manager.get("/coaching").text

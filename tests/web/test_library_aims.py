"""Giving a playlist from a figure: person and criterion arrive in the library and go along until it is given."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from review.comments.clips import make_clip
from review.db import Database
from review.models import utc_now
from review.queries.viewer import load_viewer
from tests.db.coaching_world import CRITERION, STANDARD, answer_calls
from tests.web.conftest import Crew, SignIn, post

QUESTION = CRITERION.question["en"]


@pytest.fixture
def clip(database: Database, crew: Crew) -> int:
    """A clip of a call of the manager's rep; the call answers the criterion with the worst option."""
    with database.session() as session:
        manager = load_viewer(session, crew.users["manager"])
        assert manager is not None
        call = answer_calls(session, crew.reps["own"], utc_now() - timedelta(days=3), [False])[0]
        return make_clip(session, manager, call, 0.0, 2.0, "The price came first")


def about(**whom: int) -> str:
    return urlencode({**whom, "standard": STANDARD, "criterion": CRITERION.id})


def test_person_and_criterion_arrive_and_go_along(sign_in: SignIn, crew: Crew, clip: int) -> None:
    browser = sign_in("manager")
    calls = browser.get(f"/people/{crew.reps['own']}/calls?{about()}").text
    place = f"/clips?{about(**{'for': crew.reps['own']})}"
    assert place.replace("&", "&amp;") in calls
    library = browser.get(place).text
    assert "A playlist for Rita Rep on" in library
    assert f'value="{QUESTION}"' in library, "a new playlist is called after the criterion"
    aim = {"for": str(crew.reps["own"]), "standard": STANDARD, "criterion": CRITERION.id}
    made = post(browser, "/playlists", {"title": QUESTION, **aim}, page=place).headers["Location"]
    assert f"for={crew.reps['own']}" in made
    empty = browser.get(made).text
    assert place.replace("&", "&amp;") in empty, "the way back to the library keeps whom it is for"
    number = made.rpartition("/")[2].partition("?")[0]
    post(browser, f"/clips/{clip}", {"act": "add", "playlist": number, "back": place}, page=place)
    form = browser.get(made).text
    assert f'name="person" value="{crew.users["rep"]}" checked' in form
    assert form.count(" checked") == 1
    assert 'class="more give-more" open' in form


def test_a_whole_team_arrives_too(sign_in: SignIn, crew: Crew, clip: int) -> None:
    library = sign_in("manager").get(f"/clips?{about(for_team=crew.teams['own'])}").text
    assert "A playlist for " in library


@pytest.mark.parametrize("whom", [{"for": 10**12}, {"for_team": 10**12}, {"for": 0}])
def test_nobody_is_named_whom_one_may_not_give_to(sign_in: SignIn, clip: int, whom: dict[str, int]) -> None:
    assert "A playlist for " not in sign_in("manager").get(f"/clips?{about(**whom)}").text


def test_other_teams_and_reps_themselves_name_nobody(sign_in: SignIn, crew: Crew, clip: int) -> None:
    assert "A playlist for " not in sign_in("manager").get(f"/clips?{about(**{'for': crew.reps['other']})}").text
    assert "A playlist for " not in sign_in("rep").get(f"/clips?{about(**{'for': crew.reps['own']})}").text


def test_a_figure_brings_its_moment_into_a_session(sign_in: SignIn, crew: Crew, clip: int) -> None:
    browser = sign_in("manager")
    calls = browser.get(f"/people/{crew.reps['own']}/calls?{about()}").text
    assert f"/coaching/new?rep={crew.reps['own']}&amp;standard={STANDARD}&amp;criterion={CRITERION.id}" in calls
    assert "Plan coaching" not in sign_in("rep").get(f"/people/{crew.reps['own']}/calls?{about()}").text

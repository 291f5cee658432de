"""The page of objections across calls: counts, filters that hold for everything on it, and only calls one may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from review.db import Database
from review.models import Call
from review.services.episodes import keep_episodes
from tests.factories import make_call
from tests.web.conftest import Crew, SignIn


def episode(kind: str, outcome: str, quote: str, faults: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "types": [kind],
        "client": {"quote": quote, "start": 61.5},
        "response": {"quote": "Well <b>then</b>.", "start": 65.0},
        "moves": [],
        "faults": [{"name": name} for name in faults],
        "reaction": "resists",
        "outcome": outcome,
        "severity": None,
    }


@pytest.fixture
def calls(database: Database, crew: Crew) -> dict[str, int]:
    """A call of the signed-in rep and one of another team, with an objection each."""
    made = {}
    with database.session() as db:
        for name, rep, item in (
            ("own", crew.reps["own"], episode("price", "mishandled", "Far <too> expensive.", ["argued"])),
            ("other", crew.reps["other"], episode("timing", "handled", "Not this year.")),
        ):
            call: Call = make_call(db, rep_id=rep)
            keep_episodes(db, call.id, {"objections": [item]})
            made[name] = call.id
    return made


def test_everything_of_an_episode_is_on_the_page_and_plays(sign_in: SignIn, calls: dict[str, int]) -> None:
    page = sign_in("head_of_sales").get("/objections").text
    assert "Rita Rep" in page
    assert "Olga Other" in page
    assert "Far &lt;too&gt; expensive." in page
    assert "Well &lt;b&gt;then&lt;/b&gt;." in page
    assert f'href="/calls/{calls["own"]}?t=61.5&amp;play=1"' in page
    assert 'aria-label="mishandled 1"' in page
    assert '<span class="chip">argued 1</span>' in page


def test_a_rep_sees_own_objections_alone(sign_in: SignIn, calls: dict[str, int]) -> None:
    page = sign_in("rep").get("/objections").text
    assert "Far &lt;too&gt; expensive." in page
    assert "Not this year." not in page
    assert "Olga Other" not in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("type=timing", "Not this year.", "expensive"),
        ("outcome=mishandled", "expensive", "Not this year."),
        ("days=8&type=nonsense&rep_id=x&team_id=-1&page=0", "Not this year.", "No objection matches"),
        ("type=fit", "No objection matches", "expensive"),
    ],
)
def test_filters_hold_for_the_page_and_nonsense_is_no_filter(
    sign_in: SignIn, calls: dict[str, int], query: str, shown: str, hidden: str
) -> None:
    page = sign_in("quality_lead").get(f"/objections?{query}").text
    assert shown in page
    assert hidden not in page


def test_an_installation_without_objections_says_what_will_come(sign_in: SignIn) -> None:
    assert "No objections yet" in sign_in("manager").get("/objections").text

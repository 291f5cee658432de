"""The pages of the win-back: who sees which lead, verdicts by htmx, reopening, what was handed to me, the list."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from review.db import Database
from review.models import Deal, DoNotCall, Rep, WinBackLead, utc_now
from review.win_back.finding import Pass, Terms, keep, plan
from review.win_back.ranking import rank_anew
from tests.factories import make_call, make_client, make_deal, store_score, store_words
from tests.web.conftest import Crew, SignIn, csrf_token, post
from tests.web.scores import assessment_of

WORDS = (
    ("rep", "Good morning, Rita from Callcoach"),
    ("client", "Yes, we move in January. When could you deliver if we took eight now?"),
    ("rep", "Right."),
    ("client", "Please call me again on Thursday."),
    ("rep", "Goodbye."),
)


@pytest.fixture
def leads(database: Database, crew: Crew) -> dict[str, int]:
    """A lost deal of the signed-in rep and one of another team, found; the id of each lead."""
    now = utc_now()
    with database.session() as db:
        db.get_one(Rep, crew.reps["team"])
        made: dict[str, Deal] = {}
        for name in ("own", "other"):
            client = make_client(db, f"Client {name}", phones=[f"+4930123400{len(made)}"])
            rep = crew.reps[name]
            deal = make_deal(
                db,
                client,
                title="12 desks <b>",
                status="closed_lost",
                loss_reason="no budget",
                rep_id=rep,
                closed_by_id=rep,
                opened_at=now - timedelta(days=20),
                closed_at=now - timedelta(days=8),
                amount=4800,
                currency="EUR",
            )
            at = now - timedelta(days=9)
            call = make_call(db, rep_id=rep, client_id=client.id, deal_id=deal.id, direction="outbound", started_at=at)
            store_words(db, call, *WORDS)
            store_score(db, call, assessment_of())
            made[name] = deal
        deals = {name: deal.id for name, deal in made.items()}
    find(database)
    with database.read() as db:
        by_deal = dict(db.execute(select(WinBackLead.deal_id, WinBackLead.id)).all())
    return {name: by_deal[deal] for name, deal in deals.items()}


def find(database: Database) -> None:
    """A pass that leaves nobody untouched."""
    terms, now = Terms(control_share=0.0, watch_days=90, days=365), datetime.now(UTC)
    with database.read() as db:
        planned = list(plan(db, terms, None, now))
    with database.session() as db:
        for chunk in planned:
            keep(db, chunk, terms, now, Pass())
        rank_anew(db)


def reopening(crew: Crew, **more: Any) -> dict[str, str]:
    due = (utc_now() + timedelta(days=3)).date().isoformat()
    return {"owner": str(crew.reps["team"]), "brief": "Call on Thursday.", "quote": "eight now", "due": due, **more}


def test_a_line_says_why_and_lets_nothing_through_as_markup(sign_in: SignIn, leads: dict[str, int]) -> None:
    page = sign_in("head_of_sales").get("/win-back").text
    assert "Client own" in page
    assert "Client other" in page
    assert "Please call me again on Thursday." in page
    assert "12 desks &lt;b&gt;" in page
    assert "closed “no budget” by Rita Rep" in page
    assert "no later attempt" in page


def test_a_manager_sees_the_own_teams_leads_and_a_rep_none(sign_in: SignIn, leads: dict[str, int], crew: Crew) -> None:
    manager = sign_in("manager")
    assert "Client own" in manager.get("/win-back").text
    assert "Client other" not in manager.get("/win-back").text
    assert manager.get(f"/win-back/{leads['other']}/reopen").status_code == 404
    assert post(manager, f"/win-back/{leads['other']}/verdict", {"answer": "wrong"}).status_code == 404
    rep = sign_in("rep")
    assert rep.get("/win-back").status_code == 403
    assert "Client own" not in rep.get("/win-back/mine").text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("band=high&reason=no_later_attempt&size=middle", True),
        ("band=low", False),
        ("size=unknown", False),
        ("reason=never_called", False),
        ("tab=agreed", False),
        ("tab=nonsense&band=x&rep=-1&team=abc&size=q&reason=a%27b&after=nan.1", True),
    ],
)
def test_filters_and_nonsense(sign_in: SignIn, leads: dict[str, int], query: str, shown: bool) -> None:
    page = sign_in("quality_lead").get(f"/win-back?{query}").text
    assert ("12 desks" in page) is shown
    assert shown or "No lead" in page


def test_a_verdict_by_htmx_gives_the_line_as_it_is_now(sign_in: SignIn, leads: dict[str, int]) -> None:
    head = sign_in("head_of_sales")
    token = csrf_token(head, "/win-back")
    headers = {"HX-Request": "true", "X-CSRFToken": token}
    url = f"/win-back/{leads['own']}/verdict"
    line = head.post(url, data={"answer": "wrong", "tab": "judge"}, headers=headers).text
    assert f'id="lead{leads["own"]}"' in line
    assert "agreed" in line
    assert 'value="wrong"' not in line
    assert "<html" not in line
    assert head.post(url, data={"answer": "perhaps"}, headers=headers).status_code == 422
    assert head.post(url, data={"answer": "right"}).status_code == 400
    assert "Client own" in head.get("/win-back?tab=agreed").text


def test_from_a_lead_to_its_new_owner_and_back(
    sign_in: SignIn, leads: dict[str, int], crew: Crew, database: Database
) -> None:
    with database.session() as db:
        db.get_one(Rep, crew.reps["own"]).user_id = None
        db.get_one(Rep, crew.reps["team"]).user_id = crew.users["rep"]
    head, lead = sign_in("head_of_sales"), leads["own"]
    form = head.get(f"/win-back/{lead}/reopen").text
    assert "Tom Team" in form
    assert "Not Rita Rep, who closed it" in form
    assert "Please call me again on Thursday." in form
    refused = post(head, f"/win-back/{lead}/reopen", reopening(crew, owner=str(crew.reps["own"])))
    assert refused.status_code == 422
    assert "another owner" in refused.text
    assert post(head, f"/win-back/{lead}/reopen", reopening(crew)).status_code == 302
    assert post(head, f"/win-back/{lead}/reopen", reopening(crew)).status_code == 409
    owner = sign_in("rep")
    mine = owner.get("/win-back/mine").text
    assert "Call on Thursday." in mine
    assert "eight now" in mine
    assert "+49 30 1234000" in mine
    assert "Rita Rep" not in mine
    client = re.search(r'href="(/clients/\d+)"', mine)
    assert client is not None
    assert owner.get(client.group(1)).status_code == 200
    assert "reopened a lead for you: Client own" in owner.get("/notifications").text
    assert post(owner, f"/win-back/{lead}/outcome", {"outcome": "reached", "from": "mine"}).status_code == 302
    assert post(owner, f"/win-back/{lead}/outcome", {"outcome": "won", "sum": "a lot"}).status_code == 422
    assert post(owner, f"/win-back/{lead}/outcome", {"outcome": "won", "sum": "5 000"}).status_code == 302
    back = head.get("/win-back?tab=back").text
    assert "Client own" in back
    assert "5,000 EUR" in back
    assert "too early to say" in head.get("/win-back/results").text


def test_a_number_on_the_list_leaves_the_queue_and_the_hand_out(
    sign_in: SignIn, leads: dict[str, int], crew: Crew, database: Database
) -> None:
    head, lead = sign_in("head_of_sales"), leads["own"]
    wrong = post(head, "/win-back/do-not-call", {"number": "hello", "reason": "asked"})
    assert wrong.status_code == 422
    asked = {"number": "+49 30 1234000", "reason": "asked not to be called"}
    assert post(head, "/win-back/do-not-call", asked).status_code == 302
    listed = head.get("/win-back/do-not-call?q=client own").text
    assert "+49 30 1234000" in listed
    assert "asked not to be called" in listed
    assert "Client own" not in head.get("/win-back").text
    assert "Client own" in head.get("/win-back?tab=excluded").text
    assert "nobody can be sent there" in head.get(f"/win-back/{lead}/reopen").text
    assert post(head, f"/win-back/{lead}/reopen", reopening(crew)).status_code == 422
    off = {"number": "+49301234000", "reason": "typed wrongly"}
    assert post(head, "/win-back/do-not-call/remove", off).status_code == 302
    with database.read() as db:
        assert db.scalars(select(DoNotCall)).all() == []


def test_who_was_handed_a_number_that_is_refused_since_sees_no_number(
    sign_in: SignIn, leads: dict[str, int], crew: Crew, database: Database
) -> None:
    with database.session() as db:
        db.get_one(Rep, crew.reps["own"]).user_id = None
        db.get_one(Rep, crew.reps["team"]).user_id = crew.users["rep"]
    head = sign_in("head_of_sales")
    post(head, f"/win-back/{leads['own']}/reopen", reopening(crew))
    with database.session() as db:
        db.add(DoNotCall(e164="+49301234000", reason="asked", source="crm", at=utc_now()))
    mine = sign_in("rep").get("/win-back/mine").text
    assert "Do not call" in mine
    assert "1234000" not in mine


def test_an_installation_without_leads_says_what_will_come(sign_in: SignIn) -> None:
    head = sign_in("head_of_sales")
    assert "Nothing to judge" in head.get("/win-back").text
    assert "No lead was reopened yet" in head.get("/win-back/results").text
    assert "No number on the list" in head.get("/win-back/do-not-call").text
    assert "Nothing was handed to you" in sign_in("rep").get("/win-back/mine").text

"""One rule of who sees which call, asked through every query there is: what is not yours does not exist."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from review.db import Database
from review.models import WebAudio
from review.queries.call import get_call, get_call_row
from review.queries.call_audio import audio_folder
from review.queries.client import get_client
from review.queries.inbox import InboxFilters, filter_choices, list_calls, state_counts
from review.queries.search import search_calls
from review.queries.viewer import Viewer, load_viewer
from review.services.people import set_rep_team
from tests.factories import make_call, make_client, make_deal, make_rep, make_team, make_user, store_words


@dataclass(frozen=True)
class Company:
    """Two teams; three calls of one client: by the rep, by a colleague in the same team, by the other team."""

    users: dict[str, int]
    calls: dict[str, int]
    client: int
    stranger: int  # a client only the other team ever called
    prospect: int  # a client without calls, whose deal is the rep's


@pytest.fixture
def company(database: Database) -> Company:
    with database.session() as session:
        people = {
            role: make_user(session, role)
            for role in ("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin")
        }
        people["nobody"] = make_user(session)
        people["rep without calls"] = make_user(session, "rep")
        people["talking manager"] = make_user(session, "manager")
        people["admin who talks"] = make_user(session, "admin")
        people["admin and lead"] = make_user(session, "admin", "quality_lead")
        north = make_team(session, managers=[people["manager"]])
        south = make_team(session)
        own = make_rep(session, team=north, user_id=people["rep"].id)
        colleague = make_rep(session, team=north)
        other = make_rep(session, team=south, user_id=people["talking manager"].id)
        admins = make_rep(session, team=south, user_id=people["admin who talks"].id)
        client, stranger, prospect = (make_client(session) for _ in range(3))
        make_deal(session, prospect, rep_id=own.id)
        calls = {
            "own": make_call(session, rep_id=own.id, client_id=client.id),
            "team": make_call(session, rep_id=colleague.id, client_id=client.id),
            "other": make_call(session, rep_id=other.id, client_id=client.id),
            "admin's": make_call(session, rep_id=admins.id, client_id=stranger.id),
            "without rep": make_call(session, client_id=stranger.id),
        }
        for call in calls.values():
            store_words(session, call, ("rep", "The price is fine"))
            session.add(WebAudio(call_id=call.id, folder=f"derived/{call.id}"))
        return Company(
            {name: user.id for name, user in people.items()},
            {name: call.id for name, call in calls.items()},
            client.id,
            stranger.id,
            prospect.id,
        )


EVERYTHING = {"own", "team", "other", "admin's", "without rep"}
SEES = {
    "rep": {"own"},
    "manager": {"own", "team"},
    "talking manager": {"other"},
    "reviewer": EVERYTHING,
    "quality_lead": EVERYTHING,
    "head_of_sales": EVERYTHING,
    "admin and lead": EVERYTHING,
    "external_reviewer": set(),
    "admin": set(),
    "admin who talks": set(),
    "nobody": set(),
    "rep without calls": set(),
}


def viewer_of(session: Session, company: Company, who: str) -> Viewer:
    viewer = load_viewer(session, company.users[who])
    assert viewer is not None
    return viewer


@pytest.mark.parametrize("who", SEES)
def test_every_query_shows_the_same_calls(database: Database, company: Company, who: str) -> None:
    names = {call_id: name for name, call_id in company.calls.items()}
    with database.read() as session:
        viewer = viewer_of(session, company, who)
        inbox = list_calls(session, viewer, InboxFilters()).rows
        assert {names[row.id] for row in inbox} == SEES[who]
        assert {names[found.call.id] for found in search_calls(session, viewer, "price").calls} == SEES[who]
        assert state_counts(session, viewer).total == len(SEES[who])
        for name, call_id in company.calls.items():
            sees = name in SEES[who]
            assert (get_call(session, viewer, call_id) is not None) is sees
            assert (get_call_row(session, viewer, call_id) is not None) is sees
            assert (audio_folder(session, viewer, call_id) == f"derived/{call_id}") is sees
        seen_of_client = {"own", "team", "other"} & SEES[who]
        card = get_client(session, viewer, company.client)
        assert (card is not None) is bool(seen_of_client)
        if card is not None:
            assert {names[row.id] for row in card.calls} == seen_of_client
            assert card.calls_total == len(seen_of_client)
            assert {names[item.call.id] for item in card.timeline if item.call} == seen_of_client
        for name in SEES[who]:
            page = get_call(session, viewer, company.calls[name])
            assert page is not None
            assert {names[item.call.id] for item in page.timeline if item.call} <= SEES[who]
            assert {names[i] for i in (page.newer_id, page.older_id) if i is not None} <= SEES[who]
        stranger = get_client(session, viewer, company.stranger)
        assert (stranger is not None) is (SEES[who] == EVERYTHING)
        choices = filter_choices(session, viewer)
        assert bool(choices.sources) is bool(SEES[who])


@pytest.mark.parametrize(
    ("who", "sees"), [("rep", True), ("manager", True), ("talking manager", False), ("admin", False)]
)
def test_a_client_without_calls_is_seen_through_a_deal(
    database: Database, company: Company, who: str, sees: bool
) -> None:
    with database.read() as session:
        card = get_client(session, viewer_of(session, company, who), company.prospect)
        assert (card is not None) is sees


def test_a_call_that_does_not_exist_is_like_one_of_another(database: Database, company: Company) -> None:
    with database.read() as session:
        viewer = viewer_of(session, company, "head_of_sales")
        for call_id in (0, -1, 10**9):
            assert get_call(session, viewer, call_id) is None
            assert audio_folder(session, viewer, call_id) is None
            assert get_client(session, viewer, call_id) is None


def test_filters_do_not_open_other_peoples_calls(database: Database, company: Company) -> None:
    with database.read() as session:
        viewer = viewer_of(session, company, "rep")
        everyone = viewer_of(session, company, "head_of_sales")
        for row in list_calls(session, everyone, InboxFilters()).rows:
            found = list_calls(session, viewer, InboxFilters(rep_id=row.rep_id, client_id=row.client_id)).rows
            assert {call.id for call in found} <= {company.calls["own"]}


def test_moving_a_rep_moves_what_the_manager_sees(database: Database, company: Company) -> None:
    with database.session() as session:
        viewer = viewer_of(session, company, "manager")
        row = get_call_row(session, viewer, company.calls["team"])
        assert row is not None
        assert row.rep_id is not None
        set_rep_team(session, row.rep_id, None)
        assert get_call_row(session, viewer_of(session, company, "manager"), company.calls["team"]) is None

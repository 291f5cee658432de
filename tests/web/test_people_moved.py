"""A rep who changed teams on the pages: in the old team's map with the calls held there, which the cell leads to."""

from __future__ import annotations

import re
from datetime import timedelta

from review.db import Database
from review.models import TeamMembership, utc_now
from tests import factories
from tests.db.performing import add_result
from tests.web.conftest import Crew, SignIn


def test_the_old_teams_map_leads_to_the_calls_held_there(sign_in: SignIn, database: Database, crew: Crew) -> None:
    when = utc_now() - timedelta(days=10)
    with database.session() as session:
        north, south = factories.make_team(session, "Old North"), factories.make_team(session, "New South")
        factories.make_rep(session, "Still There", team=north)
        rep = factories.make_rep(session, "Mia Mover", team=south)
        session.add(TeamMembership(team_id=north.id, rep_id=rep.id, until=when))
        session.add(TeamMembership(team_id=south.id, rep_id=rep.id, since=when))
        for number in range(6):
            add_result(session, rep.id, when - timedelta(days=1, hours=number), fraction=0.0)
        for number in range(2):
            add_result(session, rep.id, when + timedelta(hours=number), fraction=1.0)
    lead = sign_in("quality_lead")
    page = lead.get(f"/team?team={north.id}").text
    row = re.search(r"Mia Mover</a><span class=\"sub\">New South</span>.*?</tr>", page, re.DOTALL)
    assert row is not None, "marked with the team they are in now"
    link = re.search(r'href="(/people/\d+/calls[^"]*)"', row[0])
    assert link is not None
    assert f"team={north.id}" in link[1]
    behind = lead.get(link[1].replace("&amp;", "&")).text
    assert behind.count('class="chip bad"') == 6, "the calls of the cell, and no other"
    assert lead.get(f"/people/{rep.id}/calls?criterion=greeting&standard=cold-call").text.count("said-link") == 8
    assert "Mia Mover" in lead.get(f"/team?team={south.id}").text


def test_a_column_of_calls_drawn_by_lot_says_so(sign_in: SignIn, database: Database, crew: Crew) -> None:
    at = utc_now() - timedelta(hours=1)
    with database.session() as session:
        team = factories.make_team(session, "Lots")
        rep = factories.make_rep(session, "Lot Drawn", team=team)
        for number in range(6):
            part = "random" if number % 2 else "risk"
            add_result(session, rep.id, at, fraction=number % 2, source="person", part=part)
    page = sign_in("quality_lead").get(f"/team?team={team.id}").text
    assert "(drawn by lot): 100 %" in page.replace("\xa0", " ") or "(drawn by lot): 100%" in page

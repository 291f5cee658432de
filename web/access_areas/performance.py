"""Who may use the routes of people's pages: one's own, a rep's, a team's, the reviewers'."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import LEADS, Rule, roles_only

# Whose reps they are is asked beside it: a rep sees only the own, a manager the own teams', leads everybody's.
OWN_PAGE = roles_only("rep")
SEES_REPS = roles_only("rep", "manager", "quality_lead", "head_of_sales")
SEES_TEAMS = roles_only("manager", "quality_lead", "head_of_sales")

RULES: Mapping[str, Rule] = {
    "me.index": OWN_PAGE,
    "me.recorded": OWN_PAGE,
    "me.ask_for_data": OWN_PAGE,
    "me.data": OWN_PAGE,
    "people.show": SEES_REPS,
    "people.calls": SEES_REPS,
    "team.index": SEES_TEAMS,
    "reviewers.index": LEADS,
    # programs
    "api_performance.read_rep": Rule(roles=SEES_REPS.roles, scope="people:read"),
    "api_performance.read_team": Rule(roles=SEES_TEAMS.roles, scope="people:read"),
    "api_performance.list_all_reviewers": Rule(roles=LEADS.roles, scope="people:read"),
    "api_own_data.list_data": Rule(roles=OWN_PAGE.roles, scope="people:read"),
    "api_own_data.take_data": Rule(roles=OWN_PAGE.roles, scope="people:read"),
    "api_own_data.ask_for_data": Rule(roles=OWN_PAGE.roles, scope="people:write"),
}

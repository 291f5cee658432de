"""The signed-in person as every query sees them: roles, teams and which calls are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ROLES: Final = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin")
SEES_ALL_CALLS: Final = frozenset({"reviewer", "quality_lead", "head_of_sales"})
"""Roles that see every call. A reviewer's own scope narrows this once scopes exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking. Loaded for each request, so that a change of role works on the next one."""

    user_id: int
    name: str
    email: str
    language: str
    roles: frozenset[str]
    team_ids: frozenset[int]  # teams the person belongs to
    managed_team_ids: frozenset[int]  # teams the person manages
    rep_ids: frozenset[int]  # the reps this sign-in speaks as (one, or none)
    sees_all: bool  # every call is visible

    def has_role(self, *roles: str) -> bool:
        """True when the person holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def sees_calls(self) -> bool:
        """True when the person can see any call at all: an admin without another role cannot."""
        return self.sees_all or ("manager" in self.roles) or ("rep" in self.roles)

"""Who may use the routes of users, teams, invitations, resets, sign-in and first steps."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule

RULES: Mapping[str, Rule] = {}

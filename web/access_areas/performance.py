"""Who may use the routes of people's pages: one's own, a rep's, a team's, the reviewers'."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule

RULES: Mapping[str, Rule] = {}

"""Who may use the routes of coaching sessions, plans and their follow-up."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule

RULES: Mapping[str, Rule] = {}

"""Who may use the routes of API tokens, webhooks and what programs ask of the people loop."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule

RULES: Mapping[str, Rule] = {}

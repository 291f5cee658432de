"""Who may read the figures for operators: programs of those who see the health page, and if so set this machine."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import SETS_SOURCES, Rule

RULES: Mapping[str, Rule] = {
    "metrics.show": Rule(roles=SETS_SOURCES.roles, scope="metrics:read", local=True),
}

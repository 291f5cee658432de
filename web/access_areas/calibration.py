"""Who may use the routes of calibration."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule

RULES: Mapping[str, Rule] = {}

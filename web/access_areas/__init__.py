"""The access rules of single areas, put into the one table of `web/access.py`."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_areas import (
    accounts,
    audit,
    calibration,
    clients,
    coaching,
    disputes,
    library,
    metrics,
    notices,
    performance,
    programs,
)
from web.access_rules import Rule

AREAS: tuple[Mapping[str, Rule], ...] = (
    disputes.RULES,
    calibration.RULES,
    coaching.RULES,
    library.RULES,
    performance.RULES,
    notices.RULES,
    accounts.RULES,
    audit.RULES,
    programs.RULES,
    clients.RULES,
    metrics.RULES,
)

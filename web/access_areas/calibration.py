"""Who may use the routes of calibration."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import LEADS, WORKS_OFF, Rule, roles_only

SEES_AGREEMENT = roles_only("quality_lead", "head_of_sales", "admin")
"""Figures over everybody's answers; an admin reads them, a lead switches by them."""

RULES: Mapping[str, Rule] = {
    # Everybody who can be asked to score; which sessions exist for them is decided by whether they were.
    "calibration.index": WORKS_OFF,
    "calibration.show": WORKS_OFF,
    "calibration.new": LEADS,
    "calibration.find": LEADS,
    "calibration.make": LEADS,
    "calibration.end": LEADS,
    "calibration.agree": LEADS,
    "agreement.index": SEES_AGREEMENT,
    "agreement.switch": LEADS,
    "api_calibration.list_sessions": Rule(roles=WORKS_OFF.roles, scope="reviews:read"),
    "api_calibration.read_one": Rule(roles=WORKS_OFF.roles, scope="reviews:read"),
    "api_calibration.read_figures": Rule(roles=WORKS_OFF.roles, scope="reviews:read"),
    "api_calibration.create_session": Rule(roles=LEADS.roles, scope="reviews:write"),
    "api_calibration.end_session": Rule(roles=LEADS.roles, scope="reviews:write"),
    "api_calibration.write_consensus": Rule(roles=LEADS.roles, scope="reviews:write"),
    "api_agreement.list_agreement": Rule(roles=SEES_AGREEMENT.roles, scope="reviews:read"),
    "api_agreement.switch_automatic": Rule(roles=LEADS.roles, scope="reviews:write"),
}

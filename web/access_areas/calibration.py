"""Who may use the routes of calibration."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import LEADS, WORKS_OFF, Rule

RULES: Mapping[str, Rule] = {
    # Everybody who can be asked to score; which sessions exist for them is decided by whether they were.
    "calibration.index": WORKS_OFF,
    "calibration.show": WORKS_OFF,
    "calibration.new": LEADS,
    "calibration.find": LEADS,
    "calibration.make": LEADS,
    "calibration.end": LEADS,
    "calibration.agree": LEADS,
}

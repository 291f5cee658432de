"""Who may use the routes of coaching sessions, plans and their follow-up."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule, roles_only

# Which sessions exist for them is decided in review.coaching.rights: a rep's own, a manager's teams', all for leads.
TAKES_PART = roles_only("rep", "manager", "quality_lead", "head_of_sales")
COACHES = roles_only("manager", "quality_lead", "head_of_sales")
READS_BY_PROGRAM = Rule(roles=TAKES_PART.roles, scope="coaching:read")
WRITES_BY_PROGRAM = Rule(roles=COACHES.roles, scope="coaching:write")

RULES: Mapping[str, Rule] = {
    "coaching.index": TAKES_PART,
    "coaching.new": COACHES,
    "coaching.create": COACHES,
    "coaching.show": TAKES_PART,
    "coaching.edit": COACHES,
    "coaching.change": COACHES,
    "coaching.notes": COACHES,
    "coaching.move": TAKES_PART,
    "coaching.write_comment": TAKES_PART,
    "coaching.lead": COACHES,
    "coaching_plans.index": TAKES_PART,
    "coaching_plans.new": COACHES,
    "coaching_plans.create": COACHES,
    "coaching_plans.show": TAKES_PART,
    "coaching_plans.edit": COACHES,
    "coaching_plans.change": COACHES,
    "coaching_plans.put_step": COACHES,
    "coaching_plans.step": TAKES_PART,
    "coaching_plans.end": COACHES,
}

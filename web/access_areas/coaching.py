"""Who may use the routes of coaching sessions, plans and their follow-up."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule, roles_only

# Which sessions exist for them is decided in review.coaching.rights: a rep's own, a manager's teams', all for leads.
TAKES_PART = roles_only("rep", "manager", "quality_lead", "head_of_sales")
COACHES = roles_only("manager", "quality_lead", "head_of_sales")
PROGRAM_READS = Rule(roles=TAKES_PART.roles, scope="coaching:read")
PROGRAM_TAKES_PART = Rule(roles=TAKES_PART.roles, scope="coaching:write")
PROGRAM_COACHES = Rule(roles=COACHES.roles, scope="coaching:write")

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
    "coaching_plans.lead": COACHES,
    "api_coaching.list_sessions": PROGRAM_READS,
    "api_coaching.read_session": PROGRAM_READS,
    "api_coaching.read_follow_up": PROGRAM_READS,
    "api_coaching.create_session": PROGRAM_COACHES,
    "api_coaching.update_session": PROGRAM_COACHES,
    "api_coaching.move_on": PROGRAM_TAKES_PART,
    "api_coaching.write_comment": PROGRAM_TAKES_PART,
    "api_coaching.lead": PROGRAM_COACHES,
    "api_coaching.list_plans": PROGRAM_READS,
    "api_coaching.read_plan": PROGRAM_READS,
    "api_coaching.create_plan": PROGRAM_COACHES,
    "api_coaching.update_plan": PROGRAM_COACHES,
    "api_coaching.create_step": PROGRAM_COACHES,
    "api_coaching.move_step": PROGRAM_TAKES_PART,
    "api_coaching.delete_step": PROGRAM_COACHES,
    "api_coaching.finish_plan": PROGRAM_COACHES,
}

"""Who may use the routes of disputes."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import SEES_CALL, Rule, roles_only

# Whoever can raise, decide or read one; which disputes exist for them is decided by their calls. External reviewers
# score and do nothing else; admins set the deadlines and see no calls.
READS = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales")
DECIDES = roles_only("manager", "quality_lead")
SETS = roles_only("quality_lead", "admin")

READS_BY_PROGRAM = Rule(roles=READS.roles, scope="reviews:read")
WRITES_BY_PROGRAM = Rule(roles=READS.roles, scope="reviews:write")

RULES: Mapping[str, Rule] = {
    "disputes.index": Rule(roles=READS.roles | SETS.roles),
    "disputes.show": READS,
    "disputes.decide": DECIDES,
    "disputes.escalate": roles_only("rep", "manager"),
    "disputes.withdraw": READS,
    "disputes.figures": roles_only("manager", "quality_lead", "head_of_sales"),
    "disputes.deadlines": Rule(roles=READS.roles | SETS.roles),
    "disputes.set_deadlines": SETS,
    "disputes.raise_form": SEES_CALL,
    "disputes.raise_one": SEES_CALL,
    "api_dispute_figures.read_dispute_figures": Rule(
        roles=frozenset({"manager", "quality_lead", "head_of_sales"}), scope="reviews:read"
    ),
    "api_disputes.list_all": READS_BY_PROGRAM,
    "api_disputes.read_one": READS_BY_PROGRAM,
    "api_disputes.raise_one": Rule(scope="reviews:write", subject="call"),
    "api_disputes.decide_one": Rule(roles=DECIDES.roles, scope="reviews:write"),
    "api_disputes.escalate_one": WRITES_BY_PROGRAM,
    "api_disputes.withdraw_one": WRITES_BY_PROGRAM,
    "api_disputes.read_deadlines": Rule(roles=READS.roles | SETS.roles, scope="reviews:read"),
    "api_disputes.write_deadlines": Rule(roles=SETS.roles, scope="reviews:write"),
}

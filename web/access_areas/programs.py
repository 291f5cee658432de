"""Who may use the routes of API tokens, webhooks and what programs ask of the people loop."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import (
    DECIDES,
    EDITS_CLIENT,
    EDITS_SCORECARDS,
    LEADS,
    LISTENS,
    READS_SCORECARDS,
    SETS_SOURCES,
    TAKES_AWAY,
    WINS_BACK,
    Rule,
    Subject,
    roles_only,
)

# Admins connect programs; heads of sales do so for the tools they read figures with. A token speaks for its maker.
CONNECTS: Rule = roles_only("admin", "head_of_sales")
SETS_WEBHOOKS = Rule(roles=CONNECTS.roles, scope="settings:write")

CLOSES = roles_only("manager", "quality_lead", "head_of_sales")
WRITE_EVALUATIONS = ("save_one", "submit_one", "reopen_one", "finish_one", "void_one")

READ_SAMPLING = (
    "list_sampling_rules",
    "read_sampling_rule",
    "preview_sampling_rule",
    "list_rule_draws",
    "read_draw",
)
WRITE_SAMPLING = (
    "create_sampling_rule",
    "update_sampling_rule",
    "pause_sampling_rule",
    "resume_sampling_rule",
    "remove_sampling_rule",
    "draw_now",
)


def reads(*roles: str, subject: Subject | None = None) -> Rule:
    """For tokens that may read calls and speak for one of these roles."""
    return Rule(roles=frozenset(roles), scope="calls:read", subject=subject)


def writes(*roles: str, subject: Subject | None = None) -> Rule:
    """For tokens that may write to calls and speak for one of these roles."""
    return Rule(roles=frozenset(roles), scope="calls:write", subject=subject)


RULES: Mapping[str, Rule] = {
    "programs.index": CONNECTS,
    "programs.make_token": CONNECTS,
    "programs.revoke_token": CONNECTS,
    "programs.new_webhook": CONNECTS,
    "programs.create_webhook": CONNECTS,
    "programs.webhook": CONNECTS,
    "programs.deliveries": CONNECTS,
    "programs.change": CONNECTS,
    "programs.act": CONNECTS,
    "programs.renew": CONNECTS,
    "programs.again": CONNECTS,
    "api_tokens.list_tokens": SETS_WEBHOOKS,
    "api_tokens.make_token": SETS_WEBHOOKS,
    "api_tokens.revoke_token": SETS_WEBHOOKS,
    "api_webhooks.list_webhooks": SETS_WEBHOOKS,
    "api_webhooks.create_webhook": SETS_WEBHOOKS,
    "api_webhooks.read_webhook": SETS_WEBHOOKS,
    "api_webhooks.change": SETS_WEBHOOKS,
    "api_webhooks.remove": SETS_WEBHOOKS,
    "api_webhooks.renew": SETS_WEBHOOKS,
    "api_webhooks.send_test": SETS_WEBHOOKS,
    "api_webhooks.list_deliveries": SETS_WEBHOOKS,
    "api_webhooks.again": SETS_WEBHOOKS,
    "api_webhooks.all_failed_again": SETS_WEBHOOKS,
    "api_comments.list_comments": reads(*TAKES_AWAY, subject="call"),
    "api_comments.write_comment": writes(*TAKES_AWAY, subject="call"),
    "api_comments.change_comment": writes(*TAKES_AWAY, subject="call"),
    "api_comments.delete_comment": writes(*TAKES_AWAY, subject="call"),
    "api_clients.list_clients": reads(*TAKES_AWAY),
    "api_clients.read_client": reads(*TAKES_AWAY, subject="client"),
    "api_clients.read_fields": reads(*TAKES_AWAY, subject="client"),
    "api_clients.write_fields": writes(*EDITS_CLIENT.roles, subject="client"),
    "api_said.list_objections": reads(*TAKES_AWAY),
    "api_said.read_objection": reads(*TAKES_AWAY),
    "api_said.list_promises": reads(*TAKES_AWAY),
    "api_said.decide": writes(*EDITS_CLIENT.roles),
    "api_said.list_flags": reads(*TAKES_AWAY),
    "api_leads.list_leads": reads(*WINS_BACK.roles),
    "api_leads.read_lead": reads(*WINS_BACK.roles),
    "api_leads.judge": writes(*WINS_BACK.roles),
    "api_leads.hand_out": writes(*WINS_BACK.roles),
    "api_reviews.list_all": Rule(roles=LISTENS.roles - {"external_reviewer"}, scope="reviews:read"),
    "api_reviews.read_one": Rule(roles=LISTENS.roles - {"external_reviewer"}, scope="reviews:read"),
    "api_reviews.acknowledge": Rule(roles=LISTENS.roles - {"external_reviewer"}, scope="reviews:write"),
    "api_evaluation_drafts.begin_draft": writes(*DECIDES.roles, subject="call"),
    **{f"api_evaluation_drafts.{name}": Rule(roles=DECIDES.roles, scope="reviews:write") for name in WRITE_EVALUATIONS},
    "api_evaluation_drafts.stand_one": Rule(roles=CLOSES.roles, scope="reviews:write"),
    "api_evaluation_drafts.list_steps": Rule(roles=DECIDES.roles, scope="reviews:read"),
    "api_reviews.list_verdicts": Rule(roles=DECIDES.roles, scope="reviews:read", subject="call"),
    "api_reviews.read_assessment": reads(*TAKES_AWAY, subject="call"),
    "api_scorecards.list_scorecards": reads(*READS_SCORECARDS.roles),
    "api_scorecards.read_scorecard": reads(*READS_SCORECARDS.roles),
    "api_scorecard_drafts.read_scorecard_file": reads(*READS_SCORECARDS.roles),
    "api_scorecard_drafts.read_scorecard_draft": reads(*EDITS_SCORECARDS.roles),
    "api_scorecard_drafts.write_scorecard_draft": writes(*EDITS_SCORECARDS.roles),
    "api_scorecard_drafts.remove_scorecard_draft": writes(*EDITS_SCORECARDS.roles),
    "api_scorecard_drafts.publish_scorecard": writes(*EDITS_SCORECARDS.roles),
    **{f"api_sampling.{name}": reads(*LEADS.roles) for name in READ_SAMPLING},
    **{f"api_sampling.{name}": writes(*LEADS.roles) for name in WRITE_SAMPLING},
    "api_installation.update_source": writes(*SETS_SOURCES.roles),
    "api_installation.list_all_sources": reads(*SETS_SOURCES.roles),
    "api_installation.read_source": reads(*SETS_SOURCES.roles),
    "api_installation.read_status": reads(*SETS_SOURCES.roles),
}

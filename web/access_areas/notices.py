"""Who may use the routes of notifications, e-mails and working time."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import ANYONE_SIGNED_IN, Rule, roles_only

SETS_WORKING_TIME = roles_only("admin", "quality_lead", "head_of_sales")
SETS_MAIL = roles_only("admin")

RULES: Mapping[str, Rule] = {
    "notice_choices.index": ANYONE_SIGNED_IN,
    "notice_choices.save": ANYONE_SIGNED_IN,
    "notice_choices.mend": ANYONE_SIGNED_IN,
    # The address in a mail is signed and names one person and kind; mail programs send it without a form's token.
    "notice_choices.stop": Rule(public=True, hook=True),
    "mail.index": SETS_MAIL,
    "mail.test": SETS_MAIL,
    "mail.again": SETS_MAIL,
    "working_time.index": SETS_WORKING_TIME,
    "working_time.team": SETS_WORKING_TIME,
    "working_time.save": SETS_WORKING_TIME,
    "working_time.own": SETS_WORKING_TIME,
    "working_time.days": SETS_WORKING_TIME,
    "working_time.holidays": SETS_WORKING_TIME,
    "api_notices.list_notifications": Rule(scope="people:read"),
    "api_notices.mark_read": Rule(scope="people:write"),
    "api_notices.read_choices": Rule(scope="people:read"),
    "api_notices.write_choices": Rule(scope="people:write"),
    "api_notices.read_working_time": Rule(roles=SETS_WORKING_TIME.roles, scope="people:read"),
    "api_notices.write_working_time": Rule(roles=SETS_WORKING_TIME.roles, scope="people:write"),
    "api_notices.read_team_working_time": Rule(roles=SETS_WORKING_TIME.roles, scope="people:read"),
    "api_notices.write_team_working_time": Rule(roles=SETS_WORKING_TIME.roles, scope="people:write"),
}

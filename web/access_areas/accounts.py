"""Who may use the routes of users, teams, invitations, resets, sign-in and first steps."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import ANYONE_SIGNED_IN, PUBLIC, Rule, roles_only

# Leads see who is there and ask their own people in; what each may change is asked in review/accounts/granting.py.
SEES_PEOPLE = roles_only("admin", "quality_lead", "head_of_sales")
SETS_TEAMS = roles_only("admin", "head_of_sales")
SETS_RULES = roles_only("admin")

READ_PEOPLE = ("list_users", "read_user", "list_invitations")
WRITE_PEOPLE = ("change_user", "make_invitation", "send_invitation", "withdraw_invitation")
READ_TEAMS = ("list_teams", "read_team", "list_reps", "read_rep")
WRITE_TEAMS = ("create_team", "change_team", "create_rep", "update_rep")

READ_SETTINGS = ("read_company", "read_sign_in")
WRITE_SETTINGS = ("write_company", "write_code_roles", "write_provider", "delete_provider")
HELP_PEOPLE = ("make_link", "end_sessions", "forget_codes")

RULES: Mapping[str, Rule] = {
    "auth_code.show": PUBLIC,
    "auth_code.check": PUBLIC,
    "reset.form": PUBLIC,
    "reset.ask": PUBLIC,
    "reset.show": PUBLIC,
    "reset.use": PUBLIC,
    "invitations.show": PUBLIC,
    "invitations.take": PUBLIC,
    "oidc.start": PUBLIC,
    "oidc.back": PUBLIC,
    "oidc.confirm": PUBLIC,
    "oidc.take": PUBLIC,
    "account.index": ANYONE_SIGNED_IN,
    "account.save": ANYONE_SIGNED_IN,
    "account.passphrase": ANYONE_SIGNED_IN,
    "account.end_others": ANYONE_SIGNED_IN,
    "account.forget_provider": ANYONE_SIGNED_IN,
    "account.set_up_codes": ANYONE_SIGNED_IN,
    "account.change_codes": ANYONE_SIGNED_IN,
    "users.index": SEES_PEOPLE,
    "users.show": SEES_PEOPLE,
    "users.change": SEES_PEOPLE,
    "users.do": SEES_PEOPLE,
    "users_invite.form": SEES_PEOPLE,
    "users_invite.send": SEES_PEOPLE,
    "users_invite.move": SEES_PEOPLE,
    "users_rules.index": SETS_RULES,
    "users_rules.code_roles": SETS_RULES,
    "users_rules.provider": SETS_RULES,
    "teams.index": SETS_TEAMS,
    "teams.make": SETS_TEAMS,
    "teams.show": SETS_TEAMS,
    "teams.rename": SETS_TEAMS,
    "teams.reps": SETS_TEAMS,
    "teams.add": SETS_TEAMS,
    "teams.rep": SETS_TEAMS,
    "teams.change": SETS_TEAMS,
    "first_run.begin": PUBLIC,
    "first_run.make_admin": PUBLIC,
    "first_run.company": SETS_RULES,
    "first_run.keep_company": SETS_RULES,
    "first_run.calls": SEES_PEOPLE,
    "first_run.samples": SETS_RULES,
    "first_run.watch": SEES_PEOPLE,
    "first_run.put_away": SEES_PEOPLE,
    **{f"api_accounts.{name}": Rule(roles=SEES_PEOPLE.roles, scope="people:read") for name in READ_PEOPLE},
    **{f"api_accounts.{name}": Rule(roles=SEES_PEOPLE.roles, scope="people:write") for name in WRITE_PEOPLE},
    **{f"api_teams.{name}": Rule(roles=SEES_PEOPLE.roles, scope="people:read") for name in READ_TEAMS},
    **{f"api_teams.{name}": Rule(roles=SETS_TEAMS.roles, scope="people:write") for name in WRITE_TEAMS},
    **{f"api_administration.{name}": Rule(roles=SETS_RULES.roles, scope="people:read") for name in READ_SETTINGS},
    **{f"api_administration.{name}": Rule(roles=SETS_RULES.roles, scope="people:write") for name in WRITE_SETTINGS},
    **{f"api_administration.{name}": Rule(roles=SEES_PEOPLE.roles, scope="people:write") for name in HELP_PEOPLE},
    "api_own.read_me": Rule(scope="people:read"),
    "api_own.change_me": Rule(scope="people:write"),
    "api_own.mend_address": Rule(scope="people:write"),
    "api_own.read_what_is_recorded": Rule(roles=frozenset({"rep"}), scope="people:read"),
    "api_setting_up.read_first_steps": Rule(roles=SEES_PEOPLE.roles, scope="people:read"),
    "api_setting_up.ask_for_samples": Rule(roles=SETS_RULES.roles, scope="people:write"),
    "api_setting_up.dismiss_first_steps": Rule(roles=SEES_PEOPLE.roles, scope="people:write"),
    "api_setting_up.read_mail": Rule(roles=SETS_RULES.roles, scope="people:read"),
    "api_setting_up.test_mail": Rule(roles=SETS_RULES.roles, scope="people:write"),
    "api_setting_up.send_mail_again": Rule(roles=SETS_RULES.roles, scope="people:write"),
}

"""Who may use the routes of the audit log: administrators, who see no calls by it."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule, roles_only

RULES: Mapping[str, Rule] = {
    "audit.index": roles_only("admin"),
    "audit.check_now": roles_only("admin"),
    "audit.export": roles_only("admin"),
    "api_audit.list_audit_events": Rule(roles=frozenset({"admin"}), scope="people:read"),
    "api_audit.read_audit_check": Rule(roles=frozenset({"admin"}), scope="people:read"),
    "api_audit.start_audit_check": Rule(roles=frozenset({"admin"}), scope="people:write"),
}

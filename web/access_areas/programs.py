"""Who may use the routes of API tokens, webhooks and what programs ask of the people loop."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule, roles_only

# Admins connect programs; heads of sales do so for the tools they read figures with. A token speaks for its maker.
CONNECTS: Rule = roles_only("admin", "head_of_sales")

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
}

"""Who may use the routes of clients' cards and of promises."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import (
    EDITS_CLIENT,
    EDITS_THIS_CLIENT,
    REMARKS_ON_CLIENT,
    SEES_CLIENT,
    Rule,
    roles_only,
)

RULES: Mapping[str, Rule] = {
    "clients.index": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "clients.show": SEES_CLIENT,
    "clients.timeline": SEES_CLIENT,
    "client_card.save": EDITS_THIS_CLIENT,
    "client_card.live": SEES_CLIENT,
    "client_card.remark": REMARKS_ON_CLIENT,
    "client_card.change_remark": REMARKS_ON_CLIENT,
    "client_card.people": REMARKS_ON_CLIENT,
    "client_card.write_fact": EDITS_THIS_CLIENT,
    "promises.index": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "promises.decide": EDITS_CLIENT,
}

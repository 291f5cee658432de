"""Every kind of notification: where it belongs, who can get it, and how it reaches them until they choose otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from review.models import NOTICE_WAYS

Roles = frozenset[str]

REVIEWS: Final[Roles] = frozenset({"manager", "reviewer", "quality_lead", "head_of_sales"})
SCORES: Final[Roles] = REVIEWS | {"external_reviewer"}
LEADS: Final[Roles] = frozenset({"manager", "quality_lead", "head_of_sales"})
DECIDES: Final[Roles] = frozenset({"manager", "quality_lead"})
LISTENS: Final[Roles] = SCORES | {"rep"}
EVERYBODY: Final[Roles] = LISTENS | {"admin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: its group on the page of choices, its default way (by role where one differs), and its limits.

    `urgent`: a deadline is near, so its mail does not wait for working hours. `always`: cannot be switched off in the
    application. `app_only`: is never mailed (it is about mail that does not arrive).
    """

    group: str
    way: str
    roles: Roles = EVERYBODY
    by_role: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False
    always: bool = False
    app_only: bool = False

    def default(self, roles: Collection[str]) -> str:
        """The way without a choice; of several roles the one that brings the news soonest counts."""
        ways = {self.by_role.get(role, self.way) for role in roles} or {self.way}
        return next(way for way in ("mail", "digest", "app", "off") if way in ways)

    def ways(self) -> tuple[str, ...]:
        """The ways a person may choose."""
        if self.app_only:
            return ("app",) if self.always else ("app", "off")
        return tuple(way for way in NOTICE_WAYS if way != "off" or not self.always)


OTHER: Final = Kind(group="other", way="digest")
"""What a kind that is not listed here is taken for."""

OUTSIDE: Final = {"external_reviewer": "mail"}  # who listens from outside does not live in the application

KINDS: Final[Mapping[str, Kind]] = {
    # what is said about calls
    "mention": Kind(group="comments", way="mail", roles=LISTENS),
    "reply": Kind(group="comments", way="digest", roles=LISTENS),
    "comment": Kind(group="comments", way="digest", roles=LISTENS),
    # reviewing
    "assigned": Kind(group="reviewing", way="digest", roles=SCORES, by_role=OUTSIDE),
    "handed_on": Kind(group="reviewing", way="digest", roles=SCORES, by_role=OUTSIDE),
    "withdrawn": Kind(group="reviewing", way="app", roles=SCORES, by_role={"external_reviewer": "digest"}),
    "evaluation_shown": Kind(group="reviewing", way="digest", roles=frozenset({"rep"})),
    "evaluation_disputed": Kind(group="disputes", way="mail", roles=SCORES),
    "dispute_raised": Kind(group="disputes", way="mail", roles=DECIDES),
    "dispute_escalated": Kind(group="disputes", way="mail", roles=DECIDES),
    "dispute_soon": Kind(group="disputes", way="mail", roles=DECIDES, urgent=True),
    "dispute_overdue": Kind(group="disputes", way="mail", roles=DECIDES, urgent=True),
    "dispute_answered": Kind(group="disputes", way="mail", roles=frozenset({"rep", "manager"})),
    "dispute_further_soon": Kind(group="disputes", way="mail", roles=frozenset({"rep", "manager"}), urgent=True),
    "dispute_window": Kind(group="disputes", way="digest", roles=frozenset({"rep"})),
    "dispute_for_you": Kind(group="disputes", way="digest", roles=frozenset({"rep"})),
    "dispute_decided": Kind(group="disputes", way="mail", roles=LISTENS),
    "dispute_answered_scorer": Kind(group="disputes", way="digest", roles=SCORES),
    "dispute_with_lead": Kind(group="disputes", way="digest", roles=LISTENS),
    "dispute_withdrawn": Kind(group="disputes", way="digest", roles=LISTENS),
    "dispute_void": Kind(group="disputes", way="digest", roles=LISTENS),
    "dispute_stranded": Kind(group="disputes", way="mail", roles=frozenset({"admin", "head_of_sales"})),
    # clients and leads
    "win_back_handed": Kind(group="clients", way="mail", roles=frozenset({"rep", "manager"})),
    # the application itself
    "bulk_done": Kind(group="system", way="app", roles=REVIEWS),
    "mail_refused": Kind(group="system", way="app", always=True, app_only=True),
    "mail_refused_person": Kind(group="system", way="app", roles=frozenset({"admin"}), app_only=True),
    "mail_failed": Kind(group="system", way="app", roles=frozenset({"admin"}), app_only=True),
    "mail_down": Kind(group="system", way="app", roles=frozenset({"admin"}), app_only=True),
}
"""The kinds there are. A new one gets a line here, its words in `web/reading/notice_choices.py`."""


def kind_of(name: str) -> Kind:
    """The kind of that name; OTHER for one nobody listed."""
    return KINDS.get(name, OTHER)


def kinds_for(roles: Collection[str]) -> tuple[str, ...]:
    """The kinds that can reach somebody with these roles, in the order of the list."""
    return tuple(name for name, kind in KINDS.items() if not kind.roles.isdisjoint(roles))

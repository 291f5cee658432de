"""Every kind of notification: where it belongs, who can get it, and how it reaches them until they choose otherwise.

People choose by what stands in KINDS. Kinds that nobody would choose apart (a session held, a session closed) follow
one of these: FOLLOWS says which.
"""

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
COACHED: Final[Roles] = REVIEWS | {"rep"}
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
    # disputes
    "evaluation_disputed": Kind(group="disputes", way="mail", roles=SCORES),
    "dispute_to_decide": Kind(group="disputes", way="mail", roles=LEADS),
    "dispute_deadline": Kind(group="disputes", way="mail", roles=LISTENS, urgent=True),
    "dispute_news": Kind(group="disputes", way="digest", roles=LISTENS, by_role={"rep": "mail"}),
    "dispute_stranded": Kind(group="disputes", way="mail", roles=frozenset({"admin", "head_of_sales"})),
    # calibration
    "calibration_invited": Kind(group="calibration", way="mail", roles=SCORES),
    "calibration_due": Kind(group="calibration", way="mail", roles=SCORES, urgent=True),
    "calibration_news": Kind(group="calibration", way="digest", roles=SCORES),
    "automatic_withdrawn": Kind(group="calibration", way="digest", roles=REVIEWS),
    # coaching
    "coaching_asked": Kind(group="coaching", way="mail", roles=COACHED),
    "coaching_deadline": Kind(group="coaching", way="mail", roles=COACHED),
    "coaching_news": Kind(group="coaching", way="digest", roles=COACHED),
    # the library and quizzes
    "library_praise": Kind(group="library", way="digest", roles=COACHED),
    "library_voice": Kind(group="library", way="digest", roles=COACHED, by_role={"rep": "mail"}),
    "library_given": Kind(group="library", way="digest", roles=LISTENS),
    "library_deadline": Kind(group="library", way="mail", roles=LISTENS),
    "library_done": Kind(group="library", way="digest", roles=REVIEWS),
    # clients and leads
    "win_back_handed": Kind(group="clients", way="mail", roles=frozenset({"rep", "manager"})),
    # the application itself
    "bulk_done": Kind(group="system", way="app", roles=REVIEWS),
    "webhook_off": Kind(group="system", way="digest", roles=frozenset({"admin"})),
    "mail_refused": Kind(group="system", way="app", always=True, app_only=True),
    "mail_refused_person": Kind(group="system", way="app", roles=frozenset({"admin"}), app_only=True),
    "mail_failed": Kind(group="system", way="app", roles=frozenset({"admin"}), app_only=True),
    "mail_down": Kind(group="system", way="app", roles=frozenset({"admin"}), app_only=True),
}
"""What people choose by. A new kind gets a line here or in FOLLOWS, its words in `web/reading/notice_choices.py`."""

FOLLOWS: Final[Mapping[str, str]] = {
    kind: leader
    for leader, kinds in {
        "dispute_to_decide": ("dispute_raised", "dispute_escalated"),
        "dispute_deadline": ("dispute_soon", "dispute_overdue", "dispute_further_soon"),
        "dispute_news": (
            "dispute_window",
            "dispute_for_you",
            "dispute_answered",
            "dispute_answered_scorer",
            "dispute_with_lead",
            "dispute_decided",
            "dispute_withdrawn",
            "dispute_void",
        ),
        "calibration_news": ("calibration_done", "calibration_closed", "calibration_cancelled"),
        "coaching_asked": ("coaching_planned", "coaching_changed", "coaching_plan"),
        "coaching_deadline": ("coaching_due", "coaching_late", "coaching_steps_late"),
        "coaching_news": (
            "coaching_confirmed",
            "coaching_held",
            "coaching_done",
            "coaching_not_done",
            "coaching_followed_up",
            "coaching_closed",
            "coaching_taken_over",
            "coaching_comment",
            "coaching_ready",
            "coaching_plan_ended",
            "coaching_step_done",
        ),
        "library_praise": ("clip_praised", "clip_good"),
        "library_voice": ("clip_shared", "clip_asked_out", "clip_taken_out", "clip_kept_shared"),
        "library_given": ("playlist_given", "quiz_given", "playlist_gone"),
        "library_deadline": ("playlist_soon", "playlist_late", "quiz_soon", "quiz_late"),
        "library_done": ("playlist_done", "playlist_not_done", "quiz_done", "quiz_not_done"),
    }.items()
    for kind in kinds
}
"""Kinds whose way is that of another."""


def leader_of(name: str) -> str:
    """The kind people choose by, for a kind of notification."""
    return FOLLOWS.get(name, name)


def kind_of(name: str) -> Kind:
    """What holds for a kind of notification; OTHER for one nobody listed."""
    return KINDS.get(leader_of(name), OTHER)


def kinds_for(roles: Collection[str]) -> tuple[str, ...]:
    """What people with these roles choose by, in the order of the list."""
    return tuple(name for name, kind in KINDS.items() if not kind.roles.isdisjoint(roles))

"""The navigation: which pages there are, in which group and order. A viewer finds only those that open to them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from review.queries.viewer import Viewer
from web.access import RULES

SECTION = {
    "users_invite": "users",
    "users_rules": "users",
    "teams": "users",
    "coaching_plans": "coaching",
    "mail": "health",
    "notice_choices": "notifications",
    "doors": "sources",
    "handed": "handed",
    "crm_import": "crm",
    "agreement": "calibration",
    "playlists": "clips",
    "quiz_taking": "quizzes",
}
"""Pages whose entry in the navigation is another blueprint's."""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the navigation; `name` is its blueprint's."""

    name: str
    label: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """Entries that belong together. `label` is None for the first; `folded`: shown on request, or on its own pages."""

    label: str | None
    items: tuple[NavigationItem, ...]
    folded: bool = False

    @property
    def active(self) -> bool:
        """True on one of its pages."""
        return any(item.active for item in self.items)


def navigation_of(viewer: Viewer) -> tuple[NavigationGroup, ...]:
    """The groups with something in them for this person."""
    groups = (
        NavigationGroup(None, _items(viewer, _own())),
        NavigationGroup(_("Review"), _items(viewer, _review())),
        NavigationGroup(_("Coaching"), _items(viewer, _coaching())),
        NavigationGroup(_("Clients"), _items(viewer, _clients())),
        NavigationGroup(_("Set-up"), _items(viewer, _setup()), folded=True),
    )
    return tuple(group for group in groups if group.items)


def _own() -> tuple[tuple[str, str], ...]:
    return (
        ("inbox.index", _("Inbox")),
        ("me.index", _("My page")),
        ("queue.index", _("Review queue")),
        ("notifications.index", _("Notifications")),
    )


def _review() -> tuple[tuple[str, str], ...]:
    return (
        ("evaluations.index", _("Evaluations")),
        ("disputes.index", _("Disputes")),
        ("calibration.index", _("Calibration")),
        ("reviewers.index", _("Reviewers")),
        ("objections.index", _("Objections")),
    )


def _coaching() -> tuple[tuple[str, str], ...]:
    return (
        ("team.index", _("Team")),
        ("coaching.index", _("Coaching sessions")),
        ("clips.index", _("Library")),
        ("quizzes.index", _("Quizzes")),
    )


def _clients() -> tuple[tuple[str, str], ...]:
    return (
        ("clients.index", _("Client list")),
        ("promises.index", _("Promises")),
        ("win_back.index", _("Win-back")),
        ("handed.index", _("Handed to me")),
    )


def _setup() -> tuple[tuple[str, str], ...]:
    return (
        ("upload.form", _("Upload")),
        ("scorecards.index", _("Scorecards")),
        ("sampling.index", _("Sampling")),
        ("users.index", _("People and teams")),
        ("working_time.index", _("Working time")),
        ("sources.index", _("Sources")),
        ("crm.index", _("CRM")),
        ("programs.index", _("Programs")),
        ("rescoring.index", _("Scoring again")),
        ("learning.index", _("Learning")),
        ("audit.index", _("Audit log")),
        ("health.page", _("Health")),
    )


def _items(viewer: Viewer, pages: tuple[tuple[str, str], ...]) -> tuple[NavigationItem, ...]:
    here = SECTION.get(request.blueprint or "", request.blueprint)
    return tuple(
        NavigationItem(name, label, url_for(endpoint), name == here)
        for endpoint, label in pages
        if endpoint in RULES and RULES[endpoint].allows(viewer)
        for name in (endpoint.partition(".")[0],)
    )

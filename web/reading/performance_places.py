"""Where something is done about a figure: other areas' pages, for people whom those pages are open to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from review.performance.assigned import AssignedItem
from review.performance.criteria import NamedCriterion
from review.performance.seeing import RepCard
from web.access import rule_of
from web.auth import viewer

_WORK = {
    "talk": (("coaching.show", "session_id"),),
    "action": (("coaching.show", "session_id"),),
    "playlist": (("playlists.show", "playlist_id"),),
    "quiz": (("quizzes.show", "quiz_id"),),
    "dispute": (("disputes.show", "dispute_id"),),
}
"""Where each kind of work is done."""


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses for templates; each answers None where the viewer has no such page."""

    def team(self, team_id: int | None) -> str | None:
        """A team's page."""
        return _open("team.index", team="none" if team_id is None else team_id)

    def session(self, session_id: int) -> str | None:
        """A coaching session."""
        return _open("coaching.show", session_id=session_id)

    def coach(self, rep_id: int, criterion: NamedCriterion | None = None, **moment: Any) -> str | None:
        """A new coaching session of the rep, on the criterion; `moment` is a `call` and a stretch of it."""
        about = {} if criterion is None else {"standard": criterion.standard, "criterion": criterion.id}
        return _open("coaching.new", rep=rep_id, **about, **moment, picked="figures")

    def playlist(self, criterion: NamedCriterion, *, rep: RepCard | None = None, team: int | None = None) -> str | None:
        """The library, to give the rep or the whole team a playlist on the criterion; a rep needs a sign-in."""
        whom = {"for_team": team} if rep is None else {"for": rep.id} if rep.user_id is not None else {}
        if None in whom.values() or not whom:
            return None
        return _open("clips.index", **whom, standard=criterion.standard, criterion=criterion.id)

    def calibration(self) -> str | None:
        """Who scores strictly and who leniently."""
        return _open("calibration.index")

    def disputes_of_mine(self) -> str | None:
        """Disputes of one's own calls."""
        return _open("disputes.index")

    def disputes(self) -> str | None:
        """Disputes by criterion and reviewer."""
        return _open("disputes.figures")


def address_of(item: AssignedItem) -> str | None:
    """Where a piece of work is done; None where this installation has no page for it."""
    for endpoint, name in _WORK.get(item.kind, ()):
        if endpoint in current_app.view_functions:
            values: dict[str, Any] = {name: item.id}
            return url_for(endpoint, **values)
    return None if item.call_id is None else url_for("calls.show", call_id=item.call_id)


def _open(endpoint: str, **values: Any) -> str | None:
    there = endpoint in current_app.view_functions and rule_of(endpoint).allows(viewer())
    return url_for(endpoint, **values) if there else None

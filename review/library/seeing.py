"""Who may hear which clip, and who may say what of it: open it to every seller, call it a good example.

| Clip | Is heard by |
|---|---|
| of a call one may see | as the call itself: it plays from the call |
| opened by a lead | every seller, manager, reviewer and lead, its own stretch only: nothing else of the call |
| any other | nobody |

External reviewers have no library. A call somebody is to judge blind hides every clip of it from them but their own.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from review.models import Clip, ClipShare
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

READERS: Final = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales")
"""Roles to whom a shared clip is open."""
LEADS: Final = ("quality_lead", "head_of_sales")
"""Roles that open a clip to every seller, and close it again."""
CHOOSERS: Final = ("manager", *LEADS)
"""Roles that choose good examples and give playlists and quizzes: leads anywhere, managers in their teams."""


def heard_clips(viewer: Viewer) -> ColumnElement[bool]:
    """The condition rows of (clip joined with call) must meet to be heard as part of a call one may see.

    A clip says what somebody thinks of the call: one to be judged blind hides what others cut from it.
    """
    return and_(visible_calls(viewer), or_(Clip.user_id == viewer.user_id, not_veiled(viewer)))


def hearable(viewer: Viewer) -> ColumnElement[bool]:
    """The same with the clips that a lead opened to everybody."""
    if not viewer.has_role(*READERS):
        return heard_clips(viewer)
    return or_(heard_clips(viewer), and_(is_shared(), not_veiled(viewer)))


def is_shared() -> ColumnElement[bool]:
    """The condition of a clip that was opened to everybody."""
    share = aliased(ClipShare)  # a statement that also joins the table must not be taken for the same row
    return exists().where(share.clip_id == Clip.id)


def may_share(viewer: Viewer) -> bool:
    """Whether this person opens clips to every seller."""
    return viewer.has_role(*LEADS)


def may_choose(viewer: Viewer, team_id: int | None) -> bool:
    """Whether this person says that a clip of a rep of this team is a good example."""
    if viewer.has_role(*LEADS):
        return True
    return viewer.has_role("manager") and team_id is not None and team_id in viewer.managed_team_ids

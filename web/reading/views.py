"""Saved views as a page needs them: the chips, which one is set, and with whom this person may share."""

from __future__ import annotations

from typing import Any

from flask import url_for

from review.queries.viewer import Viewer
from review.queries.views import list_views
from review.services.views import may_share_with_all, teams_to_share_with

HOMES = {"inbox": "inbox.index", "objections": "objections.index"}


def read_views(db: Any, viewer: Viewer, page: str, query: str) -> dict[str, Any]:
    """The variables of `inbox/_views.html`; `query` is what the page shows now, as a view would keep it."""
    return {
        "views": list_views(db, viewer, page),
        "view_query": query,
        "views_page": page,
        "views_home": url_for(HOMES[page]),
        "share_teams": teams_to_share_with(db, viewer),
        "shares_with_all": may_share_with_all(viewer),
    }

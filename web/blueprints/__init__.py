"""The pages, one blueprint per subject."""

from __future__ import annotations

from flask import Flask

from web.blueprints import (
    auth,
    bulk,
    calls,
    client_card,
    clients,
    clips,
    comments,
    corrections,
    doors,
    evaluations,
    exports,
    health,
    hooks,
    inbox,
    learning,
    notifications,
    objections,
    originals,
    playlists,
    promises,
    queue,
    rescoring,
    retranscribe,
    sampling,
    scorecard_drafts,
    scorecard_previews,
    scorecards,
    search,
    sources,
    tags,
    upload,
    views,
    whose,
    win_back,
    win_back_mine,
    win_back_more,  # noqa: F401 (more pages of win_back's blueprint)
)


def register_blueprints(app: Flask) -> None:
    """Add every page to the application."""
    pages = (
        auth,
        inbox,
        queue,
        sampling,
        search,
        views,
        tags,
        bulk,
        objections,
        win_back,
        win_back_mine,
        calls,
        comments,
        clips,
        playlists,
        notifications,
        corrections,
        evaluations,
        exports,
        learning,
        originals,
        rescoring,
        retranscribe,
        clients,
        client_card,
        promises,
        scorecards,
        scorecard_drafts,
        scorecard_previews,
        upload,
        sources,
        hooks,
        doors,
        whose,
        health,
    )
    for module in pages:
        app.register_blueprint(module.blueprint)

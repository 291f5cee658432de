"""The pages, one blueprint per subject."""

from __future__ import annotations

from flask import Flask

from web.blueprints import (
    auth,
    calls,
    clients,
    clips,
    comments,
    corrections,
    evaluations,
    exports,
    health,
    inbox,
    learning,
    notifications,
    objections,
    originals,
    playlists,
    queue,
    rescoring,
    retranscribe,
    search,
    sources,
    upload,
)


def register_blueprints(app: Flask) -> None:
    """Add every page to the application."""
    pages = (
        auth,
        inbox,
        queue,
        search,
        objections,
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
        upload,
        sources,
        health,
    )
    for module in pages:
        app.register_blueprint(module.blueprint)

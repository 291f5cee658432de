"""The pages, one blueprint per subject."""

from __future__ import annotations

from flask import Flask

from web.blueprints import auth, calls, clients, health, inbox, upload


def register_blueprints(app: Flask) -> None:
    """Add every page to the application."""
    for module in (auth, inbox, calls, clients, upload, health):
        app.register_blueprint(module.blueprint)

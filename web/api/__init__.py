"""The programs' door: version 1 of the API, described at /openapi."""

from __future__ import annotations

from flask_openapi3.openapi import OpenAPI

from web.api import assignments, calls, corrections, evaluations, notices, transcripts, verdicts


def register_api(app: OpenAPI) -> None:
    """Add the API to the application."""
    app.register_api(assignments.blueprint)
    app.register_api(calls.blueprint)
    app.register_api(corrections.blueprint)
    app.register_api(evaluations.blueprint)
    app.register_api(notices.blueprint)
    app.register_api(transcripts.blueprint)
    app.register_api(verdicts.blueprint)

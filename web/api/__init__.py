"""The programs' door: version 1 of the API, described at /openapi."""

from __future__ import annotations

from flask_openapi3.openapi import OpenAPI

from web.api import (
    accounts,
    administration,
    agreement,
    assignments,
    audit,
    calibration,
    calls,
    clients,
    coaching,
    comments,
    corrections,
    dispute_figures,
    disputes,
    evaluation_drafts,
    evaluations,
    installation,
    leads,
    library,
    notices,
    own,
    own_data,
    performance,
    playlists,
    quizzes,
    reviews,
    said,
    sampling,
    scorecard_drafts,
    scorecards,
    setting_up,
    teams,
    tokens,
    transcripts,
    verdicts,
    webhooks,
)


def register_api(app: OpenAPI) -> None:
    """Add the API to the application."""
    app.register_api(accounts.blueprint)
    app.register_api(administration.blueprint)
    app.register_api(assignments.blueprint)
    app.register_api(teams.blueprint)
    app.register_api(audit.blueprint)
    app.register_api(own.blueprint)
    app.register_api(setting_up.blueprint)
    app.register_api(tokens.blueprint)
    app.register_api(agreement.blueprint)
    app.register_api(calibration.blueprint)
    app.register_api(calls.blueprint)
    app.register_api(corrections.blueprint)
    app.register_api(disputes.blueprint)
    app.register_api(dispute_figures.blueprint)
    app.register_api(evaluations.blueprint)
    app.register_api(evaluation_drafts.blueprint)
    app.register_api(notices.blueprint)
    app.register_api(own_data.blueprint)
    app.register_api(performance.blueprint)
    app.register_api(transcripts.blueprint)
    app.register_api(verdicts.blueprint)
    app.register_api(clients.blueprint)
    app.register_api(coaching.blueprint)
    app.register_api(comments.blueprint)
    app.register_api(installation.blueprint)
    app.register_api(leads.blueprint)
    app.register_api(reviews.blueprint)
    app.register_api(said.blueprint)
    app.register_api(sampling.blueprint)
    app.register_api(scorecards.blueprint)
    app.register_api(scorecard_drafts.blueprint)
    app.register_api(webhooks.blueprint)
    app.register_api(library.blueprint)
    app.register_api(playlists.blueprint)
    app.register_api(quizzes.blueprint)

"""Figures for operators, in the form Prometheus reads. Who may ask stands in web/access_areas/metrics.py."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from review.metrics import CONTENT_TYPE, write_metrics
from web.parts import parts

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> Response:
    """All figures as they are now; 404 where the settings turn them off."""
    made = parts()
    if made.settings.metrics == "off":
        abort(404)
    text = write_metrics(made.settings, made.database, made.store, made.redis)
    return Response(text, content_type=CONTENT_TYPE)

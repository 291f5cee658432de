"""Corrections over the API: training pairs for speech engines, for a token that speaks for a quality lead."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from review.services.corrections_export import note_export
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.corrections import pair_lines
from web.parts import parts

blueprint = APIBlueprint(
    "api_corrections",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="corrections", description="What people corrected in transcripts.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)


LINES: Final = {
    "description": "One JSON object a line.",
    "content": {"application/jsonl": {"schema": {"type": "string"}}},
}


@blueprint.get("/corrections", responses={200: LINES})
def export() -> Response:
    """Export all corrections as training pairs, one JSON object a line.

    Each has `call`, `start` and `end` (seconds), `channel`, `before` (the engine's words), `after` (people's words),
    `language`, `engine`, `model`, `reviewer_id`, `turn` (from 0), `speaker_before` and `speaker_after`. A turn that was
    only given to somebody else has the same words before and after. The export is written into the audit log.
    """
    with parts().database.session() as db:
        note_export(db, viewer().user_id, door="api")
    return Response(pair_lines(), mimetype="application/jsonl")

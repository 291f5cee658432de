"""A call's transcript over the API, in the formats people and players read."""

from __future__ import annotations

from typing import Final, Literal

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from web.api.models import CallPath
from web.api.problems import Problem
from web.blueprints.exports import send_transcript

blueprint = APIBlueprint(
    "api_transcripts",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="calls", description="Recordings in, scored calls with evidence out.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)


class TranscriptQuery(BaseModel):
    """In which format."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json", "vtt", "srt", "txt", "docx"] = Field(
        "json", description="json is the contract's transcript; vtt and srt need a transcript with times."
    )


FILES: Final = {
    "description": "The transcript in the format that was asked for.",
    "content": {
        "application/json": {"schema": {"type": "object"}},
        **{kind: {"schema": {"type": "string"}} for kind in ("text/vtt", "application/x-subrip", "text/plain")},
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {
            "schema": {"type": "string", "format": "binary"}
        },
    },
}


@blueprint.get("/calls/<int:call_id>/transcript", responses={200: FILES, 404: Problem, 409: Problem, 422: Problem})
def read_transcript(path: CallPath, query: TranscriptQuery) -> Response:
    """Read a call's transcript as a file.

    With the corrections people made; private numbers are masked in every format. 409 while there is no transcript, or
    when subtitles are asked of one without times.
    """
    return send_transcript(path.call_id, query.format, door="api")

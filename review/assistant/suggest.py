"""Suggestions about one call: asked part by part, every one checked against the words of the call."""

from __future__ import annotations

from collections.abc import Callable

from review.assistant.client import Endpoint, ask
from review.assistant.prompt import messages, parts_of
from scoring.standards import Standard
from scoring.suggestions import Suggestions, check_reply, together
from transcription.transcript import Transcript

MOST_PARTS = 40  # 640,000 characters, about ten hours of talk

Ask = Callable[[Endpoint, list[dict[str, str]]], str]


def suggest(
    endpoint: Endpoint, transcript: Transcript, standard: Standard, *, language: str | None = None, asking: Ask = ask
) -> Suggestions:
    """What the model suggests and what was dropped. The transcript must be masked already. Raises AssistantFailed."""
    written = language or transcript.language or "en"
    replies = []
    for number, part in enumerate(parts_of(transcript)):
        if number == MOST_PARTS:
            break
        reply = asking(endpoint, messages(part, standard, written))
        replies.append(check_reply(reply, part, standard, endpoint.model))
    return together(endpoint.model, replies)

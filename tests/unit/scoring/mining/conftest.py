"""Conversations with their hits, for mining."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from scoring.conversation import Conversation, prepare
from scoring.matching import Hit, matcher_for
from scoring.packs import load_pack
from transcription.transcript import Transcript, Turn


@pytest.fixture
def scored_conversation() -> Callable[..., tuple[Conversation, tuple[Hit, ...]]]:
    """Makes a conversation of (role, text) turns, and the pack's hits in it."""

    def make(turns: Sequence[tuple[str, str]], language: str = "en") -> tuple[Conversation, tuple[Hit, ...]]:
        said = tuple(Turn(role=role, text=text) for role, text in turns)
        conversation = prepare(Transcript(turns=said, language=language))
        return conversation, tuple(matcher_for(load_pack(language)).find(conversation))

    return make

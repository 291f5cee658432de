"""Questions in a call, with or without question marks, open or closed.

Machine transcripts often lack punctuation, so word order counts too: "what do you", "are you", "tell me about".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.conversation import Conversation, MergedTurn
from scoring.languages import Token
from scoring.packs import Pack


@dataclass(frozen=True, slots=True)
class Question:
    """A question: characters `start`..`end` of merged turn `turn`, in its sentence number `sentence`."""

    turn: int
    sentence: int
    start: int
    end: int
    open: bool
    tokens: tuple[Token, ...]


def find_questions(conversation: Conversation, pack: Pack, role: str) -> tuple[Question, ...]:
    """The questions one role asks, in order. "Okay?" and "right?" alone are none."""
    punctuated = any(sentence.asks for turn in conversation.turns for sentence in turn.sentences)
    return tuple(
        question for turn in conversation.of(role) for question in questions_in(turn, pack, punctuated=punctuated)
    )


def questions_in(turn: MergedTurn, pack: Pack, *, punctuated: bool) -> tuple[Question, ...]:
    """The questions of one turn, in order; `punctuated` when the call has question marks."""
    return tuple(_in_turn(turn, pack, punctuated=punctuated))


def _in_turn(turn: MergedTurn, pack: Pack, *, punctuated: bool) -> Iterator[Question]:
    language = pack.vocabulary.language
    tags = pack.words["closed_tags"]
    least = int(pack.threshold("tag_question_words"))
    for number, sentence in enumerate(turn.sentences):
        tokens = sentence.tokens
        if language.only(tokens, tags) and len(tokens) <= least + 2:
            continue
        for first, end in language.questions(sentence, punctuated=punctuated):
            asked = tokens[first:end] or tokens
            yield Question(turn.index, number, asked[0].start, asked[-1].end, language.is_open(asked), asked)

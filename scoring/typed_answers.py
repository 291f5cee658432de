"""Which handling moves an answer somebody typed to a client's objection holds: help for practice, never a mark.

The objection and the answer are read as two turns of a call, by the same finder that reads calls. Nobody can be heard
to wait in writing, so "listen" is never among the moves of a typed answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scoring.assessment import MOVES, OBJECTION_TYPES
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.hits import Hit
from scoring.language import guess_language
from scoring.objection_moves import Raised, find_moves
from scoring.objection_votes import objecting
from scoring.packs import Entry, PackMissing, load_pack
from scoring.rep_votes import hear_replies
from transcription.transcript import Role, Transcript, Turn, Word

LONGEST_ANSWER: Final = 4_000
"""Characters that are read; what is longer is no answer on the telephone."""


@dataclass(frozen=True, slots=True)
class TypedMove:
    """One move and the words of the answer that make it."""

    name: str
    quote: str


def moves_in(answer: str, *, objection: str, kind: str, language: str | None) -> tuple[TypedMove, ...] | None:
    """The moves of a typed answer to an objection of this type, in the order of `MOVES`.

    `language` is the call's; an answer that plainly is in another one is read in its own. None where the language has
    no rule pack: then nothing can be said. Raises ValueError for a type there is not.
    """
    if kind not in OBJECTION_TYPES:
        raise ValueError(f"no such objection type: {kind!r}")
    try:
        pack = load_pack(guess_language([answer]) or language or "")
    except PackMissing:
        return None
    said, replied = objection.strip()[:LONGEST_ANSWER], answer.strip()[:LONGEST_ANSWER]
    if not replied:
        return ()
    transcript = Transcript(
        turns=(_turn("client", said or "…", 0), _turn("rep", replied, 1)), language=pack.language, engine="typed"
    )
    conversation = prepare(transcript)
    case = open_case(transcript, conversation, pack, Facts())
    clients = [turn.index for turn in conversation.turns if turn.role == "client"]
    answers = [turn for turn in conversation.turns if turn.role == "rep"]
    if not clients or not answers:
        return ()
    hits = tuple(hit for turn in clients for hit in objecting(case, turn))
    raised = Raised((clients[0],), hits)
    if kind not in raised.types:  # whoever chose the moment says what it is about
        raised = Raised((clients[0],), (*hits, _said_to_be(kind, clients[0])))
    heard = hear_replies(case, answers, raised.types, raised.turns)
    moves = find_moves(case, raised, answers, heard)
    found = {named.name: named.evidence.quote for _, named in moves if named.name != "listen"}
    return tuple(TypedMove(name, found[name]) for name in MOVES if name in found)


def _turn(role: Role, text: str, place: int) -> Turn:
    """A turn of ten seconds, one behind the other, its words evenly spread: nobody knows how fast one would speak."""
    start, words = 10.0 * place, text.split()
    step = 9.0 / max(1, len(words))
    return Turn(
        role=role,
        text=text,
        start=start,
        end=start + 9.0,
        role_confidence=1.0,
        words=tuple(
            Word(word, round(start + at * step, 2), round(start + (at + 1) * step, 2), 1.0)
            for at, word in enumerate(words)
        ),
    )


@lru_cache(maxsize=16)
def _said_to_be(kind: str, turn: int) -> Hit:
    """The type a person gave the objection, where its words alone do not show it."""
    entry = Entry(
        id=f"objection.{kind}.chosen",
        group=f"objection.{kind}",
        role="client",
        precision=1.0,
        phrases=(),
        unless=(),
        fuzzy=(),
        regex=(),
        guarded=False,
        asks=None,
        tags=frozenset(),
        match=(),
        miss=(),
    )
    return Hit(entry, turn, 0, 0, 0, entry.id, 1.0, None)

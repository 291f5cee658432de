"""Calls as mining sees them: what the rep said, in order, up to the moment the client agreed, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.conversation import Conversation, MergedTurn
from scoring.languages import Sentence, language_of
from scoring.matching import Hit

AGREEMENT: Final = ("accept", "client_step")
RESISTANCE: Final = ("objection", "soft_no", "hard_no", "refuse")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: merged turn and characters of its text."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """One word of the rep in a call with its place; `text` has numbers and names masked as slots."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Act:
    """One move or cue found by the rules, with who made it (rep or client) and its place."""

    role: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class MinedCall:
    """One call for mining.

    `when` sorts calls by time (any comparable text, ISO 8601 for instance); `rep` and `queue` may be "" where unknown;
    `lines` are the rep's sentences before the client agreed; `acts` are both people's, up to the same point.
    """

    id: str
    when: str
    rep: str
    queue: str
    source: str
    won: bool
    lines: tuple[tuple[Said, ...], ...]
    acts: tuple[Act, ...] = ()
    characters: bool = False  # the words are single characters (Chinese)

    def length(self) -> int:
        """The rep's words before the client agreed."""
        return sum(len(line) for line in self.lines)


def agreed_at(conversation: Conversation, hits: Sequence[Hit]) -> int | None:
    """The merged turn in which the client agrees for good: no objection and no refusal comes after it; None if never.

    What is said only after that cannot have helped, so mining leaves it out.
    """
    last_no = -1
    agreements: list[int] = []
    for hit in hits:
        if conversation.turns[hit.turn].role != "client":
            continue
        if hit.group.split(".")[0] in RESISTANCE:
            last_no = max(last_no, hit.turn)
        elif hit.group in AGREEMENT:
            agreements.append(hit.turn)
    return min((turn for turn in agreements if turn > last_no), default=None)


def mined_call(
    call: str,
    conversation: Conversation,
    hits: Sequence[Hit],
    *,
    when: str,
    rep: str,
    queue: str,
    source: str,
    won: bool,
    names: frozenset[str] = frozenset(),
) -> MinedCall:
    """The call made ready for mining; `names` (lower case) are words masked as names: people, companies, products."""
    end = agreed_at(conversation, hits)
    turns = [turn for turn in conversation.turns if end is None or turn.index < end]
    language = language_of(conversation.language)
    lines = tuple(
        line
        for turn in turns
        if turn.role == "rep"
        for sentence in turn.sentences
        if (line := _line(turn, sentence, names, language.marks_words))
    )
    last = turns[-1].index if turns else -1
    acts = tuple(
        Act(conversation.turns[hit.turn].role, hit.group, Place(hit.turn, hit.start, hit.end))
        for hit in hits
        if hit.turn <= last
    )
    return MinedCall(call, when, rep, queue, source, won, lines, acts, language.joined and not language.marks_words)


def _line(turn: MergedTurn, sentence: Sentence, names: frozenset[str], whole_words: bool) -> tuple[Said, ...]:
    """The sentence's words; where tokens are syllables of written words (Korean) they are joined to words again."""
    said: list[Said] = []
    for token in sentence.tokens:
        text = _slot(token.surface, names)
        if whole_words and not token.head and said and said[-1].place.end == token.start:
            before = said[-1]
            said[-1] = Said(before.text + token.surface, Place(turn.index, before.place.start, token.end))
        else:
            said.append(Said(text, Place(turn.index, token.start, token.end)))
    return tuple(said)


def _slot(surface: str, names: frozenset[str]) -> str:
    if surface.startswith("#"):
        return surface
    if surface in names:
        return "#name"
    if surface[:1].isdigit():
        return "#number"
    return surface

"""A second rep in the call: on a channel of his own, or taking over on the first one's after a transfer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from transcription.roles.handover import Handover, find_handovers
from transcription.roles.sides import RoleHints, Side, in_order
from transcription.speech import Span, SpokenChannel, Utterance, primary_language
from transcription.transcript import Mark, Word

Takeover = Callable[[SpokenChannel, Sequence[Span], Sequence[Handover]], "Change | None"]
"""Asks the voices in a channel's stretches of talk whether another person took over at one of these moments."""

TALK_GAP: Final = 0.6
"""Seconds without a word that end a stretch of talk; nobody takes over from another within it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another person speaks on a channel: who says each word, 0 the first person and 1 the one who joined."""

    at: float
    confidence: float
    speaker_at: Callable[[float], int]


def second_people(
    sides: Sequence[Side],
    hints: RoleHints,
    *,
    decoded: Sequence[SpokenChannel] = (),
    marks: Sequence[Mark] = (),
    takeover: Takeover | None = None,
) -> tuple[Side, ...]:
    """The sides with every person apart: `voice.speaker` is "rep", "rep_2", "client_2" where a role has several people.

    A channel of their own tells people apart by itself. On one channel a second rep is believed only when both the
    words (a handover, and a new greeting, name, or hold between) and the voice say so. `decoded[n]` is the sound of
    `sides[n]`; without it, or without `takeover`, nobody is told apart on one channel. Sides may come back more than
    they were: a side that two people share is cut in two, in place.
    """
    apart = number_people(sides)
    if any(side.voice.speaker is not None for side in apart) or takeover is None or len(decoded) != len(sides):
        return apart
    language = primary_language(hints.language)
    utterances = [side.utterances for side in sides]
    # The new rep may greet after a silence in which the client says nothing.
    readings = [in_order(utterances, language, cut_at_silence=cut) for cut in (False, True)]
    result: list[Side] = []
    for number, side in enumerate(apart):
        alone = sum(1 for other in decoded if other.path == decoded[number].path) == 1
        change = None
        if side.voice.role == "rep" and alone:
            known = replace(hints, language=language)
            handovers = [h for sayings in readings for h in find_handovers(number, sayings, known, marks)]
            change = takeover(decoded[number], _talk(side), handovers) if handovers else None
        result += [side] if change is None else _cut(side, change)
    return tuple(result)


def number_people(sides: Sequence[Side]) -> tuple[Side, ...]:
    """Several reps, each a side of their own, get numbered speakers in the order they first speak; so do clients."""
    speaking = [n for n, side in enumerate(sides) if side.utterances and side.voice.role in ("rep", "client")]
    several = Counter(sides[n].voice.role for n in speaking)
    seen: Counter[str] = Counter()
    told = list(sides)
    for n in sorted(speaking, key=lambda n: (_begins(sides[n]), n)):
        role = sides[n].voice.role
        if several[role] > 1:
            seen[role] += 1
            speaker = role if seen[role] == 1 else f"{role}_{seen[role]}"
            told[n] = replace(sides[n], voice=replace(sides[n].voice, speaker=speaker))
    return tuple(told)


def _talk(side: Side) -> tuple[Span, ...]:
    """The side's words as stretches of talk."""
    spans: list[Span] = []
    for word in (word for utterance in side.utterances for word in utterance.words):
        if word.start is None or word.end is None or word.end <= word.start:
            continue
        if spans and word.start - spans[-1].end <= TALK_GAP:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, word.end))
        else:
            spans.append(Span(word.start, word.end))
    return tuple(spans)


def _begins(side: Side) -> float:
    return min((w.start for u in side.utterances for w in u.words if w.start is not None), default=0.0)


def _cut(side: Side, change: Change) -> list[Side]:
    parts: list[Side] = []
    for person, speaker in enumerate(("rep", "rep_2")):
        voice = replace(side.voice, speaker=speaker)
        parts.append(Side(_words_of(side.utterances, change, person), voice))
    return parts


def _words_of(utterances: Sequence[Utterance], change: Change, person: int) -> tuple[Utterance, ...]:
    kept = []
    for utterance in utterances:
        words = tuple(word for word in utterance.words if _person(word, change) == person)
        if words:
            kept.append(replace(utterance, words=words))
    return tuple(kept)


def _person(word: Word, change: Change) -> int:
    if word.start is None or word.end is None:
        return 0
    return change.speaker_at((word.start + word.end) / 2)

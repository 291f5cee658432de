"""Recorded announcements among the words: menus, "your call may be recorded", "the subscriber is not available"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from transcription.sounds.cues import Cues, count_cues
from transcription.speech import Utterance
from transcription.transcript import Mark, Word
from transcription.turns import Voice, join_words

PASSAGE_GAP: Final = 1.0
"""Seconds without a word that end a passage: an announcement pauses less between its sentences."""

PIECE_GAP: Final = 0.3
"""Seconds without a word at which a recording may end and a person begin within one passage."""

FEW: Final = 3
"""Words that may be said before an announcement at the beginning of a call: a "hello?" into the ringing line."""

NEAR: Final = 4.0
"""Seconds between an announcement on hold and the music or ringing around it."""

WAIT: Final = 1.5
"""Seconds nobody answers a recording; a person who said such a thing would be answered or go on."""

CERTAIN: Final = 0.95
"""Role confidence of an announcement found by its words and place."""

_WAITING: Final = ("music", "ringback", "tone")


@dataclass(frozen=True, slots=True)
class Announced:
    """The channels without announcements, these as utterances of a system voice per channel, and marks of them."""

    channels: tuple[tuple[Utterance, ...], ...]
    systems: tuple[tuple[Voice, tuple[Utterance, ...]], ...]
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class _Passage:
    """What is said on one recorded channel without a longer pause, or the part of it around its cues."""

    source: int
    words: list[Word]
    cues: Cues
    whole: Cues
    """Cues of the whole passage that this is a part of."""

    ends: float
    """When the whole passage ends."""

    follows: bool = False
    """True for the part after the cues."""

    recorded: bool = False

    @property
    def start(self) -> float:
        return self.words[0].start or 0.0

    @property
    def end(self) -> float:
        return self.words[-1].end or 0.0


def find_announcements(
    channels: Sequence[Sequence[Utterance]],
    sources: Sequence[int],
    language: str | None,
    marks: Sequence[Mark] = (),
) -> Announced:
    """Take announcements out of what was heard.

    `sources[n]` says from which recorded channel `channels[n]` comes: people told apart on one channel share it. A
    passage between pauses is a recording by what it says and where: before anybody has answered, beside hold music or
    ringing, or with the words of one heard before.
    """
    passages = _passages(channels, sources, language)
    for n, passage in enumerate(passages):
        passage.recorded = _by_itself(n, passages, marks)
    _spread(passages, shared=len(set(sources)) < len(sources))
    taken = {id(word) for passage in passages if passage.recorded for word in passage.words}
    if not taken:
        return Announced(tuple(map(tuple, channels)), (), ())
    kept = tuple(_part(channel, taken, inside=False) for channel in channels)
    systems = []
    for source in sorted({p.source for p in passages if p.recorded}):
        said = [u for n, channel in enumerate(channels) if sources[n] == source for u in _part(channel, taken)]
        said.sort(key=lambda u: (u.words[0].start or 0.0, u.span.start))
        systems.append((Voice("system", CERTAIN, source), tuple(said)))
    found = tuple(Mark(p.start, p.end, "announcement", p.source) for p in passages if p.recorded)
    return Announced(kept, tuple(systems), found)


def _passages(channels: Sequence[Sequence[Utterance]], sources: Sequence[int], language: str | None) -> list[_Passage]:
    """What is said without a longer pause on each recorded channel, by time. Words without times are left alone."""
    passages: list[_Passage] = []
    for source in sorted(set(sources)):
        words = [
            word
            for n, channel in enumerate(channels)
            if sources[n] == source
            for utterance in channel
            for word in utterance.words
            if word.start is not None and word.end is not None
        ]
        words.sort(key=lambda w: (w.start or 0.0, w.end or 0.0))
        for group in _at_pauses(words, PASSAGE_GAP):
            passages += _parts(source, group, language)
    return sorted(passages, key=lambda p: (p.start, p.end, p.source))


def _at_pauses(words: Sequence[Word], gap: float) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for word in words:
        if not groups or (word.start or 0.0) - max(w.end or 0.0 for w in groups[-1][-3:]) > gap:
            groups.append([])
        groups[-1].append(word)
    return groups


def _parts(source: int, words: list[Word], language: str | None) -> list[_Passage]:
    """A passage, in up to three parts when it holds cues: before them, from the first to the last, and after."""
    whole = _cues(words, language)
    ends = words[-1].end or 0.0
    if not whole.recording:
        return [_Passage(source, words, whole, whole, ends)]
    pieces = _at_pauses(words, PIECE_GAP)
    count = len(pieces)
    last = next(n for n in range(1, count + 1) if _cues(_flat(pieces[:n]), language).recording >= whole.recording)
    first = next(
        n
        for n in range(last - 1, -1, -1)
        if n == 0 or _cues(_flat(pieces[n:last]), language).recording >= whole.recording
    )
    parts = []
    for chosen, follows in ((pieces[:first], False), (pieces[first:last], False), (pieces[last:], True)):
        if chosen:
            said = _flat(chosen)
            parts.append(_Passage(source, said, _cues(said, language), whole, ends, follows))
    return parts


def _flat(pieces: Sequence[Sequence[Word]]) -> list[Word]:
    return [word for piece in pieces for word in piece]


def _cues(words: Sequence[Word], language: str | None) -> Cues:
    return count_cues(join_words((word.text for word in words), language), language)


def _by_itself(n: int, passages: Sequence[_Passage], marks: Sequence[Mark]) -> bool:
    """Whether a passage is a recording by its own words and its place; those before it are decided already."""
    passage = passages[n]
    cues = passage.cues
    if not cues.recording:
        return False
    before = sum(len(p.words) for p in passages[:n] if not p.recorded and p.start < passage.start)
    at_first = before <= FEW
    held = any(
        mark.kind in _WAITING and mark.start <= passage.end + NEAR and mark.end >= passage.start - NEAR
        for mark in marks
        if mark.channel == passage.source
    )
    if cues.voicemail and at_first:
        return True
    sure = cues.machine + (cues.notice if cues.machine or not _answered(n, passages) else 0)
    if cues.person:
        return cues.machine > 0 and sure >= 2 and (at_first or held)
    if sure:
        again = any(p.recorded and p.source == passage.source and p.cues == cues for p in passages[:n])
        return at_first or held or again or sure >= 3
    if passage.whole.person:
        return False
    return (at_first and _unanswered(n, passages)) or (held and cues.likely >= 2)


def _next(n: int, passages: Sequence[_Passage]) -> _Passage | None:
    """Who speaks next after the whole of a passage."""
    return next((p for p in passages[n + 1 :] if p.end > passages[n].ends), None)


def _answered(n: int, passages: Sequence[_Passage]) -> bool:
    """True when the other side speaks next, at once."""
    after = _next(n, passages)
    return after is not None and after.source != passages[n].source and after.start - passages[n].ends < WAIT


def _unanswered(n: int, passages: Sequence[_Passage]) -> bool:
    """True when nobody speaks for a while after the passage, and then the same channel does, or nobody at all."""
    after = _next(n, passages)
    return after is None or (after.source == passages[n].source and after.start - passages[n].ends >= WAIT)


def _spread(passages: Sequence[_Passage], shared: bool) -> None:
    """What stands before or between announcements, unanswered and with nothing a person says, belongs to them; so does
    what follows without a pause, but not on a channel where it may be somebody else."""
    first = next((n for n, p in enumerate(passages) if p.recorded), None)
    if first is None:
        return
    for n, passage in enumerate(passages):
        if passage.recorded or passage.cues.person:
            continue
        later = next((p for p in passages[n + 1 :] if p.source == passage.source or not p.recorded), None)
        opens = all(p.source == passage.source for p in passages[: n + 1]) and n < first
        after = n > 0 and passages[n - 1].recorded and passages[n - 1].source == passage.source
        before = later is not None and later.recorded and later.source == passage.source
        if ((opens or after) and before) or (after and passage.follows and not shared):
            passage.recorded = True


def _part(utterances: Sequence[Utterance], taken: set[int], *, inside: bool = True) -> tuple[Utterance, ...]:
    """The utterances with only the taken words, or only the others."""
    parts = []
    for utterance in utterances:
        words = tuple(word for word in utterance.words if (id(word) in taken) == inside)
        if words:
            parts.append(replace(utterance, words=words))
    return tuple(parts)

"""Words of one side heard faintly on the other side's channel, taken out only when time, sound and level agree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from transcription.roles.copies import FAINTER, find_copies
from transcription.roles.likeness import SoundMatch, match_sounds
from transcription.speech import Span, SpokenChannel, Utterance
from transcription.transcript import Removal, Word
from transcription.turns import join_words

LATEST: Final = 0.45
"""Seconds between the starts of a word and its copy: lines delay, and engines place edges loosely."""

ALIKE: Final = 75.0
"""Least likeness of two words (RapidFuzz ratio, 0..100) to be one word heard twice: the faint copy is heard worse."""

SHARE: Final = 0.6
"""Least share of a run's words that the other side must say too."""

SHARE_OF_ONE_SOUND: Final = 0.3
ONE_SOUND: Final = 0.7
"""The same, lower, where both channels carry one sound beyond doubt (a correlation of ONE_SOUND over LONG seconds and
more): a weak engine hears a faint copy badly, and half of its words are others."""

RUN_GAP: Final = 0.6
"""Seconds without a word that end a run."""

EDGE: Final = 0.2
"""Seconds by which a word and its copy may miss each other and still be said at one time."""

_LOOK_BACK: Final = 40  # words before a time among which one may still be going on

LONG: Final = 1.0
SAME_LONG: Final = 0.4
SAME_SHORT: Final = 0.62
"""Least correlation of copy and original, for runs of LONG seconds and more, and for shorter ones. Different people's
speech reaches 0.31 over a second and 0.61 over 0.3 s (800 pairs of stretches of telephone speech, shifts to 0.3 s); a
copy 20 dB down with a line's noise and filter stays above 0.66 in 95 of 100 even over 0.3 s."""


def remove_bleed(
    channels: Sequence[Sequence[Utterance]], decoded: Sequence[SpokenChannel], language: str | None
) -> tuple[tuple[tuple[Utterance, ...], ...], tuple[Removal, ...]]:
    """The utterances of each channel without the other channels' words, and the removals (reason "bleed").

    `decoded[n]` is the sound of `channels[n]`; two entries of one file are one channel shared by two people and are
    never compared. Words go only while another channel speaks, louder by FAINTER decibels, and the two carry one
    sound: beyond doubt, whatever was heard (`find_copies`), or with the same words said at the same time. Two people
    saying "hello" at once keep both. Only the samples of words that agree in time are read.
    """
    timed = [_timed(utterances) for utterances in channels]
    kept: list[tuple[Utterance, ...]] = []
    removals: list[Removal] = []
    for at, utterances in enumerate(channels):
        gone: set[int] = set()
        for other, theirs in enumerate(timed):
            if other == at or decoded[other].path == decoded[at].path:
                continue
            left = [word for word in timed[at] if id(word) not in gone]
            near = [w for w in left if _speaks(theirs, (w.start or 0.0) - LATEST, w.end or 0.0)]
            copies = find_copies(near, decoded[at], decoded[other])
            gone.update(id(word) for copy in copies for word in copy)
            removals += [_removal(copy, language) for copy in copies]
            for run in _runs([word for word in timed[at] if id(word) not in gone], theirs):
                lost = _bled(run, theirs, decoded[at], decoded[other])
                gone.update(map(id, lost))
                if lost:
                    removals.append(_removal(lost, language))
        kept.append(_without(utterances, gone))
    return tuple(kept), tuple(removals)


def _removal(words: Sequence[Word], language: str | None) -> Removal:
    return Removal(words[0].start, words[-1].end, join_words((word.text for word in words), language), "bleed")


def _timed(utterances: Sequence[Utterance]) -> list[Word]:
    words = [w for u in utterances for w in u.words if w.start is not None and w.end is not None and w.end > w.start]
    return sorted(words, key=lambda word: word.start or 0.0)


def _runs(words: Sequence[Word], others: Sequence[Word]) -> list[list[Word]]:
    """Words said while the other side speaks, in groups with no pause longer than RUN_GAP and no other word inside."""
    runs: list[list[Word]] = []
    joined = False
    for word in words:
        start, end = word.start or 0.0, word.end or 0.0
        near = _speaks(others, start - EDGE, end + EDGE)
        if near and joined and start - (runs[-1][-1].end or 0.0) <= RUN_GAP:
            runs[-1].append(word)
        elif near:
            runs.append([word])
        joined = near
    return runs


def _speaks(words: Sequence[Word], start: float, end: float) -> bool:
    """Whether one of the words, sorted by their start, overlaps the time."""
    at = bisect_left(words, end, key=lambda word: word.start or 0.0)
    return any((word.end or 0.0) > start for word in words[max(0, at - _LOOK_BACK) : at])


def _bled(run: Sequence[Word], others: Sequence[Word], mine: SpokenChannel, theirs: SpokenChannel) -> list[Word]:
    """The words of a run that are the other side's: from its first to its last word that both say, and beside these
    whatever is the same sound, misheard. Where both say hardly a word, only the first such word is sure beforehand."""
    same = _said_by_both(run, others)
    if not any(same):
        return []
    first, last = same.index(True), len(same) - 1 - same[::-1].index(True)
    shared = sum(same) / (last + 1 - first)
    if shared < SHARE_OF_ONE_SOUND:
        # A faint copy heard all wrong: from that word on either side, the sound tells how far it goes.
        last, shared = first, 1.0
    span = _span(run[first : last + 1])
    match = _copy(span, mine, theirs)
    if match is None or (shared < SHARE and (match.likeness < ONE_SOUND or span.length < LONG)):
        return []
    while first > 0 and _copy(_span(run[first - 1 : first]), mine, theirs):
        first -= 1
    while last + 1 < len(run) and _copy(_span(run[last + 1 : last + 2]), mine, theirs):
        last += 1
    return list(run[first : last + 1])


def _said_by_both(run: Sequence[Word], others: Sequence[Word]) -> list[bool]:
    """For each word of the run, whether the other side says it at nearly the same time, in the same order."""
    from rapidfuzz.fuzz import ratio

    found = []
    at = 0
    for word in run:
        start = word.start or 0.0
        match = None
        earliest = bisect_left(others, start - LATEST, key=lambda other: other.start or 0.0)
        for number in range(max(at, earliest), len(others)):
            if (others[number].start or 0.0) > start + LATEST:
                break
            if ratio(_bare(word.text), _bare(others[number].text)) >= ALIKE:
                match = number
                break
        found.append(match is not None)
        at = at if match is None else match + 1
    return found


def _copy(span: Span, mine: SpokenChannel, theirs: SpokenChannel) -> SoundMatch | None:
    """How the sounds match where `mine` is a fainter copy of `theirs`; None where it is not."""
    match = match_sounds(span, mine, theirs, FAINTER)
    if match is None or match.fainter < FAINTER:
        return None
    return match if match.likeness >= (SAME_LONG if span.length >= LONG else SAME_SHORT) else None


def _span(words: Sequence[Word]) -> Span:
    return Span(words[0].start or 0.0, max(word.end or 0.0 for word in words))


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _without(utterances: Sequence[Utterance], lost: set[int]) -> tuple[Utterance, ...]:
    left = []
    for utterance in utterances:
        words = tuple(word for word in utterance.words if id(word) not in lost)
        if len(words) == len(utterance.words):
            left.append(utterance)
        elif words:
            left.append(replace(utterance, words=words))
    return tuple(left)

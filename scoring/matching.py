"""Finding the pack's phrases in a call: an exact prefilter on stems, then bounded expressions, then fuzzy matching.

Only phrases one of whose rare words occurs in a turn are tried on it, so the cost grows with the call, not with the
pack. Every hit knows its characters in the turn's raw text, so it can be quoted and played.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from scoring.assessment import Evidence
from scoring.conversation import Conversation, MergedTurn
from scoring.languages import Token
from scoring.packs import Entry, Pack
from scoring.patterns import Compiled
from scoring.stream import Stream

_NEGATION_REACH: Final = 4
_GUARD_REACH: Final = 40
_FUZZY_TURN: Final = 400  # tokens; fuzzy matching is for phrases misheard in ordinary turns, not for monologues
_ROLES: Final = ("rep", "client", "speaker_a", "speaker_b")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: characters `start`..`end` of merged turn `turn`, in its sentence number `sentence`."""

    entry: Entry
    turn: int
    sentence: int
    start: int
    end: int
    source: str
    precision: float
    speech_confidence: float | None

    @property
    def group(self) -> str:
        """What the hit counts as."""
        return self.entry.group

    @property
    def confidence(self) -> float:
        """How sure the finding is, 0..1: the rule's precision, less where the speech engine was unsure."""
        return self.precision * speech_factor(self.speech_confidence)

    def evidence(self, conversation: Conversation) -> Evidence:
        """The hit as evidence."""
        return conversation.turns[self.turn].evidence(self.start, self.end, f"rule:{self.source}")


def speech_factor(confidence: float | None) -> float:
    """What a finding keeps of its confidence when its words were recognised with `confidence` (None: certain).

    A phrase of several words survives one misheard word, so doubt counts half.
    """
    return 1.0 if confidence is None else 0.5 + 0.5 * confidence


class Matcher:
    """A pack made ready to search with. Build once per process: `matcher_for(pack)`."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._by_anchor: dict[str, dict[str, list[int]]] = {role: {} for role in _ROLES}
        self._rules: list[tuple[Entry, Compiled]] = []
        self._regexes: list[tuple[Entry, re.Pattern[str], frozenset[str]]] = []
        self._stems: dict[tuple[str, ...], frozenset[str]] = {}
        self._fuzzy: list[tuple[Entry, str, frozenset[str]]] = []
        self._language = pack.vocabulary.language
        self._negations = pack.words["negations"]
        self._cutoff = pack.threshold("fuzzy")
        self._fuzzy_share = pack.threshold("fuzzy_shared_stems")
        for entry in pack.entries:
            for phrase in entry.phrases:
                for role in _ROLES if entry.role == "any" else (entry.role,):
                    for anchor in sorted(phrase.anchors):
                        self._by_anchor[role].setdefault(anchor, []).append(len(self._rules))
                self._rules.append((entry, phrase))
            self._regexes.extend((entry, pattern, needs) for pattern, needs in entry.regex)
            for text in entry.fuzzy:
                words = self._language.tokens(text)
                self._fuzzy.append((entry, " ".join(w.surface for w in words), frozenset(w.stem for w in words)))

    def stems_of(self, groups: tuple[str, ...]) -> frozenset[str]:
        """Every uncommon word the phrases of the groups know: what a near miss would share."""
        known = self._stems.get(groups)
        if known is None:
            known = frozenset(
                stem
                for entry in self.pack.entries
                if entry.group in groups
                for phrase in entry.phrases
                for stem in phrase.stems
            )
            self._stems[groups] = known
        return known

    def find_words(self, turns: Sequence[MergedTurn], names: Iterable[str], group: str, source: str) -> list[Hit]:
        """Where the rep says one of the names (from the call facts), as hits of `group`."""
        entry = _facts_entry(group, source)
        wanted = [stems for name in names if (stems := tuple(t.stem for t in self._language.tokens(name)))]
        found: list[Hit] = []
        for turn in turns:
            if turn.role != "rep":
                continue
            for number, sentence in enumerate(turn.sentences):
                said = [token.stem for token in sentence.tokens]
                for stems in wanted:
                    for at in range(len(said) - len(stems) + 1):
                        if tuple(said[at : at + len(stems)]) == stems:
                            start, end = sentence.tokens[at].start, sentence.tokens[at + len(stems) - 1].end
                            confidence = turn.speech_confidence(start, end)
                            found.append(Hit(entry, turn.index, number, start, end, source, 0.97, confidence))
        return sorted(found, key=lambda hit: (hit.turn, hit.start, -hit.end))

    def find(self, conversation: Conversation) -> tuple[Hit, ...]:
        """Every hit in the call, by turn, place and entry; overlapping hits of one entry are one."""
        hits: list[Hit] = []
        for turn in conversation.turns:
            hits.extend(self.find_in_turn(turn))
        return tuple(hits)

    def find_in_turn(self, turn: MergedTurn) -> list[Hit]:
        """The hits in one turn."""
        stream = Stream(turn, self.pack.vocabulary)
        if not stream.tokens:
            return []
        found: list[Hit] = []
        by_anchor = self._by_anchor.get(turn.role, {})
        candidates: set[int] = set()
        for stem in stream.stems:
            candidates.update(by_anchor.get(stem, ()))
        for number in sorted(candidates):
            entry, phrase = self._rules[number]
            if not _may_match(phrase, stream.stems):
                continue
            for match in phrase.regex.finditer(stream.text):
                hit = self._hit(entry, turn, stream, match.start(), match.end())
                if hit is not None:
                    found.append(hit)
        found.extend(self._regex_hits(turn, stream))
        found.extend(self._fuzzy_hits(turn, stream))
        return _without_overlaps(found)

    def _hit(self, entry: Entry, turn: MergedTurn, stream: Stream, start: int, end: int) -> Hit | None:
        first, last = stream.span(start, end)
        if last < first:
            return None
        number = stream.sentence_at(start)
        sentence = stream.sentences[number]
        if entry.asks is not None and sentence.ended and sentence.asks != entry.asks:
            return None
        sentence_start, sentence_end = stream.sentence_bounds(number)
        if entry.guarded and self._negated(stream, first, sentence_start):
            return None
        if entry.unless:
            # In speech without punctuation a "sentence" may be minutes long: a guard reaches some words only.
            low = max(sentence_start, stream.char_start(first - _GUARD_REACH)) - 2
            high = min(sentence_end, stream.char_start(last + _GUARD_REACH))
            if any(phrase.regex.search(stream.text, max(0, low), high) for phrase in entry.unless):
                return None
        begin, stop = stream.tokens[first].start, stream.tokens[last].end
        return Hit(
            entry=entry,
            turn=turn.index,
            sentence=number,
            start=begin,
            end=stop,
            source=entry.id,
            precision=entry.precision,
            speech_confidence=turn.speech_confidence(begin, stop),
        )

    def _negated(self, stream: Stream, first: int, sentence_start: int) -> bool:
        for index in range(first - 1, max(-1, first - 1 - _NEGATION_REACH), -1):
            if stream.char_starts[index] < sentence_start:
                return False
            if stream.tokens[index].stem in self._negations:
                return True
        return False

    def _regex_hits(self, turn: MergedTurn, stream: Stream) -> Iterable[Hit]:
        for entry, pattern, needs in self._regexes:
            if entry.role not in ("any", turn.role) or not needs & stream.stems:
                continue
            for match in pattern.finditer(turn.text):
                if match.end() > match.start():
                    number = _sentence_of_char(stream, match.start())
                    confidence = turn.speech_confidence(*match.span())
                    yield Hit(
                        entry, turn.index, number, match.start(), match.end(), entry.id, entry.precision, confidence
                    )

    def _fuzzy_hits(self, turn: MergedTurn, stream: Stream) -> Iterable[Hit]:
        surface: str | None = None
        starts: list[int] = []
        if len(stream.tokens) > _FUZZY_TURN:
            return
        for entry, phrase, stems in self._fuzzy:
            if entry.role not in ("any", turn.role):
                continue
            if len(stems & stream.stems) < self._fuzzy_share * len(stems):
                continue
            if surface is None:
                surface, starts = _surface_line(stream.tokens)
            found = fuzz.partial_ratio_alignment(phrase, surface, score_cutoff=self._cutoff)
            if found is None or found.dest_end <= found.dest_start:
                continue
            first = max(0, bisect_right(starts, found.dest_start) - 1)
            last = max(first, bisect_right(starts, found.dest_end - 1) - 1)
            tokens = stream.tokens[first : last + 1]
            # "I am interested" is one letter-run away from "I am not interested".
            if sum(t.stem in self._negations for t in tokens) != len(stems & self._negations):
                continue
            stream_at = stream.char_starts[first]
            hit = self._hit(entry, turn, stream, stream_at, stream.char_starts[last] + 1)
            if hit is not None:
                yield replace(hit, precision=hit.precision * found.score / 100)


@lru_cache(maxsize=8)
def matcher_for(pack: Pack) -> Matcher:
    """The matcher of a pack, built once per process."""
    return Matcher(pack)


@lru_cache(maxsize=16)
def _facts_entry(group: str, source: str) -> Entry:
    return Entry(source, group, "rep", 0.97, (), (), (), (), False, None, frozenset(), (), ())


def _may_match(phrase: Compiled, stems: set[str]) -> bool:
    """Whether every set of words the phrase needs has one in the turn."""
    for need in phrase.needs:  # noqa: SIM110 - the plain loop is twice as fast here, the hottest line of scoring
        if need.isdisjoint(stems):
            return False
    return True


def _sentence_of_char(stream: Stream, char: int) -> int:
    for number, sentence in enumerate(stream.sentences):
        if sentence.tokens[-1].end > char:
            return number
    return max(0, len(stream.sentences) - 1)


def _surface_line(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    starts: list[int] = []
    at = 0
    for token in tokens:
        starts.append(at)
        at += len(token.surface) + 1
    return " ".join(token.surface for token in tokens), starts


def _without_overlaps(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one entry the longest; all in order of place, then entry."""
    kept: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: (h.start, h.start - h.end, -h.precision)):
        mine = kept.setdefault(hit.entry.id, [])
        if mine and hit.start < mine[-1].end:
            if hit.end - hit.start > mine[-1].end - mine[-1].start:
                mine[-1] = hit
            continue
        mine.append(hit)
    return sorted((hit for mine in kept.values() for hit in mine), key=lambda h: (h.start, h.end, h.entry.id))

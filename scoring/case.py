"""Everything known about one call while it is judged: turns, hits, questions, measures, facts, and what is unsure.

Detectors ask a `Case` for windows, hits and nearest misses, and whether the words they need can be trusted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Final

from scoring.assessment import Absence, Evidence, Metrics, Nearest
from scoring.conversation import UNSURE_ROLES, Conversation, MergedTurn, mean_confidence
from scoring.facts import Facts
from scoring.matching import Hit, Matcher
from scoring.packs import Pack
from scoring.questions import Question
from scoring.talk import CutIn

_start_of = attrgetter("start")
_place_of = itemgetter(1, 3, 4, 5)  # a hit's turn, start, end and the entry that found it
_stem_of = itemgetter(0)
_NO_HITS: Final[list[Hit]] = []


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the call by merged turns, first and last inclusive; `reaches_end` when the call ends with it."""

    name: str
    turns: tuple[MergedTurn, ...]
    reaches_end: bool

    def holds(self, turn: int) -> bool:
        """Whether a merged turn lies in the window."""
        return bool(self.turns) and self.turns[0][0] <= turn <= self.turns[-1][0]


@dataclass(frozen=True)
class Case:
    """A call under judgement. Hits are in order of place; `objections` is filled before the detectors run."""

    conversation: Conversation
    pack: Pack
    matcher: Matcher
    facts: Facts
    hits: tuple[Hit, ...]
    questions: tuple[Question, ...]
    metrics: Metrics
    cuts: tuple[CutIn, ...] | None
    groups: dict[str, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    by_turn: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    trusted_turns: frozenset[int] = field(default=frozenset(), repr=False)
    """The turns that were understood and whose speaker is known."""

    asked: dict[int, tuple[Question, ...]] = field(default_factory=dict, repr=False)
    """The questions by the turn they stand in, in order."""

    merged: dict[int, int] = field(default_factory=dict, repr=False)
    """The merged turn by the number of each delivered turn in it."""

    longest_hit: int = 0
    """Characters of the longest hit."""

    least_clear: float = 0.0
    """The least confidence with which words count (the pack's `word_confidence`)."""

    doubts: dict[tuple[str, str, bool], str | None] = field(default_factory=dict, repr=False)
    windows: dict[str, Window] = field(default_factory=dict, repr=False)
    # The same is asked of a turn for each of its hits, and in a badly cut call one turn may hold all of them.
    looked_up: dict[tuple[int, str], list[Hit]] = field(default_factory=lambda: defaultdict(list), repr=False)
    turn_groups: dict[int, frozenset[str]] = field(default_factory=dict, repr=False)
    said: dict[int, list[set[str]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        turns = self.conversation.turns
        clear, sure = self.pack.threshold("turn_confidence"), self.pack.threshold("role_confidence")
        trusted = frozenset(
            [  # as `clear_turn` and `knows_role` say of each
                turn.index
                for turn in turns
                if (turn.clearness is None or turn.clearness >= clear)
                and turn.role not in UNSURE_ROLES
                and (turn.role_confidence is None or turn.role_confidence >= sure)
            ]
        )
        least = self.pack.threshold("word_confidence")
        object.__setattr__(self, "trusted_turns", trusted)
        object.__setattr__(self, "longest_hit", max([hit.end - hit.start for hit in self.hits], default=0))
        object.__setattr__(self, "least_clear", least)
        self.merged.update({piece.turn: turn.index for turn in turns for piece in turn.pieces})
        for question in self.questions:
            self.asked[question.turn] = (*self.asked.get(question.turn, ()), question)
        groups, by_turn, looked_up = self.groups, self.by_turn, self.looked_up
        for hit in self.hits:
            entry, turn, _, _, _, _, _, confidence = hit
            group = entry.group
            groups[group].append(hit)
            by_turn[turn].append(hit)
            if turn in trusted and (confidence is None or confidence >= least):
                for prefix in _prefixes(group):
                    looked_up[turn, prefix].append(hit)

    def turn(self, index: int) -> MergedTurn:
        """The merged turn of that index."""
        return self.conversation.turns[index]

    def found(self, groups: Iterable[str], window: Window | None = None, role: str | None = None) -> list[Hit]:
        """The trusted hits of the groups in the window, in order of place."""
        trusted, least = self.trusted_turns, self.least_clear
        hits = [
            hit
            for group in groups
            for hit in self.groups.get(group, ())
            if hit.turn in trusted and (hit.speech_confidence is None or hit.speech_confidence >= least)
        ]
        if window is not None and hits:
            hits = [hit for hit in hits if window.holds(hit.turn)]
        if role is not None and hits:
            turns = self.conversation.turns
            hits = [hit for hit in hits if turns[hit.turn].role == role]
        return sorted(hits, key=_place_of) if len(hits) > 1 else hits

    def unsure(self, groups: Iterable[str], window: Window | None = None) -> list[Hit]:
        """The hits of the groups whose words or speaker are too unsure to count."""
        return [
            hit
            for group in groups
            for hit in self.groups.get(group, ())
            if not self.trusts(hit) and (window is None or window.holds(hit.turn))
        ]

    def in_turn(self, turn: int, prefix: str) -> list[Hit]:
        """The trusted hits in a turn whose group is `prefix` or begins with `prefix.`; not to be changed."""
        return self.looked_up.get((turn, prefix), _NO_HITS)

    def overlapping(self, turn: int, start: int, end: int) -> list[Hit]:
        """The hits in a turn, trusted or not, that share characters with `start`..`end`."""
        hits = self.by_turn.get(turn, [])
        low = bisect_left(hits, start - self.longest_hit, key=_start_of)
        high = bisect_left(hits, end, key=_start_of)
        return [hit for hit in hits[low:high] if start < hit.end]

    def groups_in(self, turn: int) -> frozenset[str]:
        """The groups of all hits in a turn, trusted or not."""
        if turn not in self.turn_groups:
            self.turn_groups[turn] = frozenset([hit.entry.group for hit in self.by_turn.get(turn, ())])
        return self.turn_groups[turn]

    def trusts(self, hit: Hit) -> bool:
        """Whether a hit's own words, its turn and its speaker are sure enough to count."""
        confidence = hit.speech_confidence
        return hit.turn in self.trusted_turns and (confidence is None or confidence >= self.least_clear)

    def clear(self, confidence: float | None) -> bool:
        """Whether words recognised with this confidence can be judged; typed words (None) can."""
        return confidence is None or confidence >= self.least_clear

    def clear_turn(self, turn: MergedTurn) -> bool:
        """Whether a turn as a whole was understood: in noise an engine is sometimes sure of words nobody said."""
        confidence = turn.speech_confidence()
        return confidence is None or confidence >= self.pack.threshold("turn_confidence")

    def knows_role(self, turn: MergedTurn) -> bool:
        """Whether it is known who speaks in a turn."""
        least = self.pack.threshold("role_confidence")
        return turn.role not in UNSURE_ROLES and (turn.role_confidence is None or turn.role_confidence >= least)

    def window(self, name: str) -> Window:
        """The `opening`, the `close` or `anywhere`. A short call's opening may be all of it."""
        if name not in self.windows:
            turns = self.conversation.turns
            if name == "opening":
                self.windows[name] = self._opening(turns)
            elif name == "close":
                self.windows[name] = self._close(turns)
            else:
                self.windows[name] = Window("anywhere", turns, reaches_end=True)
        return self.windows[name]

    def _opening(self, turns: Sequence[MergedTurn]) -> Window:
        most = int(self.pack.threshold("opening_rep_turns"))
        least = int(self.pack.threshold("opening_words"))
        reps = words = 0
        for number, turn in enumerate(turns):
            reps += turn.role == "rep"
            words += turn.length()
            if reps >= most and words >= least:
                return Window("opening", tuple(turns[: number + 1]), reaches_end=number + 1 == len(turns))
        return Window("opening", tuple(turns), reaches_end=True)

    def _close(self, turns: Sequence[MergedTurn]) -> Window:
        most = int(self.pack.threshold("closing_turns"))
        least = int(self.pack.threshold("closing_words"))
        first = max(0, len(turns) - most)
        words = sum(turn.length() for turn in turns[first:])
        while first > 0 and words < least:
            first -= 1
            words += turns[first].length()
        return Window("close", tuple(turns[first:]), reaches_end=True)

    def doubt(self, role: str, window: Window, *, absence: bool) -> str | None:
        """Why `role`'s words in the window cannot be judged, as a sentence, or None when they can.

        With `absence` the question is whether something was *not* said, for which the whole window must be known.
        """
        asked = (role, window.name, absence)
        if asked not in self.doubts:
            self.doubts[asked] = self._doubt(role, window, absence=absence)
        return self.doubts[asked]

    def _doubt(self, role: str, window: Window, *, absence: bool) -> str | None:
        mine = [turn for turn in window.turns if turn.role == role]
        if not mine:
            if any(turn.role in UNSURE_ROLES for turn in self.conversation.turns):
                return "It is not known who of the two speakers is the rep."
            return f"The {role} says nothing in this part of the call."
        words = sum([turn.size for turn in mine])
        unknown = sum([turn.size for turn in mine if not self.knows_role(turn)])
        if unknown * 2 > words or (absence and any(turn.role in UNSURE_ROLES for turn in window.turns)):
            return "It is not sure who speaks in this part of the call."
        confidence = mean_confidence(chain.from_iterable([turn.words for turn in mine]))
        if not self.clear(confidence):
            return f"The speech engine is unsure of the {role}'s words here (mean confidence {confidence:.2f})."
        if role == "rep" and words < self.pack.threshold("fewest_words"):
            return f"The {role} says too little in this part of the call to judge it."
        if absence and self.conversation.partial and self._missing(window):
            return "Part of the recording is missing, so it may have been said there."
        return None

    def _missing(self, window: Window) -> bool:
        return window.reaches_end

    def evidence(self, hit: Hit) -> Evidence:
        """A hit as evidence."""
        return hit.evidence(self.conversation)

    def quote_question(self, question: Question, source: str) -> Evidence:
        """A question as evidence."""
        return self.turn(question.turn).evidence(question.start, question.end, source)

    def absence(self, window: Window, groups: Sequence[str], role: str) -> Absence:
        """The window searched for the groups, and the sentence of `role` that shares most words with their phrases."""
        begins = [turn.begins for turn in window.turns if turn.begins is not None]
        ends = [turn.ends for turn in window.turns if turn.ends is not None]
        return Absence(
            min(begins) if begins else None, max(ends) if ends else None, self._nearest(window, groups, role)
        )

    def _sentence_stems(self, turn: MergedTurn) -> list[set[str]]:
        """The words of each sentence of a turn, which every absence in its window is held against."""
        found = self.said.get(turn.index)
        if found is None:
            found = self.said[turn.index] = [set(map(_stem_of, sentence.tokens)) for sentence in turn.sentences]
        return found

    def _nearest(self, window: Window, groups: Sequence[str], role: str) -> Nearest | None:
        wanted = self.matcher.stems_of(tuple(groups))
        best: tuple[float, int, int, int] | None = None
        for turn in window.turns:
            if turn.role != role:
                continue
            for number, stems in enumerate(self._sentence_stems(turn)):
                shared = len(stems & wanted)
                if shared < 2:
                    continue
                score = shared / (len(stems) + 4) ** 0.5
                if best is None or score > best[0]:
                    tokens = turn.sentences[number].tokens
                    best = (score, turn.index, tokens[0].start, tokens[-1].end)
        if best is None:
            return None
        _, index, start, end = best
        return self.turn(index).nearest(start, end)


@lru_cache(maxsize=1024)
def _prefixes(group: str) -> tuple[str, ...]:
    """What a group of hits is asked for by: its whole name, and as much of it as stands before each full stop."""
    parts = group.split(".")
    return (group, *(".".join(parts[:length]) for length in range(1, len(parts)) if parts[0]))


def judged_by(hits: Sequence[Hit]) -> float:
    """The confidence that at least the surest of these hits is right."""
    return max(hit.confidence for hit in hits)

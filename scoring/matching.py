"""Finding the pack's phrases in a call: an exact prefilter on stems, then bounded expressions, then fuzzy matching.

Only phrases one of whose rare words occurs in a turn are tried on it, so the cost grows with the call, not with the
pack. Every hit knows its characters in the turn's raw text, so it can be quoted and played.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from operator import itemgetter
from typing import Final

from rapidfuzz import fuzz

from scoring.conversation import UNSURE_ROLES, Conversation, MergedTurn
from scoring.guarded_regex import GuardedRegex
from scoring.hits import Hit as Hit
from scoring.hits import speech_factor as speech_factor
from scoring.hits import without_overlaps
from scoring.needs import EMPTY
from scoring.packs import Entry, Pack
from scoring.patterns import Compiled
from scoring.role_rules import RoleRules
from scoring.stream import Stream

_NEGATION_REACH: Final = 4
_GUARD_REACH: Final = 40
_FURTHER: Final = 4  # of a phrase's rarest words, looked for before its expression is tried
_RARE: Final = 0.3  # of the pack's lines; a word in more of them is not looked for
_FUZZY_TURN: Final = 400  # tokens; fuzzy matching is for phrases misheard in ordinary turns, not for monologues
_SHORT: Final = 24  # characters of a turn whose hits are remembered
_REMEMBERED: Final = 4096
_TOGETHER: Final = 512  # turns whose lines are held at once
_new: Final = tuple.__new__  # a `Hit` from all its fields, in a third of the time its own constructor takes
_ROLES: Final = ("rep", "client")


class Matcher:
    """A pack made ready to search with. Build once per process: `matcher_for(pack)`."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._codes = pack.vocabulary.codes
        self._regexes: list[tuple[Entry, GuardedRegex]] = []
        self._stems: dict[tuple[str, ...], frozenset[str]] = {}
        self._fuzzy: list[tuple[Entry, str, frozenset[str]]] = []
        self._short: dict[object, list[Hit]] = {}
        self._language = pack.vocabulary.language
        self._negations = pack.words["negations"]
        self._cutoff = pack.threshold("fuzzy")
        self._fuzzy_share = pack.threshold("fuzzy_shared_stems")
        unsure = RoleRules(self._codes)
        self._by_role = dict.fromkeys(UNSURE_ROLES, unsure)
        self._by_role |= {role: RoleRules(self._codes) for role in _ROLES}
        number = 0
        for entry in pack.entries:
            roles = (*_ROLES, UNSURE_ROLES[0]) if entry.role == "any" else (entry.role,)
            for phrase in entry.phrases:
                further = [need for need in phrase.required[1 : 1 + _FURTHER] if self._is_rare(need)]
                for role in roles:
                    self._by_role[role].add(number, entry, phrase, further)
                number += 1
            for expression in entry.regex:
                for role in roles:
                    self._by_role[role].add_regex(len(self._regexes), expression.needs)
                self._regexes.append((entry, expression))
            for text in entry.fuzzy:
                self._add_fuzzy(entry, text, roles)
        for rules in self._by_role.values():
            rules.needs.close()

    def _is_rare(self, need: frozenset[str]) -> bool:
        """Whether few lines of the pack hold one of the words: to know that most turns do tells nothing."""
        counts = self.pack.vocabulary.counts
        return sum([counts.get(key, 0) for key in need]) <= _RARE * counts.get(EMPTY, 0)

    def _add_fuzzy(self, entry: Entry, text: str, roles: Iterable[str]) -> None:
        words = self._language.tokens(text)
        stems = frozenset(word.stem for word in words)
        # Whoever says this share of the words says at least one of any set of so many.
        enough = ceil(self._fuzzy_share * len(stems))
        rarest = sorted(stems, key=lambda stem: (self.pack.vocabulary.counts.get(stem, 0), stem))
        for role in roles:
            self._by_role[role].add_fuzzy(len(self._fuzzy), entry, frozenset(rarest[: len(stems) - enough + 1]))
        self._fuzzy.append((entry, " ".join(word.surface for word in words), stems))

    def forget(self) -> None:
        """Search every turn anew, for measuring."""
        self._short.clear()
        for rules in self._by_role.values():
            rules.needs.clear()

    def hear_lines(self) -> None:
        """Meet the words and pairs of words of the pack's own lines: most of those that calls will bring."""
        line = self.pack.vocabulary.codes.line
        for entry in self.pack.entries:
            for text in (*entry.match, *entry.miss):
                for sentence in self._language.split(text):
                    said = f"|{line(sentence.tokens)}|"
                    for role in _ROLES if entry.role == "any" else (entry.role,):
                        self._by_role[role].needs.met_by(said)

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
        turns = conversation.turns
        for first in range(0, len(turns), _TOGETHER):
            self._find_in(turns[first : first + _TOGETHER], hits)
        return tuple(hits)

    def _find_in(self, turns: Sequence[MergedTurn], hits: list[Hit]) -> None:
        """Add the hits in some of a call's turns.

        A phrase is tried on all of them before the next one is: its expression is then read from memory once.
        """
        known: dict[object, list[Hit]] = {}
        searched: dict[object, Stream] = {}
        by_role: dict[str, list[Stream]] = {}
        for turn in turns:
            # "Yes", "mhm" and "I see" are half the turns of a call: what they say is looked up once.
            key: object = (turn.role, turn.text) if len(turn.text) <= _SHORT else turn.index
            if key in known or key in searched:
                continue
            before = self._short.get(key)
            if before is not None:
                known[key] = before
                continue
            searched[key] = stream = Stream(turn, self.pack.vocabulary)
            if turn.sentences:
                by_role.setdefault(turn.role, []).append(stream)
        for role, streams in by_role.items():
            if (rules := self._by_role.get(role)) is not None:
                self._search(rules, streams)
        for key, stream in searched.items():
            known[key] = without_overlaps(stream.found)
            if type(key) is tuple:
                if len(self._short) >= _REMEMBERED:
                    self._short.clear()
                self._short[key] = known[key]
        for turn in turns:
            key = (turn.role, turn.text) if len(turn.text) <= _SHORT else turn.index
            mine = known[key]
            if mine and (key not in searched or searched[key].turn is not turn):
                index, sure = turn.index, turn.speech_confidence
                mine = [
                    _new(Hit, (entry, index, number, start, end, source, precision, sure(start, end)))
                    for entry, _, number, start, end, source, precision, _ in mine
                ]
            hits.extend(mine)

    def _search(self, rules: RoleRules, said: Iterable[Stream]) -> None:
        """Find what one role says in its turns: phrases, then expressions, then fuzzy phrases, each in pack order."""
        wanted: dict[int, list[Stream]] = defaultdict(list)
        met_by = rules.needs.met_by
        for stream in said:
            groups, stream.met = met_by(stream.text)
            for group in groups:
                wanted[group].append(stream)
        by_group = rules.rules
        tried = sorted([rule for group in wanted for rule in by_group[group]])
        for _, needs, entry, phrase, plain, number in tried:
            for stream in wanted[number]:
                if needs & stream.met == needs:
                    self._phrase_hits(stream, rules, entry, phrase, plain=plain)
        for number, streams in _in_pack_order(rules.regexes, wanted):
            for stream in streams:
                stream.found.extend(self._regex_hits(stream, *self._regexes[number]))
        for number, streams in _in_pack_order(rules.fuzzy, wanted):
            for stream in streams:
                self._fuzzy_hits(stream, rules, *self._fuzzy[number])

    def _phrase_hits(self, stream: Stream, rules: RoleRules, entry: Entry, phrase: Compiled, *, plain: bool) -> None:
        """Add the hits of a phrase whose needs the turn meets."""
        tokens, one = stream.tokens, len(stream.sentences) == 1
        for match in stream.find(phrase):
            start, end = match.span()
            number = 0 if one else stream.sentence_at(start)
            if plain or self._counts(entry, stream, rules, start, end):
                begin, stop = tokens[start - number - 1][2], tokens[end - number - 2][3]
                confidence = stream.confidence(begin, stop)
                fields = (entry, stream.turn.index, number, begin, stop, entry.id, entry.precision, confidence)
                stream.found.append(_new(Hit, fields))

    def _counts(self, entry: Entry, stream: Stream, rules: RoleRules, start: int, end: int) -> bool:
        """Whether what stands in places `start`..`end` of the line is what the entry asks for."""
        number = stream.sentence_at(start)
        if entry.asks is not None:
            sentence = stream.sentences[number]
            if sentence.ended and sentence.asks != entry.asks:
                return False
        if entry.guarded and self._negated(stream, start - number - 1, number):
            return False
        if entry.unless:
            low, high = stream.sentence_bounds(number)
            # In speech without punctuation a "sentence" may be minutes long: a guard reaches some words only.
            low, high = max(low, start - _GUARD_REACH), min(high, end - 1 + _GUARD_REACH)
            for need, phrase in rules.guards[entry]:
                if need & stream.met and stream.stands(phrase, low, high):
                    return False
        return True

    def _negated(self, stream: Stream, first: int, sentence: int) -> bool:
        begins = stream.sentence_bounds(sentence)[0] - sentence - 1
        before = stream.tokens[max(begins, first - _NEGATION_REACH) : first]
        return any(token.stem in self._negations for token in before)

    def _regex_hits(self, stream: Stream, entry: Entry, expression: GuardedRegex) -> Iterable[Hit]:
        for start, end in expression.spans(stream.turn.text):
            if end > start:
                number = _sentence_of_char(stream, start)
                confidence = stream.confidence(start, end)
                yield Hit(entry, stream.turn.index, number, start, end, entry.id, entry.precision, confidence)

    def _fuzzy_hits(self, stream: Stream, rules: RoleRules, entry: Entry, phrase: str, stems: frozenset[str]) -> None:
        if len(stream.tokens) > _FUZZY_TURN or len(stems & stream.stems) < self._fuzzy_share * len(stems):
            return
        surface, starts = stream.surface
        found = fuzz.partial_ratio_alignment(phrase, surface, score_cutoff=self._cutoff)
        if found is None or found.dest_end <= found.dest_start:
            return
        first = max(0, bisect_right(starts, found.dest_start) - 1)
        last = max(first, bisect_right(starts, found.dest_end - 1) - 1)
        tokens = stream.tokens[first : last + 1]
        # "I am interested" is one letter-run away from "I am not interested".
        if sum(t.stem in self._negations for t in tokens) != len(stems & self._negations):
            return
        start, end = stream.place(first), stream.place(last) + 1
        if self._counts(entry, stream, rules, start, end):
            begin, stop = tokens[0][2], tokens[-1][3]
            precision, confidence = entry.precision * found.score / 100, stream.confidence(begin, stop)
            number = stream.sentence_at(start)
            stream.found.append(Hit(entry, stream.turn.index, number, begin, stop, entry.id, precision, confidence))


def _in_pack_order(
    by_group: Mapping[int, Sequence[int]], wanted: Mapping[int, list[Stream]]
) -> list[tuple[int, list[Stream]]]:
    """The numbers of what is looked up by groups that were met, each with the turns that meet its group."""
    groups = by_group.keys() & wanted.keys()
    found = {number: wanted[group] for group in groups for number in by_group[group]}
    return sorted(found.items(), key=itemgetter(0))


@lru_cache(maxsize=8)
def matcher_for(pack: Pack) -> Matcher:
    """The matcher of a pack, built once per process."""
    return Matcher(pack)


@lru_cache(maxsize=16)
def _facts_entry(group: str, source: str) -> Entry:
    return Entry(source, group, "rep", 0.97, (), (), (), (), False, None, frozenset(), (), ())


def _sentence_of_char(stream: Stream, char: int) -> int:
    for number, sentence in enumerate(stream.sentences):
        if sentence.tokens[-1].end > char:
            return number
    return max(0, len(stream.sentences) - 1)

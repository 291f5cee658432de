"""What a person typed into the search box, as clauses that both databases understand and no spelling can break.

Words beside each other must all occur in one turn, in any order and any form; "quoted words" must follow each other;
a run of Hangul or Han must occur as it stands, a Korean one also without its particle; a word or a quotation behind a
minus must not occur in that turn. A language is not asked for: words are tried cut to their stem by script, and whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import regex

from review.search.analyze import Term, analyze_places
from review.search.particles import without_particle

LONGEST_QUERY: Final = 400  # characters
MOST_CLAUSES: Final = 16

_QUOTED: Final = regex.compile(
    r"(?P<minus>(?<!\S)[-−–])?" + r'(?:"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|「([^」]*)」)'
)
_MINUS: Final = regex.compile(r"(?<!\S)[-−–](?=[\p{L}\p{N}])(\S+)")
MOST_MARKS: Final = 40  # places marked in one turn; a long turn may repeat a word all along


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must follow each other; with `prefix` the last one need only be the beginning of a term."""

    terms: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Every clause must hold and none of `without`; a clause holds when one of its phrases occurs."""

    clauses: tuple[tuple[Phrase, ...], ...]
    without: tuple[tuple[Phrase, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses)

    def to_fts5(self) -> str:
        """The query for SQLite's FTS5 MATCH."""
        asked = " AND ".join("(" + " OR ".join(_fts5(phrase) for phrase in clause) + ")" for clause in self.clauses)
        if not self.without:
            return asked
        return f"({asked}) NOT (" + " OR ".join(_fts5(phrase) for clause in self.without for phrase in clause) + ")"

    def to_tsquery(self) -> str:
        """The query for PostgreSQL's `to_tsquery('simple', ...)`."""
        asked = " & ".join("(" + " | ".join(_tsquery(phrase) for phrase in clause) + ")" for clause in self.clauses)
        if not self.without:
            return asked
        return f"({asked}) & !(" + " | ".join(_tsquery(phrase) for clause in self.without for phrase in clause) + ")"

    def find_match(self, text: str, language: str | None) -> tuple[int, int] | None:
        """Where in the raw text the first clause that occurs is found, as (start, end) in characters."""
        terms = analyze_places(text, language)
        for clause in self.clauses:
            spans = [span for phrase in clause if (span := next(_places(terms, phrase), None)) is not None]
            if spans:
                return min(spans)
        return None

    def find_matches(self, text: str, language: str | None) -> tuple[tuple[int, int], ...]:
        """Every place in the raw text where something asked for occurs, in order, none overlapping another."""
        terms = analyze_places(text, language)
        spans = sorted(
            span for clause in self.clauses for phrase in clause for span in islice(_places(terms, phrase), MOST_MARKS)
        )
        found: list[tuple[int, int]] = []
        for start, end in spans:
            if found and start < found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((start, end))
        return tuple(found[:MOST_MARKS])


def read_ask(text: str) -> Ask:
    """The clauses of a typed query; an empty Ask when it holds nothing that can be searched for."""
    text = _shortened(text)
    clauses: list[tuple[Phrase, ...]] = []
    without: list[tuple[Phrase, ...]] = []
    rest: list[str] = []
    at = 0
    for quoted in _QUOTED.finditer(text):
        rest.append(text[at : quoted.start()])
        at = quoted.end()
        said = next((group for group in quoted.groups()[1:] if group is not None), "")
        (without if quoted["minus"] else clauses).extend(_clauses(said, as_one=True))
    rest.append(text[at:])
    for part in rest:
        for word in _MINUS.findall(part):
            without += _clauses(word, as_one=True)
        clauses += _clauses(_MINUS.sub(" ", part), as_one=False)
    return Ask(tuple(dict.fromkeys(clauses))[:MOST_CLAUSES], tuple(dict.fromkeys(without))[:MOST_CLAUSES])


def _shortened(text: str) -> str:
    """At most LONGEST_QUERY characters, cut between two words: half a word would be found nowhere."""
    if len(text) <= LONGEST_QUERY:
        return text
    kept, gap, _ = text[: LONGEST_QUERY + 1].rpartition(" ")
    return kept if gap and kept.strip() else text[:LONGEST_QUERY]


def _clauses(text: str, *, as_one: bool) -> list[tuple[Phrase, ...]]:
    """A clause for each word and each run of Hangul or Han, or one for all; each stemmed by script, and whole."""
    stemmed, whole = analyze_places(text, None), analyze_places(text, None, stem=False)
    ends = [at + 1 for at, term in enumerate(whole) if term.kind != "pair"]
    if as_one:
        ends = ends[-1:]
    starts = [0, *ends[:-1]]
    clauses = []
    for start, end in zip(starts, ends, strict=False):
        phrases = [_phrase(stemmed[start:end]), _phrase(whole[start:end])]
        bare = None if as_one else without_particle(text[whole[start].start : whole[end - 1].end])
        if bare is not None:
            phrases.append(_phrase(analyze_places(bare, None)))
        clauses.append(tuple(dict.fromkeys(phrases)))
    return clauses


def _phrase(terms: Sequence[Term]) -> Phrase:
    texts = tuple(term.term for term in terms)
    if terms[-1].kind != "last":
        return Phrase(texts)
    # The text searched may go on after the run asked for, so the run's last character alone is not demanded there.
    if len(terms) > 1 and terms[-2].kind == "pair":
        return Phrase(texts[:-1])
    return Phrase(texts, prefix=True)


def _fts5(phrase: Phrase) -> str:
    return '"' + " ".join(phrase.terms) + '"' + (" *" if phrase.prefix else "")


def _tsquery(phrase: Phrase) -> str:
    quoted = [f"'{term}'" for term in phrase.terms]
    if phrase.prefix:
        quoted[-1] += ":*"
    return "(" + " <-> ".join(quoted) + ")"


def _places(terms: Sequence[Term], phrase: Phrase) -> Iterator[tuple[int, int]]:
    length = len(phrase.terms)
    for at in range(len(terms) - length + 1):
        window = terms[at : at + length]
        exact = window[:-1] if phrase.prefix else window
        if any(term.term != asked for term, asked in zip(exact, phrase.terms, strict=False)):
            continue
        if phrase.prefix:
            if window[-1].term.startswith(phrase.terms[-1]):
                yield window[0].start, window[-1].start + len(phrase.terms[-1])
            continue
        yield window[0].start, window[-1].end

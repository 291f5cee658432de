"""The words of a turn under a person's hand: rewriting, moving in time, splitting, joining. Pure functions on turns.

What a person leaves as it was keeps the engine's times and confidence; what they write gets confidence 1.0 and the
time of what it replaces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from transcription.transcript import Turn, Word, seconds

BY_HAND: Final = 1.0
"""Confidence of words a person wrote and of roles a person chose."""

_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # scripts written without spaces: one sign, one token
_TOKEN: Final = re.compile(rf"\[[a-z_]+\]|[{_WIDE}]|[^\s{_WIDE}]+")
_MOST_PAIRS: Final = 5_000_000  # equal words of two texts, paired, up to which each pair is looked at
_AHEAD: Final = 60  # characters a word may stand behind the one before it


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is written (one sign in Chinese): `text[start:end]` of its turn."""

    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """The token for comparing what was said: without case and outer punctuation; empty for punctuation alone."""
        return re.sub(r"^\W+|\W+$", "", self.text.casefold()).replace("ё", "е")


def read_tokens(text: str) -> list[Token]:
    """The tokens of a text in order."""
    return [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def said(text: str) -> tuple[str, ...]:
    """What was said, for comparing: the folded tokens, punctuation left out."""
    return tuple(folded for token in read_tokens(text) if (folded := token.folded))


def changed_spans(machine: str, shown: str) -> tuple[tuple[int, int], ...]:
    """The places `(start, end)` of `shown` whose words the machine's text does not have there."""
    old, new = read_tokens(machine), read_tokens(shown)
    return tuple(
        (new[j1].start, new[j2 - 1].end) for tag, _, _, j1, j2 in _opcodes(old, new) if tag != "equal" and j2 > j1
    )


def rewrite(turn: Turn, text: str) -> Turn:
    """The turn with another text. A turn whose words have no list of their own keeps none."""
    if not turn.words:
        return replace(turn, text=text)
    old, new = read_tokens(turn.text), read_tokens(text)
    partner = {j1 + n: i1 + n for tag, i1, i2, j1, _ in _opcodes(old, new) if tag == "equal" for n in range(i2 - i1)}
    tokens_of = _tokens_of_words(turn, old)
    starting: dict[int, list[int]] = {}  # token of the old text -> the words that begin in it
    for n, own in enumerate(tokens_of):
        if own:
            starting.setdefault(own[0], []).append(n)
    words: list[Word | str] = []
    covered: set[int] = set()  # tokens of the old text whose word was kept already
    for j, token in enumerate(new):
        i = partner.get(j, -1)
        kept = [n for n in starting.get(i, ()) if all(partner.get(j + k - i) == k for k in tokens_of[n])]
        words += [turn.words[n] for n in kept]
        for n in kept:
            covered.update(tokens_of[n])
        if not kept and i not in covered:
            words.append(token.text)
    return replace(turn, text=text, words=_timed(turn, words))


def retime(turn: Turn, start: float, end: float) -> Turn:
    """The turn from `start` to `end` seconds; its words keep their places in it."""
    if turn.start is None or turn.end is None or turn.end <= turn.start:
        return replace(turn, start=seconds(start), end=seconds(end))
    scale, first = (end - start) / (turn.end - turn.start), turn.start

    def moved(at: float | None) -> float | None:
        return None if at is None else seconds(min(end, max(start, start + (at - first) * scale)))

    words = tuple(replace(word, start=moved(word.start), end=moved(word.end)) for word in turn.words)
    return replace(turn, start=seconds(start), end=seconds(end), words=words)


def split(turn: Turn, at: int) -> tuple[Turn, Turn]:
    """The turn cut before character `at` of its text; the parts meet in time where the words do."""
    left_text, right_text = turn.text[:at].rstrip(), turn.text[at:].lstrip()
    spans = word_spans(turn)
    left = tuple(word for word, span in zip(turn.words, spans, strict=True) if span[0] < at)
    right = turn.words[len(left) :]
    share = len(left_text) / max(1, len(left_text) + len(right_text))
    between = None
    if turn.start is not None and turn.end is not None:
        between = seconds(turn.start + share * (turn.end - turn.start))
    left_end = next((word.end for word in reversed(left) if word.end is not None), between)
    right_start = next((word.start for word in right if word.start is not None), between)
    if not left:
        left_end = turn.start
    if not right:
        right_start = turn.end
    return (
        replace(turn, text=left_text, words=left, end=left_end),
        replace(turn, text=right_text, words=right, start=right_start),
    )


def join(first: Turn, second: Turn) -> Turn:
    """Both turns as one; who speaks is who speaks in the first."""
    return replace(
        first,
        text=join_texts(first.text, second.text),
        words=first.words + second.words,
        start=min((at for at in (first.start, second.start) if at is not None), default=None),
        end=max((at for at in (first.end, second.end) if at is not None), default=None),
        language=first.language if first.language == second.language else None,
    )


def join_texts(first: str, second: str) -> str:
    """Two texts with a space between, as far as their script has one."""
    first, second = first.rstrip(), second.lstrip()
    wide = re.compile(f"[{_WIDE}，。！？]")
    close = bool(first and second and wide.match(first[-1]) and wide.match(second[0]))
    return first + ("" if close or not first or not second else " ") + second


def same_place(old: str, new: str, at: int) -> int:
    """The character of `old` that stands where character `at` of `new` does."""
    before, after = read_tokens(old), read_tokens(new)
    wanted = next((j for j, token in enumerate(after) if token.end > at), len(after))
    for tag, i1, i2, j1, j2 in _opcodes(before, after):
        if tag == "equal" and j2 > wanted:
            return before[i1 + max(0, wanted - j1)].start
        if j1 < wanted < j2 and i2 > i1:  # inside what was rewritten: the same share of it
            return before[min(i2 - 1, i1 + (wanted - j1) * (i2 - i1) // (j2 - j1))].start
        if tag != "equal" and j1 == wanted and j2 > j1 and i1 < len(before):
            return before[i1].start
    return len(old)


def word_spans(turn: Turn) -> list[tuple[int, int]]:
    """Where each of the turn's words stands in its text; one that is not there stands, empty, behind the last."""
    text, cursor = turn.text, 0
    folded = text.casefold() if len(text.casefold()) == len(text) else text
    spans = []
    for word in turn.words:
        wanted = word.text.strip()
        at = text.find(wanted, cursor, cursor + _AHEAD + len(wanted)) if wanted else -1
        if at < 0 and wanted:
            at = folded.find(wanted.casefold(), cursor, cursor + _AHEAD + len(wanted))
        spans.append((cursor, cursor) if at < 0 else (at, at + len(wanted)))
        cursor = max(cursor, spans[-1][1])
    return spans


def timed_tokens(turn: Turn) -> list[tuple[Token, float | None]]:
    """The turn's tokens with the second each begins at: its word's, else the turn's share; None without times."""
    tokens = read_tokens(turn.text)
    begin: dict[int, float | None] = {}
    for word, own in zip(turn.words, _tokens_of_words(turn, tokens), strict=True):
        for i in own:
            begin.setdefault(i, word.start)
    out: list[tuple[Token, float | None]] = []
    for i, token in enumerate(tokens):
        at = begin.get(i)
        if at is None and turn.start is not None and turn.end is not None:
            at = turn.start + (turn.end - turn.start) * token.start / max(1, len(turn.text))
        out.append((token, at))
    return out


def opcodes(old: str, new: str) -> list[tuple[str, int, int, int, int]]:
    """How the tokens of `old` become those of `new`, as difflib tells it."""
    return _opcodes(read_tokens(old), read_tokens(new))


def _opcodes(old: Sequence[Token], new: Sequence[Token]) -> list[tuple[str, int, int, int, int]]:
    a, b = [t.text for t in old], [t.text for t in new]
    shorter = min(len(a), len(b))
    head = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    tail = next((n for n in range(shorter - head) if a[-1 - n] != b[-1 - n]), shorter - head)
    middle, written = a[head : len(a) - tail], b[head : len(b) - tail]
    # A word said thousands of times would take minutes to match with itself: words that frequent say nothing then.
    counts = Counter(written)
    many = sum(n * counts[word] for word, n in Counter(middle).items()) > _MOST_PAIRS
    matcher = SequenceMatcher(None, middle, written, autojunk=many)
    codes = [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in matcher.get_opcodes()]
    ends = [("equal", len(a) - tail, len(a), len(b) - tail, len(b))] if tail else []
    return [*([("equal", 0, head, 0, head)] if head else []), *codes, *ends]


def _tokens_of_words(turn: Turn, tokens: Sequence[Token]) -> list[range]:
    """For each word of the turn the tokens it lies in, wholly or in part."""
    found, at = [], 0
    for first, last in word_spans(turn):
        while at < len(tokens) and tokens[at].end <= first:
            at += 1
        until = at
        while until < len(tokens) and tokens[until].start < last:
            until += 1
        found.append(range(at, until))
    return found


def _timed(turn: Turn, words: Sequence[Word | str]) -> tuple[Word, ...]:
    """Written words between kept ones, each with its share of the time there; a kept word is never moved."""
    out: list[Word] = []
    n = 0
    while n < len(words):
        word = words[n]
        if isinstance(word, Word):
            out.append(word)
            n += 1
            continue
        run = []
        while n < len(words) and isinstance(item := words[n], str):
            run.append(item)
            n += 1
        following = next((w.start for w in words[n:] if isinstance(w, Word) and w.start is not None), turn.end)
        behind = next((w.end for w in reversed(out) if w.end is not None), turn.start)
        out += _spread(run, *_replaced(turn, behind, following))
    return tuple(out)


def _replaced(turn: Turn, first: float | None, last: float | None) -> tuple[float | None, float | None]:
    """The time of what was said between two seconds; where nothing was, the two seconds."""
    if first is None or last is None:
        return None, None
    inside = [
        (word.start, word.end)
        for word in turn.words
        if word.start is not None and word.end is not None and word.start >= first and word.end <= last
    ]
    if inside:
        return min(start for start, _ in inside), max(end for _, end in inside)
    return first, max(first, last)


def _spread(texts: Sequence[str], start: float | None, end: float | None) -> list[Word]:
    if start is None or end is None:
        return [Word(text, None, None, BY_HAND) for text in texts]
    whole, at, made = max(1, sum(map(len, texts))), start, []
    for text in texts:
        until = at + (end - start) * len(text) / whole
        made.append(Word(text, seconds(at), seconds(until), BY_HAND))
        at = until
    return made

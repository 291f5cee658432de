"""The numbers of a turn, written or spoken, as strings of digits with what is known about each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transcription.redaction.lexicon import Lexicon
from transcription.redaction.spoken import read_hangul, read_han, read_words
from transcription.redaction.tokens import Token

_CURRENCY: Final = frozenset("$€£¥₽₩￥")
_DATE: Final = re.compile(
    r"(?:[0-3]?\d[./][0-3]?\d[./](?:\d{4}|\d{2})|[0-3]?\d-[01]?\d-\d{4}|\d{4}-[01]\d-[0-3]\d)(?!\d)"
)
_MONTH_YEAR: Final = re.compile(r"(?:0?[1-9]|1[0-2])(?:\s?/\s?|\.)(?:20)?\d{2}(?!\d)")
_TIME: Final = re.compile(r"\d{1,2}:\d{2}(?!\d)")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_DECIMAL: Final = re.compile(r"\d+[.,]\d{1,2}(?![\d]|[.,]\d)")
_MONEY: Final = re.compile(r"dollars?|pounds?|euros?|usd|руб.*|долл.*|원|만원|元|块")
_CALENDAR: Final = frozenset({"년", "월", "年", "月"})
_LATIN: Final = frozenset({"latin", "cyrillic"})


@dataclass(frozen=True, slots=True)
class Atom:
    """Tokens `first` to `behind` of a turn as `digits`.

    `sort`: plain; loose (a word that may mean something else); grouped (12,500); scaled (with "hundred" or
    "thousand"); calendar (a month or a year); dated (05/28); code (letters glued to it); letter; quantity (counts,
    costs or dates something).
    """

    first: int
    behind: int
    start: int
    end: int
    digits: str
    sort: str
    spoken: bool = False


def read_atoms(text: str, tokens: Sequence[Token], lexicon: Lexicon) -> list[Atom]:
    """All numbers of a turn in order, quantities included."""
    atoms: list[Atom] = []
    at = 0
    while at < len(tokens):
        atom = _read(text, tokens, at, lexicon)
        if atom is None:
            at += 1
            continue
        atoms.append(_counted(tokens, atom, lexicon))
        at = atoms[-1].behind
    return _keep_sure(tokens, atoms, lexicon)


def _read(text: str, tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Atom | None:
    token = tokens[at]
    if token.sort == "num":
        return _written(text, tokens, at)
    if token.sort in _LATIN:
        if token.text in lexicon.months:
            return _atom(tokens, at, at + 1, f"{lexicon.months[token.text]:02d}", "calendar", True)
        heard = read_words(tokens, at, lexicon)
        if heard is not None:
            return _atom(tokens, at, heard.behind, heard.digits, heard.sort, True)
        single = len(token.text) <= 2 and token.sort == "latin" and text[token.start : token.end].isupper()
        if single or token.text in lexicon.letters:
            return _atom(tokens, at, at + 1, "", "letter", True)
        return None
    if token.sort == "hangul":
        glued = at > 0 and tokens[at - 1].sort in ("num", "latin") and tokens[at - 1].end == token.start
        heard = read_hangul(tokens, at, lexicon, glued)
        if heard is not None:
            end = token.start + heard.length if heard.length else tokens[heard.behind - 1].end
            return Atom(at, heard.behind, token.start, end, heard.digits, heard.sort, True)
        return _atom(tokens, at, at + 1, "", "letter", True) if token.text in lexicon.letters else None
    if token.sort == "han":
        heard = read_han(tokens, at, lexicon)
        if heard is not None:
            return _atom(tokens, at, heard.behind, heard.digits, heard.sort, True)
        return _atom(tokens, at, at + 1, "", "letter", True) if token.text in lexicon.letters else None
    return None


def _atom(tokens: Sequence[Token], first: int, behind: int, digits: str, sort: str, spoken: bool) -> Atom:
    return Atom(first, behind, tokens[first].start, tokens[behind - 1].end, digits, sort, spoken)


def _written(text: str, tokens: Sequence[Token], at: int) -> Atom:
    start = tokens[at].start
    for pattern, sort in (
        (_DATE, "quantity"),
        (_MONTH_YEAR, "dated"),
        (_TIME, "quantity"),
        (_GROUPED, "grouped"),
        (_DECIMAL, "quantity"),
    ):
        # A number is read from its own beginning only, never from the middle of a longer dotted one.
        match = pattern.match(text, start) if not _continues(text, start) else None
        if match is None:
            continue
        behind = at + 1
        while behind < len(tokens) and tokens[behind].start < match.end():
            behind += 1
        if tokens[behind - 1].end != match.end():
            continue
        digits = "".join(token.text for token in tokens[at:behind] if token.sort == "num")
        return _atom(tokens, at, behind, digits, sort, False)
    return _atom(tokens, at, at + 1, tokens[at].text, "code" if _glued(tokens, at) else "plain", False)


def _continues(text: str, start: int) -> bool:
    return start >= 2 and text[start - 1] in ".,/:-" and text[start - 2].isdigit()


def _glued(tokens: Sequence[Token], at: int) -> bool:
    """Letters stand on the digits without a space: a model, an article, a passport."""
    token = tokens[at]
    left = at
    if left > 0 and tokens[left - 1].text == "-" and tokens[left - 1].end == token.start:
        left -= 1
    joined = tokens[left - 1] if left > 0 and tokens[left - 1].end == tokens[left].start else None
    if joined is not None and joined.sort in _LATIN:
        return True
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.start != token.end or after.sort not in _LATIN:
        return False
    return not (after.text in ("x", "х") and len(token.text) >= 3)


def _counted(tokens: Sequence[Token], atom: Atom, lexicon: Lexicon) -> Atom:
    """The atom, as a quantity when what stands beside it says so."""
    if atom.sort in ("quantity", "letter", "dated"):
        return atom
    before = tokens[atom.first - 1] if atom.first else None
    after = tokens[atom.behind] if atom.behind < len(tokens) else None
    if before is not None:
        word = before.text
        few = word in lexicon.few and len(atom.digits) == 1
        room = word in lexicon.before and len(atom.digits) <= 5
        if word in _CURRENCY or few or room:
            return _as(atom, "quantity")
        if word in lexicon.before_year and atom.sort == "plain" and re.fullmatch(r"(?:19|20)\d\d", atom.digits):
            return _as(atom, "quantity")
    unit = _unit(tokens, atom, after, lexicon)
    if not unit:
        return atom
    if len(atom.digits) >= 7 and not _MONEY.fullmatch(unit):
        return atom
    if unit in _CALENDAR:
        assert after is not None
        return Atom(atom.first, atom.behind, atom.start, after.start + len(unit), atom.digits, "calendar", atom.spoken)
    return _as(atom, "quantity")


def _unit(tokens: Sequence[Token], atom: Atom, after: Token | None, lexicon: Lexicon) -> str:
    """What the number counts, "" when it counts nothing."""
    if after is None:
        return ""
    glued = after.start == tokens[atom.behind - 1].end
    if after.text == "%":
        return after.text
    if after.text in _CURRENCY:
        # "1234 $500": the sign belongs to the number behind it.
        behind = tokens[atom.behind + 1] if atom.behind + 1 < len(tokens) else None
        return "" if behind is not None and behind.sort == "num" and behind.start == after.end else after.text
    if after.sort in _LATIN:
        return after.text if lexicon.units.fullmatch(after.text) else ""
    if after.sort == "hangul" and (glued or any(syllable not in lexicon.korean for syllable in after.text)):
        for counter in lexicon.counters:
            if after.text == counter or (
                after.text.startswith(counter) and (glued or after.text[len(counter) :] in lexicon.endings)
            ):
                return counter
    if after.sort == "han" and glued:
        if after.text in lexicon.measure or (len(atom.digits) == 1 and after.text in lexicon.measure_one):
            return after.text
    return ""


def _as(atom: Atom, sort: str) -> Atom:
    return Atom(atom.first, atom.behind, atom.start, atom.end, atom.digits, sort, atom.spoken)


def _keep_sure(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """Without the loose atoms that stand alone: "to" is a two between digits, "이" a two beside one."""
    covered = {at for atom in atoms for at in range(atom.first, atom.behind)}
    alone = all(
        at in covered or token.silent or token.sort == "mask" or token.text in lexicon.soft
        for at, token in enumerate(tokens)
    )
    counts = ("quantity", "letter", "code", "calendar")
    left = right = False
    touching: list[tuple[bool, bool]] = []
    for n, atom in enumerate(atoms):
        left = n > 0 and atoms[n - 1].sort not in counts and _silent(tokens, atoms[n - 1].behind, atom.first)
        right = (
            n + 1 < len(atoms) and atoms[n + 1].sort not in counts and _silent(tokens, atom.behind, atoms[n + 1].first)
        )
        touching.append((left, right))
    kept: list[Atom] = []
    for atom, (left, right) in zip(atoms, touching, strict=True):
        if atom.sort == "between" and not (left and right):
            continue
        if atom.sort == "loose" and not (left or right or (alone and len(atom.digits) > 1)):
            continue
        kept.append(_as(atom, "loose") if atom.sort == "between" else atom)
    return kept


def _silent(tokens: Sequence[Token], first: int, behind: int) -> bool:
    return all(tokens[at].silent for at in range(first, behind))

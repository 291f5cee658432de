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
_SPACED: Final = re.compile(r"\d{1,3}(?: \d{3})+(?=\s?(?:руб|₽|р\b|долл|евро|тыс|eur|usd|€|원))", re.IGNORECASE)
_DECIMAL: Final = re.compile(r"\d+[.,]\d{1,2}(?![\d]|[.,]\d)")
_MONEY: Final = re.compile(r"dollars?|pounds?|euros?|usd|руб.*|долл.*|원|만원|元|块")
_CODES: Final = frozenset({"cvv", "cvc", "cvv2", "cvc2", "visa", "mastercard", "maestro", "mir", "amex", "dot", "mail"})
_STREET: Final = re.compile(r"street|st|road|rd|lane|avenue|ave|drive|boulevard|court|close|way|square")
_PROMPT: Final = re.compile(r"digit|number|character|letter|цифр|знак|последних|자리|位")
_CALENDAR: Final = frozenset({"년", "월", "年", "月"})
_DICTATED: Final = frozenset({"plain", "loose", "between", "grouped", "scaled"})
_LATIN: Final = frozenset({"latin", "cyrillic"})


@dataclass(frozen=True, slots=True)
class Atom:
    """Tokens `first` to `behind` of a turn as `digits`.

    `sort`: plain; loose (a word that may mean something else); grouped (12,500); scaled (with "hundred" or
    "thousand"); calendar (a month or a year); dated (05/28); code (letters glued to it); letter; prompt ("the next four",
    "three digits"); quantity (counts, costs or dates something).
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
        at = atom.behind
        if not _in_word(tokens, atom, lexicon):
            atoms.append(_counted(tokens, atom, lexicon))
    return _keep_sure(tokens, _spread(tokens, _dated(tokens, atoms)), lexicon)


def _in_word(tokens: Sequence[Token], atom: Atom, lexicon: Lexicon) -> bool:
    """A single Chinese number character that begins a word: 一下, 一起, 三方."""
    after = tokens[atom.behind] if atom.behind < len(tokens) else None
    if after is None or after.sort != "han" or tokens[atom.first].sort != "han" or len(atom.digits) != 1:
        return False
    return after.text in lexicon.measure_one and after.start == atom.end


def _dated(tokens: Sequence[Token], atoms: list[Atom]) -> list[Atom]:
    """A day beside its month, and a month with its day, are a date and no card's expiry."""
    made = list(atoms)
    for n, (one, two) in enumerate(zip(atoms, atoms[1:], strict=False)):
        if any(not tokens[at].silent and tokens[at].start >= one.end for at in range(one.behind, two.first)):
            continue
        month_word = two.sort == "calendar" and two.digits and tokens[two.first].sort in _LATIN
        if month_word and one.sort == "plain" and len(one.digits) <= 2:
            made[n], made[n + 1] = _as(one, "quantity"), _as(two, "quantity")
        elif one.sort == "calendar" and two.sort == "quantity" and len(two.digits) <= 2:
            made[n] = _as(one, "quantity")
    return made


def _spread(tokens: Sequence[Token], atoms: list[Atom]) -> list[Atom]:
    """A count dictated digit by digit ("flat one one six", 일 사 삼호) is a count in all its digits."""
    made = list(atoms)
    for order in (range(1, len(made)), range(len(made) - 2, -1, -1)):
        for n in order:
            beside = made[n - 1] if order.step > 0 else made[n + 1]
            low, high = (beside.behind, made[n].first) if order.step > 0 else (made[n].behind, beside.first)
            single = len(made[n].digits) == 1 and len(beside.digits) == 1 and made[n].spoken and beside.spoken
            if single and low == high and beside.sort == "quantity" and made[n].sort in ("plain", "loose", "between"):
                made[n] = _as(made[n], "quantity")
    return made


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
        glued = at + 1 < len(tokens) and tokens[at + 1].sort == "num" and tokens[at + 1].start == token.end
        upper = glued or text[token.start : token.end].isupper()
        single = len(token.text) <= 2 and token.sort == "latin" and upper
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
        (_SPACED, "quantity"),
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
        if few or (word in lexicon.one and atom.digits == "1"):
            return _as(atom, "prompt")
        if word in _CURRENCY or room:
            return _as(atom, "quantity")
        if _named(tokens, atom):
            return _as(atom, "code")
        if word in lexicon.before_year and atom.sort == "plain" and re.fullmatch(r"(?:19|20)\d\d", atom.digits):
            return _as(atom, "quantity")
    if (
        after is not None
        and after.sort == "latin"
        and len(after.text) == 1
        and atom.sort == "plain"
        and _series(tokens, atom)
    ):
        return _as(atom, "code")
    unit = _unit(tokens, atom, after, lexicon)
    if not unit:
        return atom
    if len(atom.digits) >= 7 and not _MONEY.fullmatch(unit):
        return atom
    if _PROMPT.match(unit):
        return _as(atom, "prompt")
    if unit in _CALENDAR:
        assert after is not None
        return Atom(atom.first, atom.behind, atom.start, after.start + len(unit), atom.digits, "calendar", atom.spoken)
    return _as(atom, "quantity")


def _named(tokens: Sequence[Token], atom: Atom) -> bool:
    """A short number behind a Latin word in other writing is a product's: "модель Pro 12", 这是Pro 12."""
    word = tokens[atom.first - 1]
    foreign = any(token.sort in ("cyrillic", "hangul", "han") for token in tokens)
    return (
        foreign and word.sort == "latin" and 3 <= len(word.text) and word.text not in _CODES and len(atom.digits) <= 4
    )


def _series(tokens: Sequence[Token], atom: Atom) -> bool:
    """A written number with one letter behind it and nothing dictated around: "the 2100 S"."""
    letter = tokens[atom.behind]
    beside = tokens[atom.behind + 1] if atom.behind + 1 < len(tokens) else None
    before = tokens[atom.first - 1] if atom.first else None
    alone = all(
        each is None or not (each.sort == "num" or (each.sort == "latin" and len(each.text) == 1))
        for each in (beside, before)
    )
    return alone and not atom.spoken and 3 <= len(atom.digits) <= 4 and letter.text not in ("a", "i", "x")


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
        # "230 Mill Lane": a street's name may stand between.
        further = tokens[atom.behind + 1] if atom.behind + 1 < len(tokens) else after
        street = _STREET.fullmatch(further.text) is not None and not atom.spoken
        return after.text if street or lexicon.units.fullmatch(after.text) else ""
    if after.sort == "hangul" and (glued or any(syllable not in lexicon.korean for syllable in after.text)):
        for counter in lexicon.counters:
            if not glued and counter in lexicon.korean:
                continue
            if after.text == counter or (
                after.text.startswith(counter) and (glued or after.text[len(counter) :] in lexicon.endings)
            ):
                return counter
    if after.sort == "han" and glued:
        if after.text in lexicon.measure:
            return after.text
    return ""


def _as(atom: Atom, sort: str) -> Atom:
    return Atom(atom.first, atom.behind, atom.start, atom.end, atom.digits, sort, atom.spoken)


def _keep_sure(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """Without loose atoms that stand alone: "to" is a two only between digits, "이" only beside another digit."""
    covered = {at for atom in atoms for at in range(atom.first, atom.behind)}
    alone = all(
        at in covered or token.silent or token.sort == "mask" or token.text in lexicon.soft
        for at, token in enumerate(tokens)
    )
    kept: list[Atom] = []
    for group in _touching(tokens, atoms, lexicon):
        if group[0].sort not in _DICTATED:
            kept.extend(group)
            continue
        ends = _silent(tokens, group[-1].behind, len(tokens))
        while group and group[0].sort == "between":
            group = group[1:]
        while group and group[-1].sort == "between" and not (ends and len(group) > 1):
            group = group[:-1]
        sure = any(atom.sort not in ("loose", "between") for atom in group)
        enough = sum(len(atom.digits) for atom in group if atom.sort == "loose") > 1
        if sure or (enough and (len(group) > 1 or alone or ends)):
            kept.extend(_as(atom, "loose") if atom.sort == "between" else atom for atom in group)
    return kept


def _touching(tokens: Sequence[Token], atoms: Sequence[Atom], lexicon: Lexicon) -> list[list[Atom]]:
    """Dictated atoms with next to nothing between them together, every other atom by itself."""
    groups: list[list[Atom]] = []
    for atom in atoms:
        last = groups[-1][-1] if groups else None
        joins = last is not None and last.sort in _DICTATED and atom.sort in _DICTATED
        if joins and last is not None and _near(tokens, last, atom, lexicon):
            groups[-1].append(atom)
        else:
            groups.append([atom])
    return groups


def _near(tokens: Sequence[Token], one: Atom, two: Atom, lexicon: Lexicon) -> bool:
    """Only signs stand between; in Korean also one misheard syllable, and between longer pieces a filler."""
    between = [token for token in tokens[one.behind : two.first] if not token.silent]
    if not between:
        return True
    if len(one.digits) > 1 and len(two.digits) > 1 and "between" not in (one.sort, two.sort):
        return all(token.text in lexicon.soft for token in between)
    return len(between) == 1 and between[0].sort == "hangul" and len(between[0].text) == 1


def _silent(tokens: Sequence[Token], first: int, behind: int) -> bool:
    return all(tokens[at].silent for at in range(first, behind))

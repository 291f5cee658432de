"""The numbers of a turn, written or spoken, as strings of digits with what is known about each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from transcription.redaction.atom import Atom, silent_between
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.ordinals import names_group
from transcription.redaction.settling import keep_sure, settle_dates, settle_points, spread_counts
from transcription.redaction.spoken import read_han, read_hangul, read_words
from transcription.redaction.thousands import settle_thousands
from transcription.redaction.times import settle_times
from transcription.redaction.tokens import Token

_CURRENCY: Final = frozenset("$€£¥₽₩￥")
_DATE: Final = re.compile(
    r"(?:[0-3]?\d[./][0-3]?\d[./](?:\d{4}|\d{2})|[0-3]?\d-[01]?\d-\d{4}|\d{4}-[01]\d-[0-3]\d)(?!\d)"
)
_MONTH_YEAR: Final = re.compile(r"(?:0?[1-9]|1[0-2])(?:\s?/\s?|\.)(?:20)?\d{2}(?!\d)")
_TIME: Final = re.compile(r"\d{1,2}[:：]\d{2}(?!\d)")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_SPACED: Final = re.compile(r"\d{1,3}(?: \d{3})+(?=\s?(?:руб|₽|р\b|долл|евро|тыс|eur|usd|€|원))", re.IGNORECASE)
_DECIMAL: Final = re.compile(r"\d+[.,]\d{1,2}(?![\d]|[.,]\d)")
_MONEY: Final = re.compile(r"dollars?|pounds?|euros?|usd|руб.*|долл.*|원|만원|元|块")
_CODES: Final = frozenset({"cvv", "cvc", "cvv2", "cvc2", "visa", "mastercard", "maestro", "mir", "amex", "dot", "mail"})
_STREET: Final = re.compile(r"street|st|road|rd|lane|avenue|ave|drive|boulevard|court|close|way|square")
_AROUND: Final = 4
_ARTICLE: Final = 3
_PROMPT: Final = re.compile(r"digit|number|character|letter|цифр|знак|последних|자리|位")
_CALENDAR: Final = frozenset({"년", "월", "年", "月"})
_LATIN: Final = frozenset({"latin", "cyrillic"})


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
    atoms = settle_thousands(text, tokens, atoms, lexicon)
    dated = settle_times(tokens, settle_points(tokens, settle_dates(tokens, atoms), lexicon), lexicon)
    return keep_sure(tokens, _without_choices(tokens, spread_counts(tokens, dated, lexicon), lexicon), lexicon)


def _without_choices(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """Two digits to choose from ("is that a one or a seven?") are asked about, not dictated."""
    made = list(atoms)
    for n in range(len(made) - 1):
        one, two = made[n], made[n + 1]
        between = [token.text for token in tokens[one.behind : two.first] if not token.silent]
        asks = bool(between) and between[0] in lexicon.choices and all(len(word) <= _ARTICLE for word in between[1:])
        groups = _spelled(tokens, atoms, n, -1) and _spelled(tokens, atoms, n + 1, 1)  # "9 9 7 1 or 9 9 8 1"
        if asks and len(one.digits) == len(two.digits) == 1 and not groups:
            made[n], made[n + 1] = one.but("prompt"), two.but("prompt")
    return made


def _spelled(tokens: Sequence[Token], atoms: Sequence[Atom], n: int, step: int) -> bool:
    """Whether the digit ends, or begins, a group that is said digit by digit: two more stand right beside it."""
    low, high = (n - 2, n) if step < 0 else (n, n + 2)
    if low < 0 or high >= len(atoms):
        return False
    run = atoms[low : high + 1]
    beside = all(
        all(token.silent or token.text == "-" for token in tokens[a.behind : b.first]) for a, b in pairwise(run)
    )
    return beside and all(len(atom.digits) == 1 for atom in run)


def _in_word(tokens: Sequence[Token], atom: Atom, lexicon: Lexicon) -> bool:
    """A single Chinese number character that begins a word: 一下, 一起, 三方."""
    after = tokens[atom.behind] if atom.behind < len(tokens) else None
    if after is None or after.sort != "han" or tokens[atom.first].sort != "han" or len(atom.digits) != 1:
        return False
    return after.text in lexicon.measure_one and after.start == atom.end


def _read(text: str, tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Atom | None:
    token = tokens[at]
    if token.sort == "num":
        return _written(text, tokens, at, lexicon)
    if token.sort in _LATIN:
        if token.text in lexicon.months:
            return _atom(tokens, at, at + 1, f"{lexicon.months[token.text]:02d}", "calendar", True)
        heard = read_words(tokens, at, lexicon)
        if heard is not None:
            return _atom(tokens, at, heard.behind, heard.digits, heard.sort, True)
        glued = at + 1 < len(tokens) and tokens[at + 1].sort == "num" and tokens[at + 1].start == token.end
        upper = glued or text[token.start : token.end].isupper()
        upper = upper and (token.text not in ("i", "a") or _among_letters(tokens, at, lexicon))
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


def _among_letters(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Beside a digit or another letter, so that it is neither the pronoun nor the article."""
    beside = [tokens[m] for m in (at - 1, at + 1) if 0 <= m < len(tokens)]
    return any(
        token.sort == "num"
        or token.text in lexicon.digits
        or token.text in lexicon.tens
        or token.text in lexicon.near
        or (token.sort == "latin" and len(token.text) == 1)
        for token in beside
    ) or silent_between(tokens, at + 1, len(tokens))


def _atom(tokens: Sequence[Token], first: int, behind: int, digits: str, sort: str, spoken: bool) -> Atom:
    return Atom(first, behind, tokens[first].start, tokens[behind - 1].end, digits, sort, spoken)


def _written(text: str, tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Atom:
    start = tokens[at].start
    for pattern, sort in (
        (_DATE, "quantity"),
        (_MONTH_YEAR, "dated"),
        (_TIME, "pointed"),
        (_GROUPED, "grouped"),
        (_SPACED, "quantity"),
        (_DECIMAL, "pointed"),
    ):
        # A number is read from its own beginning only, never from the middle of a longer dotted one.
        match = pattern.match(text, start) if pattern is _TIME or not _continues(text, start) else None
        if match is None:
            continue
        behind = at + 1
        while behind < len(tokens) and tokens[behind].start < match.end():
            behind += 1
        if tokens[behind - 1].end != match.end():
            continue
        digits = "".join(token.text for token in tokens[at:behind] if token.sort == "num")
        return _atom(tokens, at, behind, digits, sort, False)
    return _atom(tokens, at, at + 1, tokens[at].text, "code" if _glued(tokens, at, lexicon) else "plain", False)


def _continues(text: str, start: int) -> bool:
    return start >= 2 and text[start - 1] in ".,/:-" and text[start - 2].isdigit()


def _glued(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Letters stand on the digits without a space: a model, an article, a passport."""
    token = tokens[at]
    left = at
    if left > 0 and tokens[left - 1].text == "-" and tokens[left - 1].end == token.start:
        left -= 1
    joined = tokens[left - 1] if left > 0 and tokens[left - 1].end == tokens[left].start else None
    if joined is not None and joined.sort in _LATIN:
        return not _is_digit_word(joined, lexicon)  # "one-4" is dictated
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.start != token.end or after.sort not in _LATIN:
        return False
    return not (after.text in ("x", "х") and len(token.text) >= 3) and not _is_digit_word(after, lexicon)


def _is_digit_word(token: Token, lexicon: Lexicon) -> bool:
    return any(token.text in words for words in (lexicon.digits, lexicon.near, lexicon.teens, lexicon.tens))


def _counted(tokens: Sequence[Token], atom: Atom, lexicon: Lexicon) -> Atom:
    """The atom, as a quantity when what stands beside it says so."""
    if atom.sort in ("quantity", "letter", "dated"):
        return atom
    before = tokens[atom.first - 1] if atom.first else None
    after = tokens[atom.behind] if atom.behind < len(tokens) else None
    if before is not None:
        word = before.text
        few = word in lexicon.few and (
            (len(atom.digits) == 1 and atom.digits != "0") or atom.digits in ("12", "15", "16")
        )
        room = word in lexicon.before and len(atom.digits) <= 5
        part = len(atom.digits) == 1 and names_group(word, tokens[atom.first].text)
        if few or part or (word in lexicon.one and atom.digits == "1") or word in lexicon.ordinal:
            return atom.but("prompt")
        if word in _CURRENCY or room:
            return atom.but("quantity")
        if _named(tokens, atom):
            return atom.but("code")
        if word in lexicon.before_year and atom.sort == "plain" and re.fullmatch(r"(?:19|20)\d\d", atom.digits):
            return atom.but("quantity")
    if (
        after is not None
        and after.sort == "latin"
        and len(after.text) == 1
        and atom.sort == "plain"
        and _series(tokens, atom)
    ):
        return atom.but("code")
    if atom.digits == "1" and after is not None and after.text in lexicon.pauses:
        return atom.but("prompt")
    unit = _unit(tokens, atom, after, lexicon)
    if not unit:
        return atom
    if len(atom.digits) >= 7 and not _MONEY.fullmatch(unit):
        return atom
    if _PROMPT.match(unit):
        return atom.but("prompt")
    if unit in _CALENDAR and after is not None:
        return Atom(atom.first, atom.behind, atom.start, after.start + len(unit), atom.digits, "calendar", atom.spoken)
    return atom.but("quantity")


def _named(tokens: Sequence[Token], atom: Atom) -> bool:
    """A short number behind a Latin word in other writing is a product's: "модель Pro 12", 这是Pro 12."""
    word = tokens[atom.first - 1]
    around = tokens[max(0, atom.first - _AROUND) : atom.behind + _AROUND]
    foreign = any(token.sort in ("cyrillic", "hangul", "han") for token in around)
    return (
        foreign and word.sort == "latin" and len(word.text) >= 3 and word.text not in _CODES and len(atom.digits) <= 4
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
    if after.text in lexicon.digits:
        return ""  # "семь единиц" counts, "семь единица" dictates
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
    if after.sort == "han" and glued and after.text in lexicon.measure:
        return after.text
    return ""

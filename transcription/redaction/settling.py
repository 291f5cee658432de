"""Settles numbers by their neighbours: dates, counts dictated digit by digit, words that are digits only in company."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from transcription.redaction.atom import Atom, silent_between
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token

_DICTATED: Final = frozenset({"plain", "loose", "between", "grouped", "scaled"})
_SPANS: Final = frozenset({"-", "–", "—", "to", "or", "до", "или", "到", "至"})
_BESIDE: Final = frozenset({"plain", "loose", "pointed", "grouped"})
_LENGTHS: Final = frozenset("米块元点万千斤")
"""Chinese measures with a decimal behind them: 一米六, 三块五."""

_CLOSE: Final = 5
"""Words between a doubtful digit and the sure ones it belongs to."""

_MANY: Final = 6
"""Digits in a turn from which doubtful ones of two and more are dictated too."""

_HOURS: Final = 24
_VALID: Final = 24
"""First year, of two digits, that a card may still run out in."""

_LAST_VALID: Final = 40
_STROKES: Final = (["of"], ["slash"], ["stroke"], ["дробь"], ["слэш"], ["месяц"], ["месяца"])

_LATIN: Final = frozenset({"latin", "cyrillic"})

_SIDES: Final = ("plain", "loose", "scaled", "quantity")
_BY: Final = (["by"], ["x"], ["乘"], ["乘", "以"])
"""Between the sides of a measure."""


def settle_dates(tokens: Sequence[Token], atoms: list[Atom]) -> list[Atom]:
    """A day beside its month, and a month with its day, are a date and no card's expiry; "11 of 28" may be one."""
    made = _join_expiry(tokens, atoms)
    atoms = list(made)
    for n, (one, two) in enumerate(itertools.pairwise(atoms)):
        if any(not tokens[at].silent and tokens[at].start >= one.end for at in range(one.behind, two.first)):
            continue
        month_word = two.sort == "calendar" and two.digits and tokens[two.first].sort in _LATIN
        if month_word and one.sort == "plain" and len(one.digits) <= 2:
            made[n], made[n + 1] = one.but("quantity"), two.but("quantity")
        elif one.sort == "calendar" and two.sort == "quantity" and len(two.digits) <= 2:
            made[n] = one.but("quantity")
        elif _month(tokens, one) and two.sort == "plain" and 1 <= int(two.digits) < _VALID and len(two.digits) <= 2:
            made[n], made[n + 1] = one.but("quantity"), two.but("quantity")  # "October 22": too early for a card's year
    return made


def _join_expiry(tokens: Sequence[Token], atoms: Sequence[Atom]) -> list[Atom]:
    """A month and a year of a card with a word for the stroke between ("11 of 28", "09 slash 27") as one date."""
    made: list[Atom] = []
    for atom in atoms:
        last = made[-1] if made else None
        between = [] if last is None else [token.text for token in tokens[last.behind : atom.first]]
        if (
            last is not None
            and between in _STROKES
            and last.sort in ("plain", "quantity")
            and atom.sort in ("plain", "quantity")
            and len(last.digits) <= 2
            and 1 <= int(last.digits) <= 12
            and len(atom.digits) == 2
            and _VALID <= int(atom.digits) <= _LAST_VALID
        ):
            digits = last.digits.zfill(2) + atom.digits
            # "oh eight slash thirty-three", "один два месяц тридцать один"
            led = len(made) > 1 and made[-2].digits in ("0", "1") and made[-2].behind == last.first
            led = led and len(last.digits) == 1 and (made[-2].digits == "0" or last.digits in "012")
            first = made[-2] if led else last
            digits = (first.digits + digits[1:]) if led else digits
            del made[-2 if led else -1 :]
            made.append(Atom(first.first, atom.behind, first.start, atom.end, digits, "dated", last.spoken))
        else:
            made.append(atom)
    return made


def settle_points(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """What an engine wrote as times, prices or thousands inside a dictation becomes digits: "3,761 54:17 2872"."""
    made = list(atoms)
    many = sum(len(atom.digits) for atom in atoms if atom.sort in ("plain", "loose")) >= _MANY
    for order in (range(len(made)), range(len(made) - 1, -1, -1)):
        for n in order:
            if made[n].sort not in ("pointed", "grouped") or _is_clock(tokens, made[n]):
                continue
            for beside in (n - 1, n + 1):
                if not 0 <= beside < len(made) or made[beside].sort not in _BESIDE or _is_clock(tokens, made[beside]):
                    continue
                low, high = sorted((n, beside))
                between = tokens[made[low].behind : made[high].first]
                enough = len(made[beside].digits) >= 3 or made[beside].sort != "plain" or many
                if enough and all(token.silent or token.text in lexicon.soft for token in between):
                    made[n] = made[n].but("plain")
                    break
    clocks = [_is_clock(tokens, atom) for atom in made]
    for n, (one, two) in enumerate(itertools.pairwise(clocks)):
        if one and two:
            made[n], made[n + 1] = made[n].but("time"), made[n + 1].but("time")
    return made


def _month(tokens: Sequence[Token], atom: Atom) -> bool:
    return atom.sort == "calendar" and bool(atom.digits) and tokens[atom.first].sort in _LATIN


def _is_clock(tokens: Sequence[Token], atom: Atom) -> bool:
    """Written as a time on the clock, in steps of five minutes: the opening hours 11:30-14:00."""
    if atom.sort not in ("pointed", "time") or not any(
        tokens[at].text in (":", "：") for at in range(atom.first, atom.behind)
    ):
        return False
    return int(atom.digits[:-2]) <= _HOURS and int(atom.digits[-2:]) < 60 and atom.digits[-1] in "05"


def spread_counts(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """A count dictated digit by digit ("flat one one six", 일 사 삼호) is a count in all its digits."""
    made = list(atoms)
    for n in range(len(made) - 2, -1, -1):
        between = [token.text for token in tokens[made[n].behind : made[n + 1].first]]
        span = made[n + 1].sort == "quantity" and len(between) == 1 and between[0] in _SPANS
        if span and made[n].sort in ("plain", "loose") and len(made[n].digits) <= 3:
            made[n] = made[n].but("quantity")  # "три-пять дней", "三到五天"
    for n in range(1, len(made)):
        gap = tokens[made[n - 1].behind : made[n].first]
        # "two metres ten", "一米六", "пять рублей десять": the rest of a measure.
        rest = made[n - 1].sort == "quantity" and len(gap) == 1 and _measures(gap[0], lexicon)
        if rest and len(made[n].digits) <= 2 and made[n].sort in ("plain", "loose", "faint"):
            made[n] = made[n].but("quantity")
        # "ten by one sixty"
        if [token.text for token in gap] in _BY and made[n - 1].sort in _SIDES:
            made[n - 1], made[n] = made[n - 1].but("quantity"), made[n].but("quantity")
    for order in (range(1, len(made)), range(len(made) - 2, -1, -1)):
        for n in order:
            beside = made[n - 1] if order.step > 0 else made[n + 1]
            low, high = (beside.behind, made[n].first) if order.step > 0 else (made[n].behind, beside.first)
            single = len(made[n].digits) == 1 and len(beside.digits) == 1 and made[n].spoken and beside.spoken
            if single and low == high and beside.sort == "quantity" and made[n].sort in ("plain", "loose", "between"):
                made[n] = made[n].but("quantity")
    return made


def _measures(token: Token, lexicon: Lexicon) -> bool:
    if token.sort == "han":
        return token.text in _LENGTHS
    return token.sort in _LATIN and lexicon.units.fullmatch(token.text) is not None


def keep_sure(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """Loose atoms that stand alone become faint: "to" is a two only between digits, "이" only beside another digit.

    Faint ones count only within a dictation that goes on around them.
    """
    atoms = [atom for atom in atoms if not (atom.sort == "loose" and len(atom.digits) == 1 and _hangs(tokens, atom))]
    covered = {at for atom in atoms for at in range(atom.first, atom.behind)}
    alone = all(
        at in covered or token.silent or token.sort == "mask" or token.text in lexicon.soft
        for at, token in enumerate(tokens)
    )
    many = sum(len(atom.digits) for atom in atoms if atom.sort in ("plain", "loose", "scaled")) >= _MANY
    kept: list[Atom] = []
    faint: list[Atom] = []
    for group in _touching(tokens, atoms, lexicon):
        if group[0].sort not in _DICTATED:
            kept.extend(group)
            continue
        ends = silent_between(tokens, group[-1].behind, len(tokens))
        while group and group[0].sort == "between":
            group = group[1:]
        while group and group[-1].sort == "between" and not (ends and len(group) > 1):
            group = group[:-1]
        sure = any(atom.sort not in ("loose", "between") for atom in group)
        loose = sum(len(atom.digits) for atom in group if atom.sort == "loose")
        enough = loose > 1
        sure = sure or (many and loose > 1)
        # Dictated one by one, a turn is a digit and nothing else.
        only = alone and all(atom.sort in _DICTATED for atom in atoms)
        if sure or only or (enough and (len(group) > 1 or alone or ends)):
            kept.extend(atom.but("loose") if atom.sort == "between" else atom for atom in group)
        else:
            # "Oh" alone is a cry in English, while one Korean syllable or Chinese character may be a digit.
            own = (atom for atom in group if tokens[atom.first].sort in ("hangul", "han", "cyrillic"))
            faint.extend(atom for atom in own if atom.sort == "loose" and not _hangs(tokens, atom))
    told = [_faint(tokens, atom, kept) for atom in faint]
    return sorted([*kept, *(atom for atom in told if atom.sort != "word")], key=lambda atom: atom.first)


def _faint(tokens: Sequence[Token], atom: Atom, kept: Sequence[Atom]) -> Atom:
    """The atom as it is when dictated digits stand close to it and a pause parts it from words; else faint."""
    close = any(
        other.sort in _DICTATED
        and len(other.digits) > 1
        and sum(not token.silent for token in tokens[min(atom.behind, other.behind) : max(atom.first, other.first)])
        <= _CLOSE
        for other in _beside(kept, atom)
    )
    edges = [tokens[at] for at in (atom.first - 1, atom.behind) if 0 <= at < len(tokens)]
    apart = len(edges) < 2 or any(token.silent for token in edges) or tokens[atom.first].sort != "han"
    return atom if close and apart else atom.but("faint" if apart else "word")


def _beside(kept: Sequence[Atom], atom: Atom) -> Sequence[Atom]:
    at = bisect_left(kept, atom.first, key=lambda other: other.first)
    return kept[max(0, at - _CLOSE) : at + _CLOSE]


def _hangs(tokens: Sequence[Token], atom: Atom) -> bool:
    """Glued to the word or number before it, as the copula in "05이에요"."""
    hangul = tokens[atom.first].sort == "hangul"  # Chinese has no spaces
    return hangul and atom.first > 0 and tokens[atom.first - 1].end == atom.start and not tokens[atom.first - 1].silent


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

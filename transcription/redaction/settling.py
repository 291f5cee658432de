"""Settles numbers by their neighbours: dates, counts dictated digit by digit, words that are digits only in company."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from transcription.redaction.atom import Atom, silent_between
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token

_DICTATED: Final = frozenset({"plain", "loose", "between", "grouped", "scaled"})
_LATIN: Final = frozenset({"latin", "cyrillic"})


def settle_dates(tokens: Sequence[Token], atoms: list[Atom]) -> list[Atom]:
    """A day beside its month, and a month with its day, are a date and no card's expiry."""
    made = list(atoms)
    for n, (one, two) in enumerate(itertools.pairwise(atoms)):
        if any(not tokens[at].silent and tokens[at].start >= one.end for at in range(one.behind, two.first)):
            continue
        month_word = two.sort == "calendar" and two.digits and tokens[two.first].sort in _LATIN
        if month_word and one.sort == "plain" and len(one.digits) <= 2:
            made[n], made[n + 1] = one.but("quantity"), two.but("quantity")
        elif one.sort == "calendar" and two.sort == "quantity" and len(two.digits) <= 2:
            made[n] = one.but("quantity")
    return made


def spread_counts(tokens: Sequence[Token], atoms: list[Atom]) -> list[Atom]:
    """A count dictated digit by digit ("flat one one six", 일 사 삼호) is a count in all its digits."""
    made = list(atoms)
    for order in (range(1, len(made)), range(len(made) - 2, -1, -1)):
        for n in order:
            beside = made[n - 1] if order.step > 0 else made[n + 1]
            low, high = (beside.behind, made[n].first) if order.step > 0 else (made[n].behind, beside.first)
            single = len(made[n].digits) == 1 and len(beside.digits) == 1 and made[n].spoken and beside.spoken
            if single and low == high and beside.sort == "quantity" and made[n].sort in ("plain", "loose", "between"):
                made[n] = made[n].but("quantity")
    return made


def keep_sure(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
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
        ends = silent_between(tokens, group[-1].behind, len(tokens))
        while group and group[0].sort == "between":
            group = group[1:]
        while group and group[-1].sort == "between" and not (ends and len(group) > 1):
            group = group[:-1]
        sure = any(atom.sort not in ("loose", "between") for atom in group)
        enough = sum(len(atom.digits) for atom in group if atom.sort == "loose") > 1
        # Dictated one by one, a turn is a digit and nothing else.
        only = alone and len(group) == len(atoms) == 1
        if sure or only or (enough and (len(group) > 1 or alone or ends)):
            kept.extend(atom.but("loose") if atom.sort == "between" else atom for atom in group)
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

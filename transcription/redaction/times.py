"""Times of day said in words ("at ten thirty, or one fifteen", "в десять тридцать"): counts, however digit-like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.redaction.atom import Atom
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token

_SORTS: Final = frozenset({"plain", "loose"})
_HOURS: Final = 24
_MOST_ATOMS: Final = 3
"""Numbers of one time: an hour and minutes, perhaps in two words ("ten oh five")."""

_DICTATION: Final = 9
"""Digits in a turn from which it dictates and tells no time: "1164, followed by 8, 736"."""

_WIDE: Final = 3
"""Words between the times of one choice: "or maybe at"."""


def settle_times(tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """Hours and minutes behind "at" or "between", before "tomorrow" or "pm", or beside another time are times.

    Only a card's date or code may be said in the same way.
    """
    made = list(atoms)
    runs = _runs(tokens, made)
    times = [_is_time(tokens, [made[n] for n in run], lexicon) for run in runs]
    if sum(len(made[n].digits) for run in runs for n in run) >= _DICTATION and not all(times):
        return made
    for order in (range(1, len(runs)), range(len(runs) - 2, -1, -1)):
        for n in order:
            beside = n - 1 if order.step > 0 else n + 1
            first, second = (runs[beside], runs[n]) if order.step > 0 else (runs[n], runs[beside])
            between = [t for t in tokens[made[first[-1]].behind : made[second[0]].first] if not t.silent]
            whole = len(runs) == 2  # two numbers and nothing else: "seven to nine then"
            spans = [token for token in between if token.text in lexicon.time_spans and whole]
            linked = any(token.text in lexicon.time_links for token in between) and len(between) <= _WIDE
            if (
                (times[beside] or _both(made, runs[beside], runs[n], between, spans))
                and linked
                and _clock([made[at] for at in runs[n]])
            ):
                times[n] = True
    for run, time in zip(runs, times, strict=True):
        for at in run if time else ():
            made[at] = made[at].but("time")
    return made


def _both(
    atoms: Sequence[Atom], one: Sequence[int], two: Sequence[int], between: Sequence[Token], spans: Sequence[Token]
) -> bool:
    """Two times of a choice or a span with a link alone between: "ten thirty or one fifteen", "с семи до девяти"."""
    runs = [[atoms[at] for at in one], [atoms[at] for at in two]]
    minutes = any(len(run) > 1 for run in runs)
    return (minutes or bool(spans)) and all(_clock(run) for run in runs) and bool(between)


def _runs(tokens: Sequence[Token], atoms: Sequence[Atom]) -> list[list[int]]:
    """Indices of dictated atoms with nothing between them."""
    runs: list[list[int]] = []
    for n, atom in enumerate(atoms):
        if atom.sort not in _SORTS:
            continue
        if runs and runs[-1][-1] == n - 1 and all(t.text == "-" for t in tokens[atoms[n - 1].behind : atom.first]):
            runs[-1].append(n)
        else:
            runs.append([n])
    return runs


def _is_time(tokens: Sequence[Token], run: Sequence[Atom], lexicon: Lexicon) -> bool:
    if not _clock(run):
        return False
    before = [t.text for t in tokens[max(0, run[0].first - 2) : run[0].first]]
    after = [t.text for t in tokens[run[-1].behind : run[-1].behind + 2]]
    led = bool(before) and (before[-1] in lexicon.time_before or " ".join(before) in lexicon.time_before)
    return led or any(word in lexicon.time_after for word in after[:2])


def _clock(run: Sequence[Atom]) -> bool:
    """Digits of an hour, or of an hour with minutes that end in a nought or a five."""
    if len(run) > _MOST_ATOMS or not run[0].digits or int(run[0].digits) > _HOURS or run[0].digits[0] == "0":
        return False
    minutes = "".join(atom.digits for atom in run[1:])
    if len(run) == 1:
        return len(run[0].digits) <= 2
    return len(minutes) <= 2 and minutes[-1] in "05" and int(minutes) < 60

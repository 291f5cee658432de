"""Where a negotiation stands at each turn: offers so far and how they move, what is said now, before and after.

Rows are for the context model: plain figures, those the linear model may use as they are, named circumstances and
turns whose figures are replaced by how they stand to the other side's last offer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.negotiation_words import NAMES, counts
from scoring.learning.context_model import Turns
from scoring.learning.text_numbers import amounts, log_ratio
from scoring.learning.utterances import utterances_of

Matrix = NDArray[np.float64]

_FIGURE: Final = re.compile(r"\$?\s?\d[\d,]*(?:\.\d+)?(?:\s?k\b)?", re.IGNORECASE)
_SUMMED: Final = (
    "accept", "firm", "deliver", "condition", "too low", "means", "worth", "meet halfway", "would you take"
)  # fmt: skip
_OFF_SCALE: Final = 6.0  # a figure that many times above or below the usual one is no price of this thing
_OWN_OFFER, _BELOW, _ABOVE, _EQUAL, _THEIRS_KNOWN, _OWN_KNOWN = 15, 22, 23, 24, 27, 28
_BY_ROLE: Final = (7, 15, 17, 18, 22, 23, 24, 25)


def turns_of(dialogues: Sequence[dict[str, Any]]) -> Turns:
    """The turns of dialogues as they stand in the data (`turns` with role and text), in order."""
    utterances, groups, circumstances = [], [], []
    figures: list[Matrix] = []
    linear: list[Matrix] = []
    for number, dialogue in enumerate(dialogues):
        said = [(str(turn["role"]), str(turn["text"])) for turn in dialogue["turns"]]
        if not said:
            continue
        state, cues = _state(said), np.array([counts(text) for _, text in said], float)
        before, after = np.vstack([0 * cues[:1], cues[:-1]]), np.vstack([cues[1:], 0 * cues[:1]])
        summed = np.minimum(np.vstack([0 * cues[:1], np.cumsum(cues, axis=0)[:-1]]), 5)
        summed = summed[:, [NAMES.index(name) for name in _SUMMED]]
        around = np.stack(
            [
                _earlier(state[:, 7]),
                _earlier(state[:, 15]),
                _earlier(state[:, 5]),
                _later(state[:, 15]),
                _later(state[:, 5]),
            ],
            axis=1,
        )
        first = np.array([[role == "a"] for role, _ in said], float)
        figures.append(np.hstack([state, cues, before, after, summed, around]))
        bent = np.hstack([state, cues, cues * first, state[:, _BY_ROLE] * first, before, summed, around])
        linear.append(np.clip(bent, -5, 30))
        circumstances += [_named(state[n], cues[n], before[n], role) for n, (role, _) in enumerate(said)]
        marked = [(role, _marked(text, state[n])) for n, (role, text) in enumerate(said)]
        utterances += utterances_of(marked, "en")
        groups += [number] * len(said)
    return Turns(utterances, groups, np.vstack(figures), np.vstack(linear), circumstances)


def _state(said: Sequence[tuple[str, str]]) -> Matrix:
    """What is known of the offers at each turn, the turn's shape and its place [turns, 48]."""
    roles, texts = [role for role, _ in said], [text for _, text in said]
    offers = _plausible([amounts(text) for text in texts])
    places = [(index, value) for index, values in enumerate(offers) for value in values]
    first_place, first = places[0] if places else (len(said), None)
    final = places[-1][1] if places else None
    last: dict[str, float] = {}
    made: dict[str, int] = {}
    latest: int | None = None
    heard: set[str] = set()
    rows = []
    for index, (role, text) in enumerate(said):
        values, following = offers[index], offers[index + 1] if index + 1 < len(said) else []
        offer = values[-1] if values else None
        others = [name for name in last if name != role]
        theirs, own = (last[others[0]] if others else None), last.get(role)
        reply = following[-1] if following else None
        words, key = len(text.split()), text.strip().lower()
        known = offer is not None
        rows.append(
            [
                index / max(len(said) - 1, 1), min(index, 12), min(len(said) - 1 - index, 12), len(said), role == "a",
                words, float(np.log1p(len(text))), text.count("?"), text.strip().endswith("?"), text.count("!"),
                text.count("."), ".." in text, text.count(","), text.count("$"), len(values), known,
                len(re.findall(r"\d+", text)), log_ratio(offer, theirs), log_ratio(offer, own),
                log_ratio(offer, first), log_ratio(offer, final), log_ratio(theirs, own),
                known and theirs is not None and offer < theirs, known and theirs is not None and offer > theirs,
                known and offer == theirs, known and offer == own,
                known and own is not None and offer not in (own, theirs), theirs is not None, own is not None,
                min(sum(made.values()), 8), made.get(role, 0), made.get(others[0], 0) if others else 0,
                index - latest if latest is not None else 0, latest is not None and latest == index - 1,
                sum(len(each) for each in offers[index + 1 :]), min(len(following), 3), known and reply == offer,
                log_ratio(reply, offer), log_ratio(reply, own),
                log_ratio(max(values), min(values)) if values else 0.0, key in heard, index == 0,
                index > 0 and roles[index - 1] == role, index + 1 < len(said) and roles[index + 1] == role,
                known and offer == final, index <= first_place, words <= 3, known and words <= 4,
            ]
        )  # fmt: skip
        heard.add(key)
        if offer is not None:
            last[role], latest = offer, index
            made[role] = made.get(role, 0) + 1
    return np.array(rows, float)


def _plausible(offers: list[list[float]]) -> list[list[float]]:
    """Only the figures near the dialogue's usual one."""
    every = [value for values in offers for value in values]
    usual = median(every) if every else 0.0
    return [[value for value in values if usual / _OFF_SCALE <= value <= usual * _OFF_SCALE] for values in offers]


def _named(state: Matrix, cues: Matrix, before: Matrix, role: str) -> str:
    """The circumstances of a turn and each pair of them, as words."""
    here = [name.replace(" ", "-") for name, count in zip(NAMES, cues, strict=True) if count]
    here += [
        f"offer{state[_OWN_OFFER]:.0f}",
        f"moves{state[_BELOW]:.0f}{state[_ABOVE]:.0f}{state[_EQUAL]:.0f}",
        f"known{state[_OWN_KNOWN]:.0f}{state[_THEIRS_KNOWN]:.0f}",
        f"asks{state[7] > 0:d}",
        f"role-{role}",
    ]
    there = [f"before-{name.replace(' ', '-')}" for name, count in zip(NAMES, before, strict=True) if count]
    here.sort()
    pairs = [f"{one}|{other}" for one, other in combinations(here, 2)]
    return " ".join([*here, *there, *pairs, *(f"{one}|{other}" for one in here for other in there)])


def _marked(text: str, state: Matrix) -> str:
    """The text with each figure replaced by how the turn's offer stands to the other side's last."""
    how = "numlow" if state[_BELOW] else "numhigh" if state[_ABOVE] else "numsame" if state[_EQUAL] else "num"
    return _FIGURE.sub(f" {how} ", text)


def _earlier(column: Matrix) -> Matrix:
    return np.concatenate([[0.0], column[:-1]])


def _later(column: Matrix) -> Matrix:
    return np.concatenate([column[1:], [0.0]])

"""A turn as numbers: weighted word and character n-grams, the turns before it, role, position, figures, punctuation.

Blocks (each scaled to length 1, then by its weight): `word` 1-2 and `char` 2-5 (1-4 in Korean, 1-3 in Chinese) of the
turn, `role` the words again as said by that role, `previous` and `earlier` the words of the two turns before. Each
keeps the `kept` grams that tell most about the labels (chi2). `form` is how the turn begins and ends (see `text_forms`;
left out unless given a weight). Last come a few plain figures, the `cues`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.text_forms import forms
from scoring.learning.text_grams import (
    CHARACTER_RANGES,
    WORD_SCRIPTS_RANGE,
    Grams,
    Hashes,
    character_grams,
    name_of,
    named_grams,
    read_text,
    salted,
    script_of,
    word_grams,
)
from scoring.learning.text_numbers import relations
from scoring.learning.utterances import PREVIOUS, Utterance

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

KEPT: Final = 12_000
BLOCKS: Final = ("word", "char", "role", "previous", "earlier", "form")
WEIGHTS: Final = {"word": 1.0, "char": 0.8, "role": 1.0, "previous": 0.5, "earlier": 0.25, "form": 0.0}
CUES: Final = (
    "position", "first", "length", "question mark", "exclamation mark", "ends in ?", "one word", "said again",
    "same speaker", "previous asks", "previous length", "amounts",
    *(f"amount {how} {whose}" for whose in ("previous", "earlier") for how in ("below", "above", "equals", "ratio to")),
)  # fmt: skip
_CUE_WEIGHT: Final = 0.1
_LENGTH_SCALE: Final = 5.0


@dataclass(frozen=True)
class Block:
    """One block's vocabulary: the kept grams in order of their number, and how rare each is (idf, as sklearn's)."""

    name: str
    hashes: Hashes
    rarity: NDArray[np.float64]


@dataclass(frozen=True)
class TextFeatures:
    """Vocabularies learned from training turns. Plain numpy inside; `matrix` is a pure function of the turns."""

    blocks: tuple[Block, ...]
    weights: dict[str, float]
    cue_weight: float

    @property
    def size(self) -> int:
        """Columns of the matrix."""
        return sum(len(block.hashes) for block in self.blocks) + len(CUES)

    def matrix(self, utterances: Sequence[Utterance]) -> csr_matrix:
        """The turns as a sparse matrix [n, size]."""
        from scipy.sparse import csr_matrix, hstack

        parts: list[Any] = []
        for block in self.blocks:
            rows, columns, counts = _entries(block, [grams_of(block.name, each) for each in utterances])
            values = (1.0 + np.log(counts)) * block.rarity[columns]
            lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(utterances)))
            values *= self.weights[block.name] / lengths[rows]
            parts.append(csr_matrix((values, (rows, columns)), shape=(len(utterances), len(block.hashes))))
        parts.append(csr_matrix(cue_rows(utterances) * self.cue_weight))
        return hstack(parts).tocsr()

    def names(self, utterance: Utterance) -> dict[int, str]:
        """What each column that this turn fills stands for, as a reader sees it: "block: text"."""
        found: dict[int, str] = {}
        offset = 0
        for block in self.blocks:
            grams = grams_of(block.name, utterance)
            text = _text_of(block.name, utterance)
            places, known = _places(block, grams.hashes)
            for place, index in zip(places, np.flatnonzero(known), strict=True):
                start, end = int(grams.starts[index]), int(grams.ends[index])
                named = block.name == "form"
                shown = forms(text, utterance.language)[start] if named else name_of(text, start, end)
                label = f"{block.name} {utterance.role}" if block.name == "role" else block.name
                found[offset + int(place)] = f"{label}: {shown}"
            offset += len(block.hashes)
        for column, cue in enumerate(CUES):
            found[offset + column] = f"cue: {cue}"
        return found


def fit_features(
    utterances: Sequence[Utterance],
    labels: Sequence[Any] | None = None,
    kept: int = KEPT,
    least: int = 2,
    weights: dict[str, float] | None = None,
    cue_weight: float = _CUE_WEIGHT,
) -> TextFeatures:
    """Vocabularies of grams that occur in `least` turns or more; with labels, the `kept` most telling of each block."""
    chosen = {**WEIGHTS, **(weights or {})}
    blocks = tuple(_fit_block(name, utterances, labels, kept, least) for name in BLOCKS if chosen.get(name, 0.0) > 0.0)
    return TextFeatures(blocks, {block.name: float(chosen[block.name]) for block in blocks}, cue_weight)


def grams_of(block: str, utterance: Utterance) -> Grams:
    """The grams of one block of a turn; nothing where there is no such earlier turn."""
    text = _text_of(block, utterance)
    script = script_of(text, utterance.language)
    spaced = script != "zh"
    if block == "form":
        return named_grams(forms(text, utterance.language))
    if block == "char":
        low, high = CHARACTER_RANGES.get(script, WORD_SCRIPTS_RANGE)
        return character_grams(text, low, high, not script)
    longest = 2 if block in ("word", "role") else 1
    grams = word_grams(text, longest) if spaced else character_grams(text, 1, 2, False)
    if block != "role":
        return grams
    return Grams(salted(grams.hashes, f"role {utterance.role}"), grams.counts, grams.starts, grams.ends)


def cue_rows(utterances: Sequence[Utterance]) -> NDArray[np.float64]:
    """The plain figures of each turn [n, len(CUES)], all in about 0..1 (ratios -2..2)."""
    return np.array([_cues(each) for each in utterances], float).reshape(len(utterances), len(CUES))


def _cues(utterance: Utterance) -> tuple[float, ...]:
    text = utterance.text.strip()
    previous = utterance.previous[0] if utterance.previous else ""
    earlier = tuple(read_text(said) for said in utterance.previous)
    amounts = relations(text, [*utterance.previous, *[""] * PREVIOUS][:PREVIOUS])
    return (
        utterance.position,
        float(not utterance.previous),
        _length(text),
        float("?" in text or "？" in text),
        float("!" in text or "！" in text),
        float(text.endswith(("?", "？"))),
        float(len(text.split()) <= 1 and len(text) < 12),
        float(bool(text) and read_text(text) in earlier),
        float(bool(utterance.previous_roles) and utterance.previous_roles[0] == utterance.role),
        float("?" in previous or "？" in previous),
        _length(previous),
        *amounts,
    )


def _length(text: str) -> float:
    return float(np.log1p(len(text)) / _LENGTH_SCALE)


def _text_of(block: str, utterance: Utterance) -> str:
    if block == "previous":
        return utterance.previous[0] if utterance.previous else ""
    if block == "earlier":
        return utterance.previous[1] if len(utterance.previous) > 1 else ""
    return utterance.text


def _places(block: Block, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Columns of the grams the block knows, and which of the given grams those are."""
    if not len(block.hashes):
        return np.zeros(0, np.intp), np.zeros(len(hashes), bool)
    places = np.minimum(np.searchsorted(block.hashes, hashes), len(block.hashes) - 1)
    known = block.hashes[places] == hashes
    return places[known], known


def _entries(block: Block, grams: Sequence[Grams]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """(row, column, count) of every known gram."""
    hashes, rows, counts = _joined(grams)
    places, known = _places(block, hashes)
    return rows[known], places, counts[known]


def _joined(grams: Sequence[Grams]) -> tuple[Hashes, NDArray[np.intp], NDArray[np.float64]]:
    if not grams:
        return np.zeros(0, np.uint64), np.zeros(0, np.intp), np.zeros(0, np.float64)
    rows = np.repeat(np.arange(len(grams)), [len(each.hashes) for each in grams])
    return (
        np.concatenate([each.hashes for each in grams]),
        rows,
        np.concatenate([each.counts for each in grams]),
    )


def _fit_block(
    name: str, utterances: Sequence[Utterance], labels: Sequence[Any] | None, kept: int, least: int
) -> Block:
    hashes, rows, counts = _joined([grams_of(name, each) for each in utterances])
    known, columns, turns = np.unique(hashes, return_inverse=True, return_counts=True)
    columns = columns.reshape(-1)
    rarity = np.log((1.0 + len(utterances)) / (1.0 + turns)) + 1.0
    usable = turns >= least
    if labels is not None and int(usable.sum()) > kept:
        telling = _telling(rows, columns, (1.0 + np.log(counts)) * rarity[columns], len(known), labels)
        order = np.argsort(-np.where(usable, telling, -1.0), kind="stable")
        chosen = np.zeros(len(known), bool)
        chosen[order[:kept]] = True
        usable &= chosen
    return Block(name, known[usable], rarity[usable])


def _telling(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    values: NDArray[np.float64],
    width: int,
    labels: Sequence[Any],
) -> NDArray[np.float64]:
    """chi2 of each gram against the labels: how far its weight per label is from what the labels' shares expect."""
    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    codes = codes.reshape(-1)
    total = np.bincount(columns, weights=values, minlength=width)
    chi2 = np.zeros(width)
    for code in range(len(names)):
        observed = np.bincount(columns, weights=values * (codes[rows] == code), minlength=width)
        expected = total * float(np.mean(codes == code))
        chi2 += np.divide((observed - expected) ** 2, expected, out=np.zeros(width), where=expected > 0)
    return chi2

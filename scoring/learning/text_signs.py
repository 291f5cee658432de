"""Blocks of named signs of single utterances as weighted sparse columns: syllables, letters, forms, morphemes.

`text_features` reads whole turns with what stands before them; here longer runs matter and nothing stands before.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.text_forms import forms
from scoring.learning.text_grams import read_text
from scoring.learning.text_morphemes import frame_runs, morpheme_edges, morpheme_pairs, morpheme_runs, morphemes
from scoring.learning.utterances import Utterance

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST: Final = 2
_LONGEST_SYLLABLES: Final = 5
_LONGEST_LETTERS: Final = 7

Signs = Callable[[Utterance], Sequence[str]]


@dataclass(frozen=True)
class SignBlock:
    """One block's vocabulary: the column of each sign, and how rare each is (smoothed idf)."""

    name: str
    columns: Mapping[str, int]
    rarity: NDArray[np.float64]

    def matrix(self, utterances: Sequence[Utterance]) -> csr_matrix:
        """[n, columns], every row of length 1 (or empty): 1 + log count, times rarity."""
        from scipy.sparse import csr_matrix

        starts, places, counts = [0], [], []
        for each in utterances:
            known = Counter(self.columns[sign] for sign in BLOCKS[self.name](each) if sign in self.columns)
            ordered = sorted(known.items())
            places += [place for place, _ in ordered]
            counts += [count for _, count in ordered]
            starts.append(len(places))
        rows = np.repeat(np.arange(len(utterances)), np.diff(starts))
        columns = np.array(places, np.int64)
        values = (1.0 + np.log(np.array(counts, float))) * self.rarity[columns]
        lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(utterances)))
        return csr_matrix((values / lengths[rows], columns, starts), shape=(len(utterances), len(self.rarity)))


def fit_block(name: str, utterances: Sequence[Utterance]) -> SignBlock:
    """The vocabulary of the signs that at least `LEAST` utterances hold, in order of their names."""
    holders: Counter[str] = Counter()
    for each in utterances:
        holders.update(set(BLOCKS[name](each)))
    kept = sorted(sign for sign, count in holders.items() if count >= LEAST)
    rarity = np.log((1.0 + len(utterances)) / (1.0 + np.array([holders[sign] for sign in kept], float))) + 1.0
    return SignBlock(name, {sign: column for column, sign in enumerate(kept)}, rarity)


def _runs(text: str, longest: int) -> list[str]:
    return [text[start : start + size] for size in range(1, longest + 1) for start in range(len(text) - size + 1)]


def _syllables(utterance: Utterance) -> list[str]:
    return _runs(f"^{read_text(utterance.text)}$", _LONGEST_SYLLABLES)


def _letters(utterance: Utterance) -> list[str]:
    return _runs(unicodedata.normalize("NFD", f"^{read_text(utterance.text)}$"), _LONGEST_LETTERS)


def _forms(utterance: Utterance) -> Sequence[str]:
    return forms(utterance.text, utterance.language)


def _of_morphemes(read: Callable[[Sequence[tuple[str, str]]], list[str]]) -> Signs:
    return lambda utterance: read(morphemes(utterance.text))


BLOCKS: Final[Mapping[str, Signs]] = {
    "syllables": _syllables,
    "letters": _letters,
    "forms": _forms,
    "morphemes": _of_morphemes(morpheme_runs),
    "pairs": _of_morphemes(morpheme_pairs),
    "edges": _of_morphemes(morpheme_edges),
    "frames": _of_morphemes(frame_runs),
}

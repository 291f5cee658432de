"""The words of a turn with those around it: its own in ones to threes, figures as they are said, and its neighbours'.

Text features make all figures alike and look back only. This reading keeps them ("400" is low where 500 was asked) and
looks at the answer as well, which often says what the turn was.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scoring.learning.utterances import Utterance

_OWN: Final = r"[\w']+|[?!.,$]"
_NAMED: Final = r"\S+"
_FIRST_WORDS: Final = 12  # of a neighbour
_NEIGHBOURS_WEIGH: Final = 0.6


@dataclass(frozen=True)
class AroundWords:
    """Vocabularies of turns and of their neighbours."""

    own: Any
    others: Any

    def matrix(self, utterances: Sequence[Utterance], groups: Sequence[Hashable]) -> Any:
        """The turns as a sparse matrix; `groups` name each turn's conversation."""
        from scipy.sparse import hstack

        own = self.own.transform([each.text for each in utterances])
        others = self.others.transform(_around(utterances, groups))
        return hstack([own, others * _NEIGHBOURS_WEIGH]).tocsr()


def fit_around(utterances: Sequence[Utterance], groups: Sequence[Hashable]) -> AroundWords | None:
    """The vocabularies of words that come twice and neighbours' words that come three times; None where none does."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    own = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=_OWN)
    others = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, token_pattern=_NAMED)
    try:
        own.fit([each.text for each in utterances])
        others.fit(_around(utterances, groups))
    except ValueError:  # no word comes often enough
        return None
    return AroundWords(own, others)


def _around(utterances: Sequence[Utterance], groups: Sequence[Hashable]) -> list[str]:
    found = []
    for index, each in enumerate(utterances):
        follows = index + 1 < len(utterances) and groups[index + 1] == groups[index]
        texts = [("next", utterances[index + 1].text)] if follows else []
        texts += [(f"before{place}", said) for place, said in enumerate(each.previous)]
        found.append(" ".join(f"{name}_{word}" for name, text in texts for word in text.lower().split()[:_FIRST_WORDS]))
    return found

"""Korean turns as morphemes with their tags, when the analyser (`callcoach[korean]`) is installed.

Endings and particles change their letters with what stands before them (은, 는 and ㄴ are one); the analyser names them
alike and tells a noun from a verb, so that less has to be learned from labels.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

_REMEMBERED: Final = 50_000
_LONGEST: Final = 4
_LONGEST_FRAME: Final = 6
_ENDS: Final = 6
_MANY: Final = 15
_LAST: Final = 20  # morphemes before the end whose pairs are read: a bound for endless turns
# Tags whose morphemes carry grammar rather than a subject: endings, particles, helping verbs, adverbs, pronouns.
_FRAME_TAGS: Final = frozenset(("VX", "VCP", "VCN", "NP", "MAG", "MM", "IC", "NNB", "XSV", "XSA"))

Morpheme = tuple[str, str]


def analyser_installed() -> bool:
    """Whether turns can be read as morphemes here."""
    return importlib.util.find_spec("kiwipiepy") is not None


@lru_cache(maxsize=_REMEMBERED)
def morphemes(text: str) -> tuple[Morpheme, ...]:
    """(form, tag) in order; ᆫ, ᆯ and the like stand for endings inside a syllable.

    Raises ImportError when the analyser is not installed.
    """
    return tuple((token.form, token.tag) for token in _analyser().tokenize(text))


def morpheme_runs(read: Sequence[Morpheme]) -> list[str]:
    """1-4 morphemes in a row with the turn's edges."""
    return list(_runs(["^", *_named(read), "$"], 1, _LONGEST))


def frame_runs(read: Sequence[Morpheme]) -> list[str]:
    """2-6 in a row of the sentence's frame: grammar as it is, every noun, verb and adjective as its tag alone."""
    frame = [form if tag[0] in "EJ" or tag in _FRAME_TAGS else tag for form, tag in read]
    return [f"frame {run}" for run in _runs(["^", *frame, "$"], 2, _LONGEST_FRAME)]


def morpheme_edges(read: Sequence[Morpheme]) -> list[str]:
    """The first and last 1-6 morphemes, and the last with how many there are."""
    named = _named(read)
    found = [f"{side} {' '.join(part)}" for n in range(1, _ENDS + 1)
             for side, part in (("ends", named[-n:]), ("starts", named[:n]))]  # fmt: skip
    return [*found, f"{min(len(named), _MANY)} end {named[-1] if named else ''}"]


def morpheme_pairs(read: Sequence[Morpheme]) -> list[str]:
    """Every morpheme with the last one and the last two, and those one or two places apart."""
    named = _named(read)[-_LAST:]
    last, tail = named[-1:], " ".join(named[-2:])
    found = [f"{each} with {last[0]}" for each in named[:-1]] + [f"{each} with {tail}" for each in named[:-2]]
    for apart in (2, 3):
        found += [f"{one} {apart} {other}" for one, other in zip(named, named[apart:], strict=False)]
    return found


def _named(read: Sequence[Morpheme]) -> list[str]:
    # Two letters of a tag tell noun from verb; what follows (proper or common, how it is inflected) only thins counts.
    return [f"{form}/{tag[:2]}" for form, tag in read]


def _runs(items: Sequence[str], shortest: int, longest: int) -> Iterator[str]:
    for size in range(shortest, longest + 1):
        for start in range(len(items) - size + 1):
            yield " ".join(items[start : start + size])


@lru_cache(maxsize=1)
def _analyser() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)

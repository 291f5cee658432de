"""Reading the turns of a transcript as this program and its engines write them, all together.

A call has a hundred turns and hundreds of words, and reading them one by one is a good part of judging it. So each
field is taken from all of them at once, its types are looked at together, and it is set without the checks of a frozen
type. Whatever is not plainly right is left to the reader that looks at each part and can name the one that is wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Any, Final, TypeVar

from transcription.transcript import ROLES, Turn, Word

_Made = TypeVar("_Made", Turn, Word)

_WORD: Final = ("text", "start", "end", "confidence")
_TURN: Final = ("role", "text", "start", "end", "role_confidence", "channel", "words", "speaker", "language")
_word_parts: Final = itemgetter(*_WORD)
_turn_parts: Final = itemgetter(*_TURN)
_new: Final = object.__new__

_NONE: Final = type(None)
_OBJECT: Final = frozenset((dict,))
_LIST: Final = frozenset((list,))
_TEXT: Final = frozenset((str,))
_FLOAT: Final = frozenset((float,))
_FLOAT_OR_NONE: Final[frozenset[type]] = frozenset((float, _NONE))
_WHOLE_OR_NONE: Final[frozenset[type]] = frozenset((int, _NONE))
_TEXT_OR_NONE: Final[frozenset[type]] = frozenset((str, _NONE))


def read_plain_turns(data: Sequence[Any]) -> tuple[Turn, ...] | None:
    """The turns, when each has every key with a value of its plain type and each word is a text and three numbers.

    None for any others, right or wrong.
    """
    try:
        roles, texts, starts, ends, sure, channels, words, speakers, languages = zip(
            *map(_turn_parts, data), strict=True
        )
    except (KeyError, TypeError, ValueError):  # a part is missing, one is no object, or there are no turns
        return None
    if (
        _all(_OBJECT, data)
        and _all(_TEXT, roles, texts)
        and {*roles}.issubset(ROLES)
        and _finite(_FLOAT_OR_NONE, starts, ends, sure)
        and _all(_WHOLE_OR_NONE, channels)
        and _all(_TEXT_OR_NONE, speakers, languages)
        and _all(_LIST, words)
    ):
        said = _plain_words(list(chain.from_iterable(words)))
        if said is not None:
            one_by_one = iter(said)
            taken = [tuple(islice(one_by_one, len(mine))) for mine in words]
            return tuple(
                _made(Turn, _TURN, (roles, texts, starts, ends, sure, channels, taken, speakers, languages), len(data))
            )
    return None


def _plain_words(data: list[Any]) -> list[Word] | None:
    if not data:
        return []
    try:
        texts, starts, ends, confidences = zip(*map(_word_parts, data), strict=True)
    except (KeyError, TypeError):
        return None
    if not (_all(_OBJECT, data) and _all(_TEXT, texts) and _finite(_FLOAT, starts, ends, confidences)):
        return None
    return _made(Word, _WORD, (texts, starts, ends, confidences), len(data))


def _all(types: frozenset[type], *columns: Iterable[Any]) -> bool:
    return all(types.issuperset(map(type, column)) for column in columns)


def _finite(types: frozenset[type], *columns: Iterable[Any]) -> bool:
    """Whether the columns hold nothing but finite numbers (and None, where `types` has it)."""
    if not _all(types, *columns):
        return False
    total: float = sum(filter(None, chain(*columns)))
    return total - total == 0.0  # else one of them is infinite or no number


def _made(kind: type[_Made], names: Iterable[str], columns: Iterable[Iterable[Any]], count: int) -> list[_Made]:
    made = list(map(_new, repeat(kind, count)))
    for name, column in zip(names, columns, strict=True):
        deque(map(getattr(kind, name).__set__, made, column), maxlen=0)
    return made

"""What the rep states in reply to an objection, where no phrase of the pack knows it: whether it answers it.

A statement answers when the rep took the objection up first, or when it speaks with the objection's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.languages import Token
from scoring.quotes import clauses

_NO_STATEMENT: Final = (
    "next_step", "proposal", "permission", "greeting", "goodbye", "thanks", "own_name", "move.check",
    "move.acknowledge", "move.listen", "fault.argued", "fault.discount", "pressure", "forbidden", "gives_up",
)  # fmt: skip
_TAKEN_UP: Final = 0.55
"""Share of the pack's `answer_words` that answers an objection taken up before."""

_SAME_WORDS: Final = 0.25
"""The same for one that speaks with the objection's words: "where did you get my number?" "It's a public number"."""


def answering(case: Case, turn: MergedTurn, objection: Sequence[int], *, taken_up: bool) -> tuple[int, int] | None:
    """The characters of a rep's turn that state something in answer to the objection, or None.

    Counted are clauses that ask nothing and are no greeting, step, acknowledgement or fault. `taken_up` says that the
    objection was acknowledged or asked about; otherwise the statement must share words with it.
    """
    stated = [part for part in _statements(case, turn) if part]
    words = sum(len(part) for part in stated)
    same = shares_words(case, [token for part in stated for token in part], objection)
    brief = same and not case.pack.vocabulary.language.joined  # two syllables in common are less than a word
    if not (taken_up or same) or words < case.pack.threshold("answer_words") * (_SAME_WORDS if brief else _TAKEN_UP):
        return None
    longest = max(stated, key=len)
    place = stated.index(longest)
    # The clause behind it mostly gives the reason.
    end = stated[place + 1] if place + 1 < len(stated) and stated[place + 1][0].start - longest[-1].end < 4 else longest
    return longest[0].start, end[-1].end


def _statements(case: Case, turn: MergedTurn) -> Iterable[Sequence[Token]]:
    hits = [hit for hit in case.by_turn.get(turn.index, ()) if hit.group.startswith(_NO_STATEMENT)]
    questions = case.asked.get(turn.index, ())
    language = case.pack.vocabulary.language
    for sentence in turn.sentences:
        parts = clauses(turn.text, sentence.tokens, language)
        for number, part in enumerate(parts):
            start, end = part[0].start, part[-1].end
            if any(hit.start < end and start < hit.end for hit in hits):
                continue
            # Of a long sentence that ends in a question only its last clause asks.
            if sentence.asks and number + 1 == len(parts):
                continue
            if not sentence.asks and any(question.start < end and start < question.end for question in questions):
                continue
            yield part


def shares_words(case: Case, tokens: Sequence[Token], turns: Sequence[int]) -> bool:
    """Whether tokens take up a word of weight that was said in the turns; two syllables where words are not divided."""
    said = [token.stem for index in turns for part in case.turn(index).sentences for token in part.tokens]
    own = [token.stem for token in tokens]
    if case.pack.vocabulary.language.joined:
        return bool(set(pairwise(said)) & set(pairwise(own)))
    return bool((set(said) & set(own)) - light_words(case))


def light_words(case: Case) -> frozenset[str]:
    """Words of no weight when it is asked whether two speakers use the same ones; not every language lists both."""
    words = case.pack.words
    return words.get("not_names", frozenset()) | words.get("auxiliaries", frozenset())

"""What a client's turn replies to: an offer, a request on the side, a question for a fact, or none of these.

"No, I don't have one" after "do you have an account number?" states a fact, "no thanks" after "may I text you?" turns
down a text message; the same "no" after "shall I raise the order?" refuses the offer.
"""

from __future__ import annotations

from typing import Final

from scoring.case import Case
from scoring.hits import Hit

OFFER: Final = "offer"
SIDE: Final = "side"
FACT: Final = "fact"

_OFFERING: Final = frozenset({
    "asks_decision", "asks_interest", "permission", "proposal", "reason_for_call", "upsell_offer", "price_given",
})  # fmt: skip
_SHORT: Final = 5 / 3
"""Times the language's gap (5 words, 13 Korean or 10 Chinese syllables): what is a bare yes or no to a question."""


def replies_to(case: Case, turn: int) -> str | None:
    """What the rep's turn before asks for last: `OFFER`, `SIDE` or `FACT`; None where it asks for nothing of these.

    A question is for a fact when it is closed and neither it nor what is said after it offers anything.
    """
    if turn < 1:
        return None
    offered = max((hit.sentence for hit in case.by_turn.get(turn - 1, ()) if _offers(hit)), default=-1)
    aside = max((hit.sentence for hit in case.in_turn(turn - 1, "side_request")), default=-1)
    asked = max((question.sentence for question in case.asked.get(turn - 1, ()) if not question.open), default=-1)
    if aside >= 0 and aside >= offered:
        return SIDE
    if offered >= asked:
        return OFFER if offered >= 0 else None
    return FACT


def ends_openly(case: Case, turn: int) -> bool:
    """Whether the rep's turn before ends in an open question: what follows mostly answers it, whatever was offered."""
    asked = case.asked.get(turn - 1, ())
    return bool(asked) and asked[-1].open and asked[-1].sentence + 1 == len(case.turn(turn - 1).sentences)


def merely_answers(case: Case, hit: Hit) -> bool:
    """Whether a plain no, or a circumstance told, answers a question for a fact or a request on the side alone."""
    plain = "plain" in hit.entry.tags
    told = hit.group == "objection.other" and "stands" not in hit.entry.tags
    # "I'm out just now, I'll text it to you" puts off the answer and not the offer.
    told = told or (hit.group == "objection.brush_off" and bool(case.in_turn(hit.turn, "client_promise")))
    if not plain and not told:
        return False
    asked = replies_to(case, hit.turn)
    # "My husband is in hospital" in answer to "who else drives the car?" tells how things are.
    return (asked == SIDE and plain) or (asked == FACT and (told or _is_short(case, hit)))


def plain_no(case: Case, turn: int) -> tuple[Hit, ...]:
    """The bare "no" to an offer, a sentence of its own at the turn's begin, with nothing accepted after it."""
    said = [hit for hit in case.in_turn(turn, "plain_no") if hit.sentence <= 1]
    if not said or replies_to(case, turn) != OFFER:
        return ()
    taken = (hit for group in ("accept", "client_step") for hit in case.in_turn(turn, group))
    return () if any(hit.sentence >= said[0].sentence for hit in taken) else tuple(said[:1])


def _offers(hit: Hit) -> bool:
    return hit.group in _OFFERING or (hit.group == "next_step" and "propose" in hit.entry.tags)


def _is_short(case: Case, hit: Hit) -> bool:
    return case.turn(hit.turn).size <= _SHORT * case.pack.vocabulary.language.gap

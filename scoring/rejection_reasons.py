"""Why a closed lead may have been closed wrongly: what contradicts the loss reason, was left undone, or was wanted.

Each reason has its weight in log-odds, a prior written down from the reasons themselves, and its quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scoring.answers import named_rival
from scoring.assessment import Evidence, Objection, Reason
from scoring.case import Case
from scoring.detectors.dialogue import find_needs_questions
from scoring.facts import Facts
from scoring.matching import Hit
from scoring.objection_replies import FACT, SIDE, replies_to
from scoring.quotes import clause

_MINUTES: Final = 15
_FEW_ATTEMPTS: Final = 3
_CLUSTER: Final = timedelta(hours=24)
_CONVERSATION_WORDS: Final = 20
_PRICE: Final = (
    "price_talk",
    "price_given",
    "asks_price",
    "asks.price",
    "objection.price",
    "fact.budget",
    "fact_asked.budget",
)
"""Whatever shows that money was talked about."""


@dataclass(frozen=True, slots=True)
class WeighedReason:
    """A reason with its weight in log-odds, always positive."""

    weight: float
    reason: Reason


def reasons_for(case: Case, objections: Sequence[Objection]) -> list[WeighedReason]:
    """Every reason for, in no order."""
    found = [
        _contradicted(case),
        _no_later_attempt(case, objections),
        _left_open(case),
        _buying(case),
        _unhandled(objections),
        _never_qualified(case),
        _closed_at_once(case.facts, case.conversation.duration),
        _few_attempts(case.facts),
        _other_reason(case),
    ]
    return [item for item in found if item is not None]


def _contradicted(case: Case) -> WeighedReason | None:
    if reason_is(case, "unreachable"):
        spoken = case.conversation.of("client")
        if sum(turn.length() for turn in spoken) >= _CONVERSATION_WORDS:
            turn = max(spoken, key=lambda t: (t.length(), -t.index))
            quote = turn.evidence(turn.sentences[0].tokens[0].start, turn.sentences[0].tokens[-1].end, "rule:spoke")
            return weighed(2.0, "reason_contradicted", "Closed as unreachable, yet there was a conversation.", quote)
    if reason_is(case, "budget") and not case.found(_PRICE):
        return weighed(1.8, "reason_contradicted", "Closed for money, yet price and budget never came up in the call.")
    buying = _interest(case)
    # "Needs to consider" and "needs more information" are put off, not without need.
    needless = reason_is(case, "need") and not reason_is(case, "budget") and not reason_is(case, "put_off")
    if needless and buying:
        return weighed(
            1.2, "reason_contradicted", "Closed for lack of need, yet the client showed interest.", _first(case, buying)
        )
    # "Other" is a competitor's word in some languages ("другое"): alone it names nobody.
    rival = reason_is(case, "competitor") and not reason_is(case, "other", alone=True)
    named = case.found(("objection.competitor", "fact.competitor")) or named_rival(case)
    if rival and not named:
        return weighed(0.9, "reason_contradicted", "Closed for a competitor, yet none is mentioned in the call.")
    return None


_WISHES: Final = (
    (("callback",), "The client asked to be called again"),
    (("client_step",), "The client was ready for a next step"),
    (("send_info",), "The client asked for something to be sent"),
)


def _no_later_attempt(case: Case, objections: Sequence[Objection]) -> WeighedReason | None:
    """A wish of the client's that nobody met, else a no for now only, else a decision put off."""
    if later_attempts(case.facts):
        return None
    found = _wish(case) or _put_off(case, objections)
    if found is None:
        return None
    asked, quote, wished = found
    if case.facts.attempts is None:
        return weighed(0.9 if wished else 0.6, "soft_no", f"{asked}.", quote)
    why = f"{asked}, and there was no later attempt."
    return weighed(1.6 if wished else 1.1, "no_later_attempt", why, quote)


def _wish(case: Case) -> tuple[str, Evidence, bool] | None:
    close = case.window("close")
    for groups, asked in _WISHES:
        if hits := case.found(groups, close, "client"):
            return asked, clause(case, hits[0]), True
    return None


def _put_off(case: Case, objections: Sequence[Objection]) -> tuple[str, Evidence, bool] | None:
    close = case.window("close")
    if hits := [hit for hit in case.found(("soft_no",), close, "client") if _puts_off(case, hit)]:
        sent = any("send_info" in hit.entry.tags for hit in hits[:1])
        asked = _WISHES[-1][1] if sent else "The client said no for now only"
        return asked, clause(case, hits[0]), sent
    last = {piece.turn for turn in close.turns for piece in turn.pieces}
    later = [o for o in objections if {"timing", "authority"} & set(o.types) and o.client.turn in last]
    return ("The client put the decision off", later[-1].client, False) if later else None


def _puts_off(case: Case, hit: Hit) -> bool:
    """Whether words like "not right now" put off the offer, and do not ask, or answer something on the side."""
    if "send_info" not in hit.entry.tags and case.turn(hit.turn).sentences[hit.sentence].asks:
        return False
    asked = replies_to(case, hit.turn)
    return asked != SIDE and (asked != FACT or not case.in_turn(hit.turn, "refuse"))


def _left_open(case: Case) -> WeighedReason | None:
    """The rep's own tail: a number left, a quote kept on file, a call announced. Who does that heard no final no."""
    hits = case.found(("keeps_open",), case.window("close"), "rep")
    if not hits or later_attempts(case.facts):
        return None
    kept = {hit.entry.id for hit in hits if "send_offer" not in hit.entry.tags}
    mailed = len(kept) < len({hit.entry.id for hit in hits})
    # An offer mailed by itself is often how a rep takes leave; a call announced or a number left is not.
    weight = min(1.4, (0.5 + 0.3 * len(kept) if kept else 0.0) + (0.3 if mailed else 0.0))
    why = "The rep ended the call with the door open: the lead was not lost yet."
    # "Talk to you soon" is quoted only where nothing else was left.
    shown = max(hits, key=lambda hit: (not _in_farewell(case, hit), hit.turn, hit.start))
    return weighed(weight, "left_open", why, clause(case, shown))


def _in_farewell(case: Case, hit: Hit) -> bool:
    return any(other.sentence == hit.sentence for other in case.in_turn(hit.turn, "goodbye"))


def _buying(case: Case) -> WeighedReason | None:
    hits = _interest(case)
    if not hits:
        return None
    close = case.window("close")
    late = [hit for hit in hits if close.holds(hit.turn)]
    count = len({hit.turn for hit in hits})
    weight = min(1.6, 0.6 * count + (0.2 if late else 0.0))
    why = f"The client gave {count} buying signal{'s' if count > 1 else ''}."
    shown = max(late or hits, key=lambda hit: (hit.confidence, -hit.turn, -hit.start))
    return weighed(weight, "buying_signal", why, clause(case, shown))


def _interest(case: Case) -> list[Hit]:
    """The client's buying signals; "they called me to ask if I want insurance" only says how the call came about."""
    return [
        hit
        for hit in case.found(("buying_signal",), role="client")
        if not any(other.sentence == hit.sentence for other in case.in_turn(hit.turn, "call_origin"))
    ]


def _unhandled(objections: Sequence[Objection]) -> WeighedReason | None:
    missed = [o for o in objections if o.outcome in ("ignored", "mishandled")]
    if not missed:
        return None
    last = missed[-1]
    why = f"The {' and '.join(last.types)} objection was {last.outcome}."
    # An objection spoiled by arguing or pressure weighs more than one passed over, which may have been a light remark.
    spoiled = 0.4 if any(o.outcome == "mishandled" for o in missed) else 0.0
    weight = min(0.8, 0.4 + 0.2 * len(missed)) + spoiled
    return weighed(weight, "objection_not_handled", why, last.client)


def _never_qualified(case: Case) -> WeighedReason | None:
    if find_needs_questions(case) or case.doubt("rep", case.window("anywhere"), absence=True):
        return None
    return weighed(0.6, "never_qualified", "No question about the client's needs was asked.")


def _closed_at_once(facts: Facts, duration: float | None) -> WeighedReason | None:
    if facts.closed_at is None or facts.started_at is None:
        return None
    try:
        waited = facts.closed_at - facts.started_at
    except TypeError:  # one time has a zone and the other has none: they cannot be compared
        return None
    if timedelta(0) <= waited <= timedelta(seconds=duration or 0, minutes=_MINUTES):
        return weighed(0.5, "closed_at_once", "The lead was closed within minutes of the call.")
    return None


def _few_attempts(facts: Facts) -> WeighedReason | None:
    if facts.attempts is None:
        return None
    times = sorted((a.at for a in facts.attempts if a.at is not None), key=lambda at: at.isoformat())
    if len(facts.attempts) < _FEW_ATTEMPTS:
        return weighed(0.4, "few_attempts", f"Only {len(facts.attempts)} attempt(s) to reach the client.")
    if len(times) == len(facts.attempts) and _span(times) <= _CLUSTER:
        return weighed(0.4, "clustered_attempts", "All attempts were made within a day.")
    return None


def _other_reason(case: Case) -> WeighedReason | None:
    text = case.facts.loss_reason
    if text is not None and (not text.strip() or reason_is(case, "other")):
        return weighed(0.4, "reason_other", "The loss reason says nothing.")
    return None


def later_attempts(facts: Facts) -> bool:
    """Whether anybody tried to reach the client after the call."""
    if facts.started_at is None or facts.attempts is None:
        return False
    return any(attempt.at is not None and _after(attempt.at, facts.started_at) for attempt in facts.attempts)


def _after(later: datetime, earlier: datetime) -> bool:
    try:
        return later > earlier
    except TypeError:  # one time has a zone and the other has none: they cannot be compared
        return False


def _span(times: Sequence[datetime]) -> timedelta:
    try:
        return max(times) - min(times)
    except TypeError:  # mixed zones: unknown, so not clustered
        return timedelta.max


def reason_is(case: Case, kind: str, *, alone: bool = False) -> bool:
    """Whether the CRM's loss reason is of a kind, by the words it is written with; `alone`: by all of them."""
    text = (case.facts.loss_reason or "").replace("_", " ").replace("-", " ")
    language = case.pack.vocabulary.language
    tokens = language.tokens(text)
    words = case.pack.words[f"reason_{kind}"]
    return bool(tokens) and language.only(tokens, words) if alone else language.holds(tokens, words)


def _first(case: Case, hits: Sequence[Hit]) -> Evidence:
    return clause(case, hits[0])


def weighed(weight: float, name: str, why: str, evidence: Evidence | None = None) -> WeighedReason:
    """A reason of that name and weight."""
    return WeighedReason(weight, Reason(name, why, evidence))

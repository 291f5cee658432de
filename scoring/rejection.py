"""Was the lead closed wrongly? Reasons for and against with their quotes, what excludes it, and a band.

The weights are a prior written down from the reasons themselves; labels replace them. The last turns of both speakers
carry most. The CRM's reason feeds only the contradiction. Shown are at most three reasons, the strongest first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from scoring.assessment import Evidence, Objection, Reason, Rejection
from scoring.case import Case
from scoring.detectors.dialogue import find_needs_questions
from scoring.facts import Facts
from scoring.matching import Hit

CLOSED: Final = ("closed_lost", "unqualified")
_START: Final = -1.1
_BANDS: Final = ((0.65, "high"), (0.4, "middle"))
_EXCLUDED: Final = 0.03
_SHOWN: Final = 3
_MINUTES: Final = 15
_FEW_ATTEMPTS: Final = 3
_CLUSTER: Final = timedelta(hours=24)
_CONVERSATION_WORDS: Final = 20


@dataclass(frozen=True, slots=True)
class WeighedReason:
    """A reason with its weight in log-odds, always positive."""

    weight: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Weighed:
    """All that the rules say of a closed lead, before a band is made of it."""

    reasons: tuple[WeighedReason, ...]
    against: tuple[WeighedReason, ...]
    excluded: str | None

    @property
    def log_odds(self) -> float:
        """The prior plus the reasons for, less those against."""
        return _START + math.fsum(r.weight for r in self.reasons) - math.fsum(r.weight for r in self.against)


class RejectionHead(Protocol):
    """A learned judge of closed leads: from the case and the rules' reasons to the chance, with what it went by."""

    @property
    def version(self) -> str: ...

    def judge(self, case: Case, rules: Weighed) -> tuple[float, Sequence[WeighedReason], Sequence[WeighedReason]]:
        """The calibrated chance that a reviewer agrees, and the reasons for and against with their weights."""
        ...


def find_rejection(
    case: Case | None, facts: Facts, objections: Sequence[Objection], head: RejectionHead | None = None
) -> Rejection | None:
    """The finding, or None when the lead is not closed. Without a case (no words) it holds no reasons.

    With a learned `head` the chance and the order of the reasons are the model's; what excludes a lead stays a rule.
    """
    if facts.disposition not in CLOSED:
        return None
    if case is None:
        excluded = _excluded(case, facts)
        return Rejection(_EXCLUDED if excluded else _squash(_START), "low", (), (), excluded)
    rules = weigh(case, facts, objections)
    probability = _squash(rules.log_odds)
    reasons: Sequence[WeighedReason] = rules.reasons
    against: Sequence[WeighedReason] = rules.against
    if head is not None:
        probability, reasons, against = head.judge(case, rules)
    if rules.excluded:
        probability = _EXCLUDED
    return Rejection(
        probability=probability,
        band=next((name for least, name in _BANDS if probability >= least), "low"),
        reasons=_strongest(reasons),
        against=_strongest(against),
        excluded=rules.excluded,
    )


def weigh(case: Case, facts: Facts, objections: Sequence[Objection]) -> Weighed:
    """Every reason for and against that the rules find, with their prior weights."""
    return Weighed(tuple(_reasons(case, objections)), tuple(_against(case, objections)), _excluded(case, facts))


def _strongest(found: Sequence[WeighedReason]) -> tuple[Reason, ...]:
    return tuple(item.reason for item in sorted(found, key=lambda item: (-item.weight, item.reason.id))[:_SHOWN])


def _squash(weight: float) -> float:
    return 1 / (1 + math.exp(-weight))


def _excluded(case: Case | None, facts: Facts) -> str | None:
    if facts.duplicate_of is not None:
        return "duplicate"
    if facts.do_not_call or (case is not None and case.found(("do_not_call",))):
        return "do_not_call"
    if case is None:
        return None
    if case.found(("wrong_number",)):
        return "wrong_number"
    final = case.found(("hard_no",))
    hope = case.found(("buying_signal", "callback", "client_step"), role="client")
    if final and not any(hit.turn > final[-1].turn for hit in hope):
        return "hard_no"
    return None


def _reasons(case: Case, objections: Sequence[Objection]) -> list[WeighedReason]:
    found = [
        _contradicted(case),
        _no_later_attempt(case),
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
    if _reason_is(case, "unreachable"):
        spoken = case.conversation.of("client")
        if sum(turn.length() for turn in spoken) >= _CONVERSATION_WORDS:
            turn = max(spoken, key=lambda t: (t.length(), -t.index))
            quote = turn.evidence(turn.sentences[0].tokens[0].start, turn.sentences[0].tokens[-1].end, "rule:spoke")
            return _weigh(2.0, "reason_contradicted", "Closed as unreachable, yet there was a conversation.", quote)
    if _reason_is(case, "budget") and not case.found(("price_talk", "asks_price", "objection.price")):
        return _weigh(1.8, "reason_contradicted", "Closed for money, yet price and budget never came up in the call.")
    buying = case.found(("buying_signal",), role="client")
    # "Needs to consider" and "needs more information" are put off, not without need.
    needless = _reason_is(case, "need") and not _reason_is(case, "budget") and not _reason_is(case, "put_off")
    if needless and buying:
        return _weigh(
            1.2, "reason_contradicted", "Closed for lack of need, yet the client showed interest.", _q(case, buying)
        )
    if _reason_is(case, "competitor") and not case.found(("objection.competitor",)):
        return _weigh(0.9, "reason_contradicted", "Closed for a competitor, yet none is mentioned in the call.")
    return None


def _no_later_attempt(case: Case) -> WeighedReason | None:
    close = case.window("close")
    wish = case.found(("callback", "client_step", "send_info"), close, "client")
    soft = case.found(("soft_no",), close, "client")
    hits = wish or soft
    if not hits or _later_attempts(case.facts):
        return None
    asked = "The client asked to be called again" if wish else "The client said no for now only"
    if case.facts.attempts is None:
        return _weigh(0.9 if wish else 0.6, "soft_no", f"{asked}.", _q(case, hits))
    why = f"{asked}, and there was no later attempt."
    return _weigh(1.6 if wish else 1.1, "no_later_attempt", why, _q(case, hits))


def _left_open(case: Case) -> WeighedReason | None:
    """The rep's own tail: a number left, a quote kept on file, a call announced. Who does that heard no final no."""
    hits = case.found(("keeps_open",), case.window("close"), "rep")
    if not hits or _later_attempts(case.facts):
        return None
    kept = {hit.entry.id for hit in hits if "send_offer" not in hit.entry.tags}
    mailed = len(kept) < len({hit.entry.id for hit in hits})
    # An offer mailed by itself is often how a rep takes leave; a call announced or a number left is not.
    weight = min(1.4, (0.5 + 0.3 * len(kept) if kept else 0.0) + (0.3 if mailed else 0.0))
    why = "The rep ended the call with the door open: the lead was not lost yet."
    return _weigh(weight, "left_open", why, _q(case, hits[-1:]))


def _buying(case: Case) -> WeighedReason | None:
    hits = case.found(("buying_signal",), role="client")
    if not hits:
        return None
    close = case.window("close")
    late = [hit for hit in hits if close.holds(hit.turn)]
    count = len({hit.turn for hit in hits})
    weight = min(1.6, 0.6 * count + (0.2 if late else 0.0))
    why = f"The client gave {count} buying signal{'s' if count > 1 else ''}."
    return _weigh(weight, "buying_signal", why, _q(case, late or hits))


def _unhandled(objections: Sequence[Objection]) -> WeighedReason | None:
    missed = [o for o in objections if o.outcome in ("ignored", "mishandled")]
    if not missed:
        return None
    last = missed[-1]
    why = f"The {' and '.join(last.types)} objection was {last.outcome}."
    return _weigh(min(1.2, 0.5 + 0.3 * len(missed)), "objection_not_handled", why, last.client)


def _never_qualified(case: Case) -> WeighedReason | None:
    if find_needs_questions(case) or case.doubt("rep", case.window("anywhere"), absence=True):
        return None
    return _weigh(0.6, "never_qualified", "No question about the client's needs was asked.")


def _closed_at_once(facts: Facts, duration: float | None) -> WeighedReason | None:
    if facts.closed_at is None or facts.started_at is None:
        return None
    try:
        waited = facts.closed_at - facts.started_at
    except TypeError:  # one time has a zone and the other has none: they cannot be compared
        return None
    if timedelta(0) <= waited <= timedelta(seconds=duration or 0, minutes=_MINUTES):
        return _weigh(0.5, "closed_at_once", "The lead was closed within minutes of the call.")
    return None


def _few_attempts(facts: Facts) -> WeighedReason | None:
    if facts.attempts is None:
        return None
    times = sorted((a.at for a in facts.attempts if a.at is not None), key=lambda at: at.isoformat())
    if len(facts.attempts) < _FEW_ATTEMPTS:
        return _weigh(0.4, "few_attempts", f"Only {len(facts.attempts)} attempt(s) to reach the client.")
    if len(times) == len(facts.attempts) and _span(times) <= _CLUSTER:
        return _weigh(0.4, "clustered_attempts", "All attempts were made within a day.")
    return None


def _other_reason(case: Case) -> WeighedReason | None:
    text = case.facts.loss_reason
    if text is not None and (not text.strip() or _reason_is(case, "other")):
        return _weigh(0.4, "reason_other", "The loss reason says nothing.")
    return None


def _against(case: Case, objections: Sequence[Objection]) -> list[WeighedReason]:
    found: list[WeighedReason] = []
    close = case.window("close")
    final = case.found(("hard_no",), None, "client")
    if final:
        found.append(_weigh(1.2, "hard_no", "The client refused plainly.", _q(case, final[-1:])))
    flat = [h for h in case.found(("objection.brush_off",), close) if h.entry.id.endswith("not_interested")]
    if flat and not final:
        found.append(_weigh(0.8, "not_interested", "The client said they are not interested.", _q(case, flat[-1:])))
    need = [
        o for o in objections if "need" in o.types and o.outcome in ("handled", "partial") and o.reaction != "accepts"
    ]
    if need:
        found.append(_weigh(0.6, "no_need", "The client sees no need, and the rep took it up.", need[-1].client))
    gave_up = case.found(("gives_up",), close, "rep")
    if gave_up and not final:
        found.append(_weigh(0.5, "gave_up", "The rep had nothing left to offer.", _q(case, gave_up[-1:])))
    if _reason_is(case, "budget"):
        price = [o for o in objections if "price" in o.types]
        if price:
            found.append(_weigh(0.4, "reason_confirmed", "The client did object to the price.", price[-1].client))
    if _later_attempts(case.facts):
        found.append(_weigh(0.7, "later_attempt", "There were later attempts to reach the client."))
    return found


def _later_attempts(facts: Facts) -> bool:
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


def _reason_is(case: Case, kind: str) -> bool:
    """Whether the CRM's loss reason is of a kind, by the words it is written with."""
    text = (case.facts.loss_reason or "").replace("_", " ").replace("-", " ")
    language = case.pack.vocabulary.language
    return language.holds(language.tokens(text), case.pack.words[f"reason_{kind}"])


def _q(case: Case, hits: Sequence[Hit]) -> Evidence:
    return case.evidence(hits[0])


def _weigh(weight: float, name: str, why: str, evidence: Evidence | None = None) -> WeighedReason:
    return WeighedReason(weight, Reason(name, why, evidence))

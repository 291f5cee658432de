"""What speaks against reopening a closed lead, and what excludes it altogether."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.assessment import Objection
from scoring.case import Case
from scoring.detectors.next_step import find_steps
from scoring.facts import Facts
from scoring.matching import Hit
from scoring.quotes import clause
from scoring.rejection_reasons import WeighedReason, later_attempts, reason_is, weighed


def what_excludes(case: Case | None, facts: Facts) -> str | None:
    """Why the lead is not to be called whatever speaks for it: hard_no, do_not_call, wrong_number or duplicate."""
    if facts.duplicate_of is not None:
        return "duplicate"
    if facts.do_not_call or (case is not None and case.found(("do_not_call",))):
        return "do_not_call"
    if case is None:
        return None
    if case.found(("wrong_number",)):
        return "wrong_number"
    final = _refusals(case)
    hope = case.found(("buying_signal", "callback", "client_step"), role="client")
    if final and not any(hit.turn > final[-1].turn for hit in hope):
        return "hard_no"
    return None


def _refusals(case: Case) -> list[Hit]:
    """The plain refusals. That the one asked for is dead ends a call: told long before, it is of another."""
    ends = len(case.conversation.turns) - case.pack.threshold("closing_turns")
    return [hit for hit in case.found(("hard_no",)) if "person" not in hit.entry.tags or hit.turn >= ends]


def reasons_against(case: Case, objections: Sequence[Objection]) -> list[WeighedReason]:
    """Every reason against, in no order."""
    found: list[WeighedReason] = []
    close = case.window("close")
    final = [hit for hit in _refusals(case) if case.turn(hit.turn).role == "client"]
    if final:
        found.append(weighed(1.2, "hard_no", "The client refused plainly.", clause(case, final[-1])))
    flat = [h for h in case.found(("objection.brush_off",), close) if h.entry.id.endswith("not_interested")]
    if flat and not final:
        found.append(weighed(0.8, "not_interested", "The client said they are not interested.", clause(case, flat[-1])))
    need = [
        o for o in objections if "need" in o.types and o.outcome in ("handled", "partial") and o.reaction != "accepts"
    ]
    if need:
        found.append(weighed(0.6, "no_need", "The client sees no need, and the rep took it up.", need[-1].client))
    gave_up = case.found(("gives_up",), close, "rep")
    # "All right, have a good day" after an agreed step takes leave; without one it lets the client go.
    if gave_up and not final and not find_steps(case, close):
        found.append(weighed(0.5, "gave_up", "The rep had nothing left to offer.", clause(case, gave_up[-1])))
    if reason_is(case, "budget"):
        price = [o for o in objections if "price" in o.types]
        if price:
            found.append(weighed(0.4, "reason_confirmed", "The client did object to the price.", price[-1].client))
    if later_attempts(case.facts):
        found.append(weighed(0.7, "later_attempt", "There were later attempts to reach the client."))
    return found

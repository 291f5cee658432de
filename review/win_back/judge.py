"""Was the lead closed wrongly? The calls' own judgements and the CRM's facts put together; pure.

The last conversation carries most, earlier ones add what does not wear off (interest shown, objections left, a reason
contradicted). Weights are log-odds: a prior written down from the reasons themselves (scoring.md, "Wrongly rejected
leads"); for the words of a call the learned judge replaces them once it is in charge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from review.win_back.findings import Found, Heard, Judgement, LeadFacts
from review.win_back.left_undone import crm_against, crm_reasons

START: Final = -1.1
"""Where a lead stands before anything is known of it; as for a single call (scoring.rejection)."""

BANDS: Final = ((0.65, "high"), (0.4, "middle"))
SHOWN: Final = 3
SHOWN_AGAINST: Final = 2
EXCLUDED: Final = 0.03  # the chance told of a lead nobody is to call

EARLIER: Final = 0.35
"""How much of its weight a reason keeps when it was heard in an earlier conversation."""

_LASTS: Final = frozenset({"buying_signal", "objection_not_handled", "reason_contradicted"})
_LASTS_AGAINST: Final = frozenset({"hard_no", "not_interested", "no_need"})
_OF_ALL: Final = frozenset({"never_qualified", "reason_contradicted"})
"""Without a quote these say that something was never mentioned: true of the lead only if true of every conversation."""

_SENT: Final = "rule:send_info."  # the packs' phrases of a client who wants something sent

_OF_THE_LEAD: Final = frozenset(
    {"few_attempts", "clustered_attempts", "closed_at_once", "reason_other", "later_attempt"}
)
"""What a single call can only guess at; judged here from all calls and the CRM's times."""


def judge_lead(facts: LeadFacts) -> Judgement:
    """The judgement of one closed lead. The same facts give the same judgement, in whatever order they were found."""
    facts = replace(facts, heard=tuple(_without_met_wish(one, facts) for one in facts.heard))
    excluded = _what_excludes(facts)
    reasons = _strongest([*_heard_for(facts.heard), *crm_reasons(facts)])
    against = _strongest([*_heard_against(facts.heard), *crm_against(facts)])
    probability = EXCLUDED if excluded else _squash(START + _from_words(facts.heard) + _from_crm(facts))
    return Judgement(
        probability=probability,
        band="low" if excluded else band_of(probability),
        reasons=() if excluded else reasons[:SHOWN],
        against=against[:SHOWN_AGAINST],
        excluded=excluded,
        facts=facts,
    )


def band_of(probability: float) -> str:
    """high, middle or low."""
    return next((name for least, name in BANDS if probability >= least), "low")


def without_lead_facts(found: Iterable[Found]) -> tuple[Found, ...]:
    """The reasons of one call that are the call's own to tell."""
    return tuple(item for item in found if item.id not in _OF_THE_LEAD)


def _what_excludes(facts: LeadFacts) -> str | None:
    if facts.duplicate:
        return "duplicate"
    # Once asked not to be called is enough; a firm no or a wrong number may be mended by a later conversation.
    if facts.refused_number or any(heard.excluded == "do_not_call" for heard in facts.heard):
        return "do_not_call"
    if facts.other_deal is not None:
        return "other_deal"
    return facts.heard[0].excluded if facts.heard else None


def _without_met_wish(one: Heard, facts: LeadFacts) -> Heard:
    """Without "asked for something to be sent" where a mail followed: that is what the client asked for."""
    ended = next((each.ended for each in facts.tries if each.call_id == one.call_id), None)
    if ended is None or not any(at > ended for at in facts.mails):
        return one
    met = [item for item in one.reasons if str((item.evidence or {}).get("source", "")).startswith(_SENT)]
    kept = tuple(item for item in one.reasons if item not in met)
    return replace(one, reasons=kept, log_odds=one.log_odds - math.fsum(item.weight for item in met)) if met else one


def _from_words(heard: Sequence[Heard]) -> float:
    """The log-odds of what was said: all of the last conversation, and what lasts of those before."""
    if not heard:
        return 0.0
    last, *earlier = heard
    there = {item.id for item in last.reasons} | {item.id for item in last.against}
    more = [
        sign * item.weight
        for one in earlier
        for sign, found, lasting in ((1, one.reasons, _LASTS), (-1, one.against, _LASTS_AGAINST))
        for item in found
        if item.id in lasting and item.id not in there
    ]
    untrue = math.fsum(item.weight for item in last.reasons if not _holds_for_all(item, heard))
    return last.log_odds - untrue + EARLIER * math.fsum(more)


def _from_crm(facts: LeadFacts) -> float:
    return math.fsum(item.weight for item in crm_reasons(facts)) - math.fsum(item.weight for item in crm_against(facts))


def _heard_for(heard: Sequence[Heard]) -> list[Found]:
    found = [item for item in (heard[0].reasons if heard else ()) if _holds_for_all(item, heard)]
    for one in heard[1:]:
        found += [_weaker(item) for item in one.reasons if item.id in _LASTS and item.evidence]
    return found


def _heard_against(heard: Sequence[Heard]) -> list[Found]:
    found = list(heard[0].against if heard else ())
    for one in heard[1:]:
        found += [_weaker(item) for item in one.against if item.id in _LASTS_AGAINST]
    return found


def _holds_for_all(item: Found, heard: Sequence[Heard]) -> bool:
    if item.evidence is not None or item.id not in _OF_ALL:
        return True
    return all(any(same.id == item.id and same.why == item.why for same in one.reasons) for one in heard)


def _weaker(item: Found) -> Found:
    return Found(
        id=item.id,
        weight=item.weight * EARLIER,
        why=item.why,
        facts=item.facts,
        evidence=item.evidence,
        call_id=item.call_id,
    )


def _strongest(found: Sequence[Found]) -> tuple[Found, ...]:
    """One of each id, the strongest first; a tie goes by id and then by call, so that the order is always the same."""
    kept: dict[str, Found] = {}
    for item in sorted(found, key=lambda one: (-one.weight, one.id, -(one.call_id or 0))):
        kept.setdefault(item.id, item)
    return tuple(kept.values())


def _squash(weight: float) -> float:
    return 1 / (1 + math.exp(-weight))

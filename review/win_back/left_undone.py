"""What the CRM and the telephone system say of a closed lead: attempts, times, tasks and mails; pure.

Every reason is told by its id and facts (times in ISO 8601), so that pages can say it in the reader's language.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from review.win_back.findings import CallTry, Found, LeadFacts

FEW: Final = 3  # attempts; the usual advice is six to eight before a lead is given up
CLUSTER: Final = timedelta(hours=24)
SAME_HOUR: Final = timedelta(minutes=60)
MANY: Final = 5
MANY_DAYS: Final = 3
AT_ONCE: Final = timedelta(minutes=15)
ON_CREATION: Final = timedelta(minutes=30)
DAY: Final = timedelta(days=1)


def crm_reasons(facts: LeadFacts) -> list[Found]:
    """Every reason for, in no order."""
    found = [
        *_attempts(facts),
        _client_called(facts),
        _closed_soon(facts),
        _task(facts),
        _no_recording(facts),
    ]
    if facts.says_nothing:
        found.append(Found(id="reason_other", weight=0.4, facts={"reason": facts.loss_reason}))
    return [item for item in found if item is not None]


def crm_against(facts: LeadFacts) -> list[Found]:
    """Every reason against, in no order."""
    found = []
    tried = _outbound(facts)
    days = {one.at.date() for one in tried}
    if not _spoke(facts) and len(tried) >= MANY and len(days) >= MANY_DAYS:
        found.append(Found(id="tried_often", weight=0.7, facts={"count": len(tried), "days": len(days)}))
    last = max((one.ended for one in facts.tries if one.conversation), default=None)
    if last is not None:
        later = [one for one in tried if one.at > last]
        if later:
            found.append(Found(id="tried_again", weight=0.7, facts={"count": len(later), "at": _iso(later[-1].at)}))
        mails = sorted(at for at in facts.mails if at > last)
        if mails:
            found.append(Found(id="mail_after", weight=0.3, facts={"at": _iso(mails[-1])}))
    return found


def _attempts(facts: LeadFacts) -> list[Found | None]:
    """Too few attempts, or all of them at one time; nothing once there was a conversation."""
    if _spoke(facts):
        return []
    tried = _outbound(facts)
    closed = _iso(facts.closed_at)
    if not facts.tries:
        return [Found(id="never_called", weight=1.2, facts={"closed": closed})]
    if len(tried) < FEW:
        return [Found(id="few_attempts", weight=0.9, facts={"count": len(tried), "at": _iso_last(tried)})]
    first, last = tried[0].at, tried[-1].at
    times = {"count": len(tried), "first": _iso(first), "last": _iso(last)}
    if last - first <= CLUSTER:
        return [Found(id="clustered_attempts", weight=0.8, facts=times)]
    if len(tried) < MANY * 2 and _same_hour(tried):
        return [Found(id="same_hour", weight=0.6, facts=times)]
    return []


def _same_hour(tried: list[CallTry]) -> bool:
    """All at the same time of the day: somebody busy then is never reached. Midnight lies within no working hour."""
    minutes = [timedelta(hours=one.at.hour, minutes=one.at.minute) for one in tried]
    return max(minutes) - min(minutes) <= SAME_HOUR


def _client_called(facts: LeadFacts) -> Found | None:
    """The client called, nobody spoke with them, and nobody called back."""
    missed = [one for one in facts.tries if one.inbound and not one.conversation]
    if not missed:
        return None
    last = missed[-1]
    if any(one.at > last.at and (one.conversation or not one.inbound) for one in facts.tries):
        return None
    return Found(id="client_called", weight=1.3, facts={"at": _iso(last.at)}, call_id=last.call_id)


def _closed_soon(facts: LeadFacts) -> Found | None:
    if facts.closed_at is None:
        return None
    if facts.opened_at is not None and timedelta(0) <= facts.closed_at - facts.opened_at <= ON_CREATION:
        minutes = round((facts.closed_at - facts.opened_at).total_seconds() / 60)
        return Found(id="closed_on_creation", weight=0.8, facts={"minutes": minutes, "at": _iso(facts.closed_at)})
    ended = max((one.ended for one in facts.tries if one.conversation and one.at <= facts.closed_at), default=None)
    if ended is not None and facts.closed_at - ended <= AT_ONCE:
        minutes = max(0, round((facts.closed_at - ended).total_seconds() / 60))
        return Found(id="closed_at_once", weight=0.5, facts={"minutes": minutes, "at": _iso(facts.closed_at)})
    return None


def _task(facts: LeadFacts) -> Found | None:
    """A task whose day is over and that nobody did; the newest of them."""
    left = [one for one in facts.tasks if one.done is None and one.due is not None and one.due + DAY < facts.now]
    if not left:
        return None
    newest = max(left, key=lambda one: (one.due or facts.now, one.title))
    return Found(id="task_never_done", weight=0.6, facts={"title": newest.title, "due": _iso(newest.due)})


def _no_recording(facts: LeadFacts) -> Found | None:
    """Closed for what a client says, yet there is nothing to hear it in."""
    if not facts.tries or any(one.recorded for one in facts.tries) or facts.unreachable:
        return None
    return Found(id="no_recording", weight=0.6, facts={"calls": len(facts.tries), "reason": facts.loss_reason})


def _outbound(facts: LeadFacts) -> list[CallTry]:
    return [one for one in facts.tries if not one.inbound]


def _spoke(facts: LeadFacts) -> bool:
    return any(one.conversation for one in facts.tries)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _iso_last(tried: list[CallTry]) -> str | None:
    return _iso(tried[-1].at) if tried else None

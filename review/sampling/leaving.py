"""What happens to the calls of a reviewer who leaves: they go on to somebody else who is told why."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Assignment, Call, SamplingRule
from review.sampling.assignments import move
from review.sampling.reviewers import can_score, open_loads, who_may


def hand_on_all(session: Session, user_id: int, *, by: int | None) -> int:
    """Give every open call of a person who no longer scores to the one of the rule's reviewers with the least to do.

    How many went on. What nobody else may score stays, and a lead sees it without a reviewer.
    """
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.user_id == user_id, Assignment.state == "open")
        .order_by(Assignment.due_at, Assignment.id)
        .with_for_update()
    ).all()
    if not rows:
        return 0
    rules = {rule.id: rule for rule in session.scalars(select(SamplingRule))}
    people = {row.rule_id: _others(rules.get(row.rule_id or 0), user_id) for row in rows}
    everybody = sorted({user for users in people.values() for user in users})
    may = who_may(session, everybody)
    loads = open_loads(session, everybody)
    held = {row.call_id for row in rows}
    waiting = {
        (found[0], found[1])
        for found in session.execute(
            select(Assignment.call_id, Assignment.user_id).where(
                Assignment.call_id.in_(sorted(held)), Assignment.state.in_(("open", "done"))
            )
        )
    }
    of_reps = session.execute(select(Call.id, Call.rep_id).where(Call.id.in_(sorted(held))))
    reps = {found[0]: found[1] for found in of_reps}
    moved = 0
    for row in rows:
        able = [
            user
            for user in people[row.rule_id]
            if may(user, reps.get(row.call_id)) and (row.call_id, user) not in waiting
        ]
        if able:
            to_user = min(able, key=lambda user: (loads.get(user, 0), able.index(user)))
            move(session, row, to_user, by=by, because="left", said_by=None)
            loads[to_user] = loads.get(to_user, 0) + 1
            moved += 1
    return moved


def hand_on_of_left(session: Session) -> int:
    """The same for everybody who was shut out or lost the role since: runs every day, whatever door they left by."""
    holders = session.scalars(
        select(Assignment.user_id)
        .where(Assignment.state == "open", Assignment.user_id.is_not(None))
        .distinct()
        .order_by(Assignment.user_id)
    ).all()
    return sum(
        hand_on_all(session, user_id, by=None)
        for user_id in holders
        if user_id is not None and not can_score(session, user_id)
    )


def _others(rule: SamplingRule | None, user_id: int) -> list[int]:
    return [int(user) for user in rule.reviewers if int(user) != user_id] if rule is not None else []

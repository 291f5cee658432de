"""Until when an evaluation that is shown can be disputed: fixed when it is shown, asked wherever it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.disputes.rules import deadline, read_rules
from review.models import Call, DisputeWindow, Evaluation, Rep


def open_window(session: Session, row: Evaluation, rep_user: int | None) -> datetime:
    """Fix until when it can be disputed, counted from when it was shown; what was fixed before is counted anew."""
    rules = read_rules(session)
    begin = row.shown_at or row.show_at or row.updated_at
    until, remind = deadline(session, begin, rules.raise_days, rules, user_id=rep_user)
    stored = session.get(DisputeWindow, row.id)
    if stored is None:
        session.add(DisputeWindow(evaluation_id=row.id, until=until, remind_at=remind))
    else:
        stored.until, stored.remind_at, stored.reminded_at = until, remind, None
    session.flush()
    return until


def drop_window(session: Session, evaluation_id: int) -> None:
    """Forget it: an evaluation that is opened again is shown anew, and its time begins anew then."""
    session.execute(delete(DisputeWindow).where(DisputeWindow.evaluation_id == evaluation_id))


def read_windows(session: Session, evaluation_ids: Collection[int]) -> Mapping[int, datetime]:
    """Until when each of these can be disputed. Two statements, more only for those shown before this was kept."""
    ids = sorted(set(evaluation_ids))
    if not ids:
        return {}
    rows = session.execute(
        select(DisputeWindow.evaluation_id, DisputeWindow.until).where(DisputeWindow.evaluation_id.in_(ids))
    )
    found = {row.evaluation_id: row.until for row in rows}
    left = [one for one in ids if one not in found]
    if left:
        rules = read_rules(session)
        rest = session.execute(
            select(Evaluation, Rep.user_id)
            .join(Call, Call.id == Evaluation.call_id)
            .outerjoin(Rep, Rep.id == Call.rep_id)
            .where(Evaluation.id.in_(left))
        )
        for row, rep_user in rest:
            begin = row.shown_at or row.show_at
            if begin is not None:
                found[row.id], _ = deadline(session, begin, rules.raise_days, rules, user_id=rep_user)
    return found

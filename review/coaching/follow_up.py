"""The follow-up of a session: the rep's later calls against those before, the team's beside it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.coaching.criteria import machine_answers, still_asked
from review.coaching.effect import Effect, compare, read_effect
from review.coaching.windows import Windows, windows_of
from review.models import Call, CoachingSession, Rep
from review.performance.answers import CriterionAnswer, answers_of
from review.performance.rep import FEWEST_MATES
from review.queries.blind import is_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How far a session's follow-up is.

    `state`: not_held (nothing to compare yet), waiting (later calls do not count before `windows.after_since`),
    rep_gone, too_early, ready. `over`: no further call can change it. `asked`: the standard still asks the criterion.
    """

    state: str
    windows: Windows | None = None
    effect: Effect | None = None
    over: bool = False
    asked: bool = True
    others: int = 0  # other reps of the team
    measured_at: datetime | None = None  # when it was stored; None while it is worked out anew

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the session."""
        effect, window = self.effect, self.windows
        if effect is None or window is None:
            raise ValueError("only a comparison is stored")
        return {
            **effect.to_json(),
            "others": self.others,
            "over": self.over,
            "asked": self.asked,
            "windows": [
                moment.isoformat()
                for moment in (window.before_since, window.before_until, window.after_since, window.after_until)
            ],
        }


def measure(session: Session, row: CoachingSession, now: datetime) -> FollowUp:
    """Work the follow-up of a session out from the calls there are now."""
    if row.held_at is None:
        return FollowUp(state="not_held")
    windows = session_windows(row, row.held_at)
    asked = still_asked(session, row.standard, row.criterion)
    if row.rep_id is None:
        return FollowUp(state="rep_gone", windows=windows, asked=asked)
    own = [row.rep_id]
    others = _others(session, row)
    parts = [
        _answers(session, row, reps, since, until)
        for reps in (own, others)
        for since, until in (
            (windows.before_since, windows.before_until),
            (windows.after_since, min(windows.after_until, now)),
        )
    ]
    effect = compare(
        parts[0],
        parts[1],
        team_before=parts[2],
        team_after=parts[3],
        started_by=[row.call_id] if row.call_id is not None and row.picked == "one_call" else (),
        machine=machine_answers(session, row.standard, row.criterion),
    )
    state = "waiting" if not windows.begun(now) else "too_early" if effect.too_early else "ready"
    return FollowUp(
        state=state, windows=windows, effect=effect, over=windows.over(now), asked=asked, others=len(others)
    )


def read_follow_up(session: Session, row: CoachingSession, now: datetime) -> FollowUp:
    """The follow-up as the page shows it: of a closed session as it was stored, else from the calls there are now."""
    stored = stored_follow_up(row) if row.state == "closed" else None
    if stored is not None:
        return stored
    return FollowUp(state="not_held") if row.state == "closed" else measure(session, row, now)


def for_the_rep(found: FollowUp) -> FollowUp:
    """As the rep reads it: without the team where it is so small that its figures are those of one colleague or two."""
    if found.effect is None or found.others >= FEWEST_MATES - 1:
        return found
    return replace(found, effect=replace(found.effect, team=None, team_means=(None, None), gain=None))


def stored_follow_up(row: CoachingSession) -> FollowUp | None:
    """The follow-up that was stored last; None where none was."""
    effect = read_effect(row.measured)
    if effect is None or row.measured is None:
        return None
    begun = [datetime.fromisoformat(moment) for moment in row.measured["windows"]]
    return FollowUp(
        state="too_early" if effect.too_early else "ready",
        windows=Windows(before_since=begun[0], before_until=begun[1], after_since=begun[2], after_until=begun[3]),
        effect=effect,
        over=bool(row.measured.get("over")),
        asked=bool(row.measured.get("asked", True)),
        others=int(row.measured.get("others") or 0),
        measured_at=row.closed_at or row.followed_up_at,
    )


def session_windows(row: CoachingSession, held_at: datetime) -> Windows:
    """The stretches that a session held then compares."""
    done = row.finished_at if row.action_done else None  # one not done: later calls count from its due day
    return windows_of(held_at=held_at, due_at=row.due_at, done_at=done, weeks=row.weeks_before)


def read_calls(session: Session, viewer: Viewer, call_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these calls was held, of those the viewer may open."""
    wanted = sorted(set(call_ids))
    if not wanted:
        return {}
    rows = session.execute(select(Call.id, Call.happened_at).where(Call.id.in_(wanted), visible_calls(viewer)))
    return {row.id: row.happened_at for row in rows}


def veiled_calls(session: Session, viewer: Viewer, found: FollowUp) -> frozenset[int]:
    """The calls behind a follow-up that the viewer is to judge blind: their answers are nobody's to show them yet."""
    effect = found.effect
    wanted = [] if effect is None else [call_id for call_id, _ in (*effect.before.values, *effect.after.values)]
    if not wanted:
        return frozenset()
    return frozenset(session.scalars(select(Call.id).where(Call.id.in_(wanted), is_veiled(viewer))))


def _others(session: Session, row: CoachingSession) -> list[int]:
    """The rest of the team the rep was in when the session was made."""
    if row.team_id is None:
        return []
    return list(session.scalars(select(Rep.id).where(Rep.team_id == row.team_id, Rep.id != row.rep_id, Rep.active)))


def _answers(
    session: Session, row: CoachingSession, reps: list[int], since: datetime, until: datetime
) -> tuple[CriterionAnswer, ...]:
    if not reps or until <= since:
        return ()
    return answers_of(session, rep_ids=reps, since=since, until=until, criterion=row.criterion, standard=row.standard)

"""The calls of a run that scores again: what judging one needs, and storing what came of it, one transaction each.

In that transaction are the new assessment beside the old one, what changed, and the run's progress. Nothing commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.clock import database_now
from review.models import Call, RescoreChange, RescoreRun, Source, StoredAssessment
from review.queries.assessment_changes import compare
from review.services.assessments import append_assessment, show_assessment
from review.services.leased import LEASE_SECONDS, Claim
from review.services.rescore import RunRow, held, scored_calls
from review.services.sources import source_standard
from review.services.standards import find_standard, keep_text
from review.services.steps import ScoreWork, load_for_score
from review.webhooks.facts import show_and_tell
from scoring.standards import Standard, default_standard_name


@dataclass(frozen=True, slots=True)
class RescoreWork:
    """One call to judge again, with the assessment (id and JSON) that is shown now."""

    work: ScoreWork
    before_id: int
    before: Mapping[str, Any]


def next_calls(session: Session, run_id: int, limit: int = 50) -> list[int]:
    """The next calls of a run, in the order of their ids; empty at its end."""
    run = session.get_one(RescoreRun, run_id, populate_existing=True)
    found = (
        select(Call.id)
        .where(scored_calls(run.source), Call.id > run.cursor, Call.id <= run.last_call)
        .order_by(Call.id)
        .limit(limit)
    )
    return list(session.scalars(found))


def load_work(
    session: Session,
    run: RunRow,
    call_id: int,
    *,
    default_standard: str | None = None,
    company_names: tuple[str, ...] = (),
) -> RescoreWork | None:
    """What judging a call again needs; None when the call is being worked on (and will be judged anew anyway)."""
    call = session.get(Call, call_id)
    if call is None or call.state != "scored" or call.assessment_id is None:
        return None
    stored = session.get(StoredAssessment, call.assessment_id)
    if stored is None:
        return None
    work = load_for_score(
        session,
        call_id,
        company_names=company_names,
        judge_by=_standard_for(session, run, call, default_standard),
    )
    return RescoreWork(work, stored.id, unpack_body(stored.body))


def store_rescored(session: Session, claim: Claim, work: RescoreWork, data: Mapping[str, Any], *, show: bool) -> bool:
    """Keep a call's new assessment (the contract's JSON) and go on; False when the run is no longer ours.

    A call that got other words or scores meanwhile is left alone. An assessment equal to the shown one is not kept.
    """
    call_id = work.work.call_id
    change = compare(work.before, data)
    same = dict(data) == dict(work.before)
    unchanged_call = (
        update(Call)
        .where(Call.id == call_id, Call.state == "scored", Call.assessment_id == work.before_id)
        .values(updated_at=Call.updated_at)
        .returning(Call.id)
        .execution_options(synchronize_session=False)
    )
    counts = change.any and not same
    if not held(session, claim, cursor=call_id, **_counted(changed=int(counts))):
        return False
    if same or session.scalar(unchanged_call) is None:
        return True
    made = append_assessment(session, call_id, work.work.transcript_id, data)
    keep_text(session, work.work.judge_by)
    if show:
        (show_and_tell if counts else show_assessment)(session, call_id, made, data)
    if counts:
        session.add(
            RescoreChange(
                run_id=claim.row_id,
                call_id=call_id,
                before_id=work.before_id,
                after_id=made,
                before_final=change.before_final,
                after_final=change.after_final,
                answers=len(change.answered),
            )
        )
    session.flush()
    return True


def skip_call(session: Session, claim: Claim, call_id: int, why: str | None = None) -> bool:
    """Go on without a call: it is being worked on, or could not be judged (`why`, one sentence)."""
    if not held(session, claim, cursor=call_id, **_counted(failed=int(why is not None))):
        return False
    if why is not None:
        session.add(RescoreChange(run_id=claim.row_id, call_id=call_id, answers=0, why=why))
        session.flush()
    return True


def _standard_for(session: Session, run: RunRow, call: Call, default_standard: str | None) -> Standard:
    if run.standard is not None:
        return find_standard(session, run.standard, run.pins[run.standard])
    source = session.scalar(select(Source).where(Source.name == call.source))
    name = (source_standard(source, call.queue) if source else None) or default_standard or default_standard_name()
    return find_standard(session, name, run.pins.get(name))


def _counted(*, changed: int = 0, failed: int = 0) -> dict[str, Any]:
    return {
        "done": RescoreRun.done + 1,
        "changed": RescoreRun.changed + changed,
        "failed": RescoreRun.failed + failed,
        "lease_until": database_now() + LEASE_SECONDS,
    }

"""Scoring calls again in the background: starting a run, claiming it, cancelling it; its calls are in rescore_calls.

A run goes through the calls in the order of their ids and remembers the last one, so that whoever claims it next goes
on there. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.learning.models import in_charge
from review.models import Call, RescoreRun, Source, utc_now
from review.services import audit, leased
from review.services.leased import ACTIVE, LEASE_SECONDS, Claim
from review.services.sources import UnknownSource
from review.services.standards import find_standard, keep_text, list_choices
from scoring.pack_versions import pack_versions


class RunGoesOn(ReviewError):
    """Another run has not ended; carries `run_id`."""

    code = "run_goes_on"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} is still scoring calls again. Wait for it or cancel it; nothing was started.")
        self.run_id = run_id


class NothingToRescore(ReviewError):
    """No call that was scored before is among those asked for."""

    code = "nothing_to_rescore"

    def __init__(self) -> None:
        super().__init__("No scored call is among those asked for: a call is scored again once it was scored.")


class NoSuchRun(ReviewError):
    """There is no run of this number."""

    code = "no_such_run"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"There is no run {run_id}.")
        self.run_id = run_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as pages and commands see it; `by` is None for one from the command line."""

    id: int
    requested_at: datetime
    by: int | None
    standard: str | None
    source: str | None
    show: bool
    pins: Mapping[str, int]
    packs: Mapping[str, str]
    models: Mapping[str, int] | None  # ids of the learned models by name; None: those in charge when a call is judged
    total: int
    done: int
    changed: int
    failed: int
    state: str
    why: str | None
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return min(1.0, self.done / self.total) if self.total else 1.0


def start_run(
    session: Session,
    *,
    by: int | None = None,
    standard: str | None = None,
    version: int | None = None,
    source: str | None = None,
    call_id: int | None = None,
    show: bool = True,
) -> int:
    """Start a run over every scored call, those of one source, or one call; its number. Ring after the commit.

    The versions of standards, packs and learned models are fixed now. With `standard` every call is judged by that one;
    otherwise by its source's. Without `show` calls keep what they show, and the new assessments serve to compare.
    Raises RunGoesOn, NothingToRescore, UnknownSource, StandardNotFound, NoSuchVersion.
    """
    active = session.scalar(select(RescoreRun.id).where(RescoreRun.state.in_(ACTIVE)).limit(1))
    if active is not None:
        raise RunGoesOn(active)
    if source is not None and session.scalar(select(Source.id).where(Source.name == source)) is None:
        raise UnknownSource(source)
    if standard is not None:
        pinned = [find_standard(session, standard, version)]
    else:
        pinned = [find_standard(session, choice.name) for choice in list_choices(session, archived=True)]
    for item in pinned:
        keep_text(session, item)
    wanted = scored_calls(source)
    if call_id is not None:
        wanted = and_(wanted, Call.id == call_id)
    total, first, last = session.execute(
        select(func.count(), func.min(Call.id), func.max(Call.id)).select_from(Call).where(wanted)
    ).one()
    if not total:
        raise NothingToRescore
    run = RescoreRun(
        requested_by=by,
        standard=standard,
        source=source,
        show=show,
        pins={item.name: item.version for item in pinned},
        packs=pack_versions(),
        models=in_charge(session),
        total=total,
        cursor=first - 1,
        last_call=last,
        done=0,
        changed=0,
        failed=0,
        state="waiting",
    )
    session.add(run)
    session.flush()
    audit.record(session, by, "rescore.started", "rescore_run", run.id, calls=total, standard=standard, source=source)
    return run.id


def claim_run(session: Session, run_id: int, *, lease: float = LEASE_SECONDS) -> Claim | None:
    """Take a run that waits or whose worker went away; None when it has ended or is somebody else's."""
    began = func.coalesce(RescoreRun.started_at, utc_now())
    return leased.claim(session, RescoreRun, run_id, lease=lease, started_at=began)


def due_runs(session: Session) -> list[int]:
    """The runs that wait for a worker, oldest first."""
    return leased.due(session, RescoreRun)


def give_back(session: Session, claim: Claim) -> None:
    """Let another worker go on at once."""
    leased.give_back(session, RescoreRun, claim)


def cancel_run(session: Session, run_id: int, *, by: int | None = None) -> bool:
    """Stop a run; False when it had ended. Calls judged by then keep their new assessments."""
    if not leased.cancel(session, RescoreRun, run_id, finished_at=utc_now()):
        get_run(session, run_id)  # raises where there is none
        return False
    audit.record(session, by, "rescore.cancelled", "rescore_run", run_id)
    return True


def end_run(session: Session, claim: Claim, *, why: str | None = None) -> bool:
    """The run is through, or cannot go on (`why`); False when the claim was lost."""
    return leased.end(session, RescoreRun, claim, why=why, finished_at=utc_now())


def get_run(session: Session, run_id: int) -> RunRow:
    """One run. Raises NoSuchRun."""
    run = session.get(RescoreRun, run_id, populate_existing=True)
    if run is None:
        raise NoSuchRun(run_id)
    return run_row(run)


def packs_moved(run: RunRow) -> bool:
    """Whether this process has other rule packs than the run began with."""
    return dict(run.packs) != pack_versions()


def run_row(run: RescoreRun) -> RunRow:
    """A row as a frozen object."""
    return RunRow(
        id=run.id,
        requested_at=run.requested_at,
        by=run.requested_by,
        standard=run.standard,
        source=run.source,
        show=run.show,
        pins=dict(run.pins),
        packs=dict(run.packs),
        models=None if run.models is None else dict(run.models),
        total=run.total,
        done=run.done,
        changed=run.changed,
        failed=run.failed,
        state=run.state,
        why=run.why,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


def scored_calls(source: str | None) -> ColumnElement[bool]:
    """The calls a run is about: those that were scored and are not being worked on."""
    scored = and_(Call.state == "scored", Call.assessment_id.is_not(None))
    return scored if source is None else and_(scored, Call.source == source)


def held(session: Session, claim: Claim, **values: object) -> bool:
    """The fence: change the run's row if the claim still holds."""
    return leased.held(session, RescoreRun, claim, **values)

"""Acts on many calls that go on when the page is closed: asked for once, worked off slice by slice, resumable.

Each slice is one transaction with what it did and how far it is, so that nothing is done twice and nothing is left out
when a worker dies. Who asked is looked up again for every slice: a right that was taken away ends the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.clock import database_now
from review.comments.notices import notify
from review.errors import ReviewError
from review.models import BulkRun, utc_now
from review.queries.filters import read_filters
from review.queries.selection import Selection, count_selected, slice_selected
from review.queries.viewer import Viewer, load_viewer
from review.services import leased
from review.services.audit import record
from review.services.bulk import BulkDone, assign_many, rescore_many, tag_many, untag_many
from review.services.leased import Claim
from review.states import Step

_REVIEWS: Final = frozenset({"manager", "reviewer", "quality_lead", "head_of_sales"})
ACTS: Final[Mapping[str, frozenset[str]]] = {
    "tag": _REVIEWS,
    "untag": _REVIEWS,
    "assign": _REVIEWS - {"reviewer"},
    "rescore": frozenset({"quality_lead", "head_of_sales"}),
}
"""What can be done to many calls, and the roles that may: asked again before every slice."""

LISTED: Final = 50
"""Calls that are named when it could not be done to them; the rest are counted."""


class NoSuchBulkRun(ReviewError):
    """There is no such run, or somebody else asked for it."""

    code = "no_such_bulk_run"

    def __init__(self, run_id: int) -> None:
        super().__init__(f"There is no act on many calls {run_id} of yours.")
        self.run_id = run_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """How far an act on many calls is. `left_over`: the first (call, why) it could not be done to; `why`: no_right."""

    id: int
    act: str
    total: int
    done: int
    same: int
    refused: int
    left_over: tuple[tuple[int, str], ...]
    state: str
    why: str | None
    requested_at: datetime

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in leased.ACTIVE

    @property
    def through(self) -> int:
        """Calls dealt with."""
        return self.done + self.same + self.refused


def start_bulk(
    session: Session, viewer: Viewer, act: str, selection: Selection, terms: Mapping[str, Any], *, last: int = 0
) -> int:
    """Ask for an act on everything the selection holds now; its number. Ring after the commit.

    `last` is the newest call when the person was told how many there are (0: now): later ones were not meant.
    """
    matching = count_selected(session, viewer, selection)
    run = BulkRun(
        requested_by=viewer.user_id,
        act=act,
        selection={
            "ids": None if selection.ids is None else list(selection.ids),
            "text": selection.text,
            "by": selection.by,
            "filters": selection.filters.to_query(),
        },
        terms=dict(terms),
        last_call=min(last or matching.last, matching.last),
        total=matching.count,
        done=0,
        same=0,
        refused=0,
        left_over=[],
        cursor=0,
        state="waiting",
    )
    session.add(run)
    session.flush()
    record(session, viewer.user_id, "bulk.started", "bulk_run", run.id, act=act, calls=matching.count)
    return run.id


def claim_bulk(session: Session, run_id: int) -> Claim | None:
    """Take a run that waits or whose worker went away; None when it has ended or is somebody else's."""
    return leased.claim(session, BulkRun, run_id, started_at=func.coalesce(BulkRun.started_at, utc_now()))


def due_bulk(session: Session) -> list[int]:
    """The runs that wait for a worker, oldest first."""
    return leased.due(session, BulkRun)


def do_slice(session: Session, claim: Claim, *, tell: bool = True) -> tuple[tuple[int, Step], ...] | None:
    """Do the next slice; the calls to ring for after the commit. None at the end, or when the run is no longer ours."""
    run = session.get(BulkRun, claim.row_id, populate_existing=True, with_for_update=True)
    if run is None or run.state != "running" or run.lease_token != claim.token:
        return None
    viewer = None if run.requested_by is None else load_viewer(session, run.requested_by)
    if viewer is None or not viewer.has_role(*ACTS[run.act]):
        _end(session, run, claim, "no_right", tell)
        return None
    calls = slice_selected(session, viewer, _selection(run.selection), after=run.cursor, last=run.last_call)
    if not calls:
        _end(session, run, claim, None, tell)
        return None
    made = _act(session, viewer, run.act, run.terms, calls)
    run.done += made.done
    run.same += made.same
    run.refused += len(made.left)
    run.left_over = [*run.left_over, *map(list, made.left)][:LISTED]
    run.cursor = calls[-1]
    session.flush()
    leased.held(session, BulkRun, claim, lease_until=database_now() + leased.LEASE_SECONDS)
    return made.rings


def do_now(session: Session, run_id: int) -> tuple[tuple[int, Step], ...]:
    """Do all of a small run in this transaction, and tell nobody: who asked waits. The calls to ring for afterwards."""
    claim = claim_bulk(session, run_id)
    rings: tuple[tuple[int, Step], ...] = ()
    while claim is not None and (more := do_slice(session, claim, tell=False)) is not None:
        rings += more
    return rings


def give_back_bulk(session: Session, claim: Claim) -> None:
    """Let another worker go on at once."""
    leased.give_back(session, BulkRun, claim)


def cancel_bulk(session: Session, viewer: Viewer, run_id: int) -> bool:
    """Stop one's own run; False when it had ended. Raises NoSuchBulkRun."""
    get_bulk(session, viewer, run_id)
    stopped = leased.cancel(session, BulkRun, run_id, finished_at=utc_now())
    if stopped:
        record(session, viewer.user_id, "bulk.cancelled", "bulk_run", run_id)
    return stopped


def get_bulk(session: Session, viewer: Viewer, run_id: int) -> BulkRow:
    """One's own run. Raises NoSuchBulkRun."""
    run = session.get(BulkRun, run_id, populate_existing=True)
    if run is None or run.requested_by != viewer.user_id:
        raise NoSuchBulkRun(run_id)
    return _row(run)


def active_bulk(session: Session, viewer: Viewer) -> BulkRow | None:
    """The newest of one's own runs that still goes on."""
    mine = (BulkRun.requested_by == viewer.user_id, BulkRun.state.in_(leased.ACTIVE))
    run = session.scalar(select(BulkRun).where(*mine).order_by(BulkRun.id.desc()).limit(1))
    return None if run is None else _row(run)


def _act(session: Session, viewer: Viewer, act: str, terms: Mapping[str, Any], calls: tuple[int, ...]) -> BulkDone:
    if act == "tag":
        return tag_many(session, viewer, calls, str(terms["name"]))
    if act == "untag":
        return untag_many(session, viewer, calls, str(terms["name"]))
    if act == "rescore":
        return rescore_many(session, viewer, calls)
    due_at = datetime.fromisoformat(terms["due_at"]) if terms.get("due_at") else None
    people = [int(one) for one in terms.get("user_ids") or [terms["user_id"]]]
    why, blind = str(terms.get("why", "")), bool(terms.get("blind"))
    return assign_many(session, viewer, calls, people, due_at=due_at, why=why, blind=blind)


def _end(session: Session, run: BulkRun, claim: Claim, why: str | None, tell: bool) -> None:
    ended = leased.end(session, BulkRun, claim, why=why, finished_at=utc_now())
    if ended and tell and run.requested_by is not None:
        body = {"act": run.act, "done": run.done, "same": run.same, "left": run.refused, "why": why}
        notify(session, run.requested_by, "bulk_done", body=body)


def _selection(kept: Mapping[str, Any]) -> Selection:
    ids = kept.get("ids")
    return Selection(
        ids=None if ids is None else tuple(ids),
        text=str(kept.get("text") or ""),
        by=kept.get("by"),
        filters=read_filters(kept.get("filters") or {}),
    )


def _row(run: BulkRun) -> BulkRow:
    return BulkRow(
        id=run.id,
        act=run.act,
        total=run.total,
        done=run.done,
        same=run.same,
        refused=run.refused,
        left_over=tuple((int(call), str(why)) for call, why in run.left_over),
        state=run.state,
        why=run.why,
        requested_at=run.requested_at,
    )

"""How past calls would have scored by a draft: started from a page, worked on by a worker, a call at a time.

The draft's text is fixed when a preview begins. Every call is judged from its newest transcript by the rules in use
now and set beside the machine's assessment that it shows; nothing of the call changes. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.clock import database_now
from review.errors import ReviewError
from review.models import Call, ScorecardPreview, ScorecardPreviewCall, StoredAssessment, utc_now
from review.queries.assessment_changes import compare
from review.scorecards.bodies import faults_of, parse, standard_of
from review.scorecards.drafts import NoDraft, find_draft
from review.scorecards.publishing import NotReady
from review.services import audit, leased
from review.services.leased import ACTIVE, LEASE_SECONDS, Claim
from review.services.standards import next_version
from review.services.steps import ScoreWork, load_for_score

DAYS: Final = (7, 30, 90, 365)
MOST_CALLS: Final = 200


class NothingToPreview(ReviewError):
    """No scored call lies in the period."""

    code = "nothing_to_preview"

    def __init__(self, days: int) -> None:
        super().__init__(f"No scored call of the last {days} days is among those asked for. Choose a longer period.")
        self.days = days


class NoSuchPreview(ReviewError):
    """There is no preview of this number."""

    code = "no_such_preview"

    def __init__(self, preview_id: int) -> None:
        super().__init__(f"There is no preview {preview_id}.")
        self.preview_id = preview_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A preview as pages and workers see it; `text` is the draft's YAML as it was."""

    id: int
    name: str
    revision: int
    text: str
    source: str | None
    days: int
    requested_at: datetime
    total: int
    done: int
    state: str
    why: str | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return min(1.0, self.done / self.total) if self.total else 1.0


@dataclass(frozen=True, slots=True)
class PreviewWork:
    """One call to judge by the draft, beside the assessment it shows."""

    work: ScoreWork
    before: Mapping[str, Any]


def start_preview(
    session: Session, name: str, by: int | None, *, source: str | None, days: int, calls: int, same: bool
) -> int:
    """Begin a preview over the newest scored calls of the last `days`; its number. Ring after the commit.

    With `same` only calls that show a score by this scorecard. A preview of the same draft that has not ended is
    stopped: its text is older. Raises NoDraft, NotReady, NothingToPreview.
    """
    draft = find_draft(session, name)
    if draft is None:
        raise NoDraft(name)
    faults = faults_of(name, draft.body)
    if faults:
        raise NotReady(name, faults)
    standard = standard_of(name, next_version(session, name), draft.body)
    wanted = [Call.state == "scored", Call.happened_at >= utc_now() - timedelta(days=days)]
    if source is not None:
        wanted.append(Call.source == source)
    if same:
        wanted.append(StoredAssessment.standard == name)
    ids = list(
        session.scalars(
            select(Call.id)
            .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
            .where(*wanted)
            .order_by(Call.happened_at.desc(), Call.id.desc())
            .limit(min(calls, MOST_CALLS))
        )
    )
    if not ids:
        raise NothingToPreview(days)
    session.execute(
        update(ScorecardPreview)
        .where(ScorecardPreview.name == name, ScorecardPreview.state.in_(ACTIVE))
        .values(state="cancelled", lease_token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    preview = ScorecardPreview(
        name=name,
        revision=draft.revision,
        text=standard.source_text,
        source=source,
        days=days,
        requested_by=by,
        requested_at=utc_now(),
        total=len(ids),
        done=0,
        state="waiting",
    )
    session.add(preview)
    session.flush()
    session.add_all(ScorecardPreviewCall(preview_id=preview.id, call_id=call, done=False, changes=[]) for call in ids)
    session.flush()
    audit.record(session, by, "scorecard.previewed", "standard", name, preview=preview.id, calls=len(ids), days=days)
    return preview.id


def get_preview(session: Session, preview_id: int) -> PreviewRow:
    """One preview. Raises NoSuchPreview."""
    row = session.get(ScorecardPreview, preview_id, populate_existing=True)
    if row is None:
        raise NoSuchPreview(preview_id)
    return _row(row)


def last_preview(session: Session, name: str) -> PreviewRow | None:
    """The newest preview of a name's drafts."""
    row = session.scalar(
        select(ScorecardPreview).where(ScorecardPreview.name == name).order_by(ScorecardPreview.id.desc()).limit(1)
    )
    return None if row is None else _row(row)


def cancel_preview(session: Session, preview_id: int) -> None:
    """Stop a preview; what is judged stays to be looked at. Raises NoSuchPreview."""
    get_preview(session, preview_id)
    leased.cancel(session, ScorecardPreview, preview_id)


def due_previews(session: Session) -> list[int]:
    """The previews that wait for a worker, oldest first."""
    return leased.due(session, ScorecardPreview)


def claim_preview(session: Session, preview_id: int, *, lease: float = LEASE_SECONDS) -> Claim | None:
    """Take a preview that waits or whose worker went away; None when it has ended or is somebody else's."""
    return leased.claim(session, ScorecardPreview, preview_id, lease=lease)


def give_back(session: Session, claim: Claim) -> bool:
    """Let another worker go on at once; False when the claim was lost."""
    return leased.give_back(session, ScorecardPreview, claim)


def end_preview(session: Session, claim: Claim, *, why: str | None = None) -> bool:
    """The preview is through, or cannot go on (`why`)."""
    return leased.end(session, ScorecardPreview, claim, why=why)


def next_call(session: Session, preview_id: int) -> int | None:
    """The next call to judge; None at the end."""
    return session.scalar(
        select(ScorecardPreviewCall.call_id)
        .where(ScorecardPreviewCall.preview_id == preview_id, ScorecardPreviewCall.done.is_(False))
        .order_by(ScorecardPreviewCall.call_id.desc())
        .limit(1)
    )


def load_preview_work(
    session: Session, preview: PreviewRow, call_id: int, *, company_names: tuple[str, ...] = ()
) -> PreviewWork | None:
    """What judging a call by the draft needs; None when the call shows no score any more."""
    call = session.get(Call, call_id)
    stored = session.get(StoredAssessment, call.assessment_id) if call and call.assessment_id else None
    if stored is None:
        return None
    work = load_for_score(session, call_id, company_names=company_names, judge_by=parse(preview.text))
    return PreviewWork(work, unpack_body(stored.body))


def store_previewed(
    session: Session,
    claim: Claim,
    call_id: int,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    why: str | None = None,
) -> bool:
    """Keep how one call came out (both assessments' JSON), or `why` it could not be judged; False: no longer ours."""
    lease = database_now() + LEASE_SECONDS
    if not leased.held(session, ScorecardPreview, claim, done=ScorecardPreview.done + 1, lease_until=lease):
        return False
    values: dict[str, Any] = {"done": True, "why": why}
    if before is not None and after is not None:
        change = compare(before, after)
        values |= {
            "before_final": change.before_final,
            "after_final": change.after_final,
            "changes": [
                [one.criterion, one.before.answer if one.before else None, one.after.answer if one.after else None]
                for one in change.answered
            ],
        }
    session.execute(
        update(ScorecardPreviewCall)
        .where(ScorecardPreviewCall.preview_id == claim.row_id, ScorecardPreviewCall.call_id == call_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return True


def _row(row: ScorecardPreview) -> PreviewRow:
    return PreviewRow(**{name: getattr(row, name) for name in PreviewRow.__slots__})

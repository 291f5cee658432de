"""Acts of a dispute beside deciding: to the quality lead, content with the answer, withdrawn, void."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from review.disputes.deciding import check_revision, finish, take
from review.disputes.people import Around, deciders_of
from review.disputes.raising import clean
from review.disputes.reading import acts_of, read_dispute, read_items
from review.disputes.rules import read_rules
from review.disputes.steps import add_step, begin_level, close
from review.disputes.telling import tell_deciders, tell_people
from review.disputes.types import DisputeRefused, DisputeView, NotYours, TooLate
from review.learning.verdicts import without_numbers
from review.models import Dispute, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record


def escalate(
    session: Session,
    dispute_id: int,
    viewer: Viewer,
    *,
    words: str,
    revision: int | None = None,
    now: datetime | None = None,
) -> DisputeView:
    """To the quality lead: by the rep or the manager who is not content, or by the manager who passes it up undecided.

    Raises NoSuchDispute, NotYours, TooLate, DisputeChanged, DisputeRefused.
    """
    now = now or utc_now()
    dispute, _row, call, there = take(session, dispute_id, viewer)
    check_revision(session, dispute, viewer, revision, now)
    acts = acts_of(dispute, there, viewer, now)
    if dispute.state == "answered" and "content" in acts and "escalate" not in acts and dispute.due_at is not None:
        raise TooLate("escalate", dispute.due_at)
    if not acts & {"escalate", "pass_up"}:
        raise NotYours("escalate", dispute.state)
    words = clean(words, "", "words")
    if not words:
        raise DisputeRefused("", "words", "missing", "Say in a few words why it goes to the quality lead.")
    words = without_numbers(words, call.language)
    why = "escalated" if "escalate" in acts else "passed_up"
    lift(session, dispute, there, viewer, why, now, words=words)
    return read_dispute(session, dispute_id, viewer, now=now)


def withdraw(
    session: Session,
    dispute_id: int,
    viewer: Viewer,
    *,
    words: str = "",
    revision: int | None = None,
    now: datetime | None = None,
) -> DisputeView:
    """Take it back, or be content with what the manager decided; what was granted before stays as it was decided.

    Raises NoSuchDispute, NotYours, DisputeChanged, DisputeRefused.
    """
    now = now or utc_now()
    dispute, row, call, there = take(session, dispute_id, viewer)
    check_revision(session, dispute, viewer, revision, now)
    acts = acts_of(dispute, there, viewer, now)
    if not acts & {"withdraw", "content"}:
        raise NotYours("withdraw", dispute.state)
    words = without_numbers(clean(words, "", "words"), call.language)
    decided = any(item.decision for item in read_items(session, [dispute_id]).get(dispute_id, ()))
    event = "content" if "content" in acts else "withdrawn"
    add_step(session, dispute, viewer, event, now, words=words)
    record(session, viewer.user_id, f"dispute.{event}", "dispute", dispute.id, evaluation=row.id)
    if decided:
        finish(session, dispute, row, there, viewer, now)
        return read_dispute(session, dispute_id, viewer, now=now)
    who = deciders_of(session, dispute, there)
    close(session, dispute, row, "withdrawn", now, user_id=viewer.user_id)
    people = [*who, dispute.scorer_id, there.rep_user]
    tell_people(session, dispute, people, "dispute_withdrawn", by=viewer.user_id, who=viewer.name)
    return read_dispute(session, dispute_id, viewer, now=now)


def lift(
    session: Session,
    dispute: Dispute,
    there: Around,
    viewer: Viewer | None,
    why: str,
    now: datetime,
    *,
    words: str = "",
) -> None:
    """One level up: by a person, or by itself."""
    was = dispute.state
    begin_level(session, dispute, there, "lead", why, read_rules(session), now)
    add_step(session, dispute, viewer, "escalated" if why == "escalated" else "passed_up", now, why=why, words=words)
    by = viewer.user_id if viewer else None
    record(session, by, "dispute.escalated", "dispute", dispute.id, why=why, was=was)
    session.flush()
    tell_deciders(session, dispute, there, "dispute_escalated", by=by, who=viewer.name if viewer else None, why=why)
    others = [there.rep_user, dispute.raised_by, dispute.scorer_id]
    tell_people(session, dispute, others, "dispute_with_lead", by=by, why=why)

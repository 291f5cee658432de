"""Deciding a dispute at its level: every disputed criterion by itself, in one transaction with what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.disputes.levels import after_first, open_items
from review.disputes.people import Around, around
from review.disputes.raising import clean
from review.disputes.reading import acts_of, find, read_dispute, read_items, scores_before
from review.disputes.rules import read_rules
from review.disputes.settling import Change, check_changes, settle
from review.disputes.steps import add_step, close, wait_for_answer
from review.disputes.telling import tell_decided, tell_people
from review.disputes.types import DisputeChanged, DisputeRefused, DisputeView, NotDisputable, NotYours, Ruling
from review.evaluations.drafts import pinned
from review.evaluations.sheet import read_answers
from review.learning.verdicts import without_numbers
from review.models import Call, Dispute, DisputeItem, Evaluation, utc_now
from review.queries.blind import judges_blind
from review.queries.viewer import Viewer
from review.services.audit import record
from review.services.corrections import lock_call


def decide(
    session: Session,
    dispute_id: int,
    viewer: Viewer,
    *,
    revision: int,
    rulings: Sequence[Ruling],
    now: datetime | None = None,
) -> DisputeView:
    """Decide what this level decides; the dispute as it stands then.

    Accepted answers change the evaluation at once. What the manager did not grant in full can be taken further; what
    the quality lead decides is the end. Raises NoSuchDispute, NotDisputable (to be judged blind), NotYours,
    DisputeChanged (with what stands there), DisputeRefused; then nothing is stored.
    """
    now = now or utc_now()
    dispute, row, call, there = take(session, dispute_id, viewer)
    check_revision(session, dispute, viewer, revision, now)
    if "decide" not in acts_of(dispute, there, viewer, now):
        raise NotYours("decide", dispute.state)
    items = {item.criterion: item for item in read_items(session, [dispute_id]).get(dispute_id, ())}
    level: str = dispute.state
    wanted = open_items(
        "first" if level == "first" else "lead", [(name, item.decision) for name, item in items.items()]
    )
    ruled = {ruling.criterion: ruling for ruling in rulings}
    if len(ruled) != len(rulings) or set(ruled) - set(wanted):
        wrong = next((name for name in ruled if name not in wanted), "")
        raise DisputeRefused(wrong, "criterion", "unknown", f"'{wrong}' is not to be decided here.")
    left = next((name for name in wanted if name not in ruled), None)
    if left is not None:
        raise DisputeRefused(left, "decision", "missing", f"Decide on '{left}' too: accept, another answer, or reject.")
    before = row.final
    changes = _changes(session, row, items, ruled)
    if changes:
        settle(session, dispute, row, call, viewer, changes, now)
    for name, ruling in ruled.items():
        _write(items[name], ruling, changes, viewer, level, call, now)
    said = [(name, items[name].decision) for name in wanted]
    add_step(
        session,
        dispute,
        viewer,
        "decided",
        now,
        level=level,
        rulings=[
            {"criterion": name, "decision": decision, "settled": items[name].settled, "words": items[name].words}
            for name, decision in said
        ],
        before=before,
        final=row.final,
    )
    record(
        session,
        viewer.user_id,
        "dispute.decided",
        "dispute",
        dispute.id,
        evaluation=row.id,
        level=level,
        decisions=dict(said),
        before=before,
        final=row.final,
    )
    if level == "first":
        dispute.first_decider_id = viewer.user_id
    if level == "first" and after_first([decision for _, decision in said]) == "answered":
        wait_for_answer(session, dispute, read_rules(session), now)
        _tell_answered(session, dispute, there, viewer)
    else:
        finish(session, dispute, row, there, viewer, now)
    return read_dispute(session, dispute_id, viewer, now=now)


def take(session: Session, dispute_id: int, viewer: Viewer) -> tuple[Dispute, Evaluation, Call, Around]:
    """The dispute with its evaluation and call, held until the transaction ends. Raises NoSuchDispute.

    The call first, as everywhere: then two acts never wait for each other. Who is to judge the call blind does nothing
    with its dispute before, nor is told how it stands: NotDisputable.
    """
    call_id = find(session, dispute_id, viewer)[0].call_id
    if judges_blind(session, call_id, viewer.user_id):
        raise NotDisputable("blind")
    return (*hold(session, dispute_id, call_id), around(session, call_id))


def hold(session: Session, dispute_id: int, call_id: int) -> tuple[Dispute, Evaluation, Call]:
    """The rows, held."""
    call = lock_call(session, call_id)
    dispute, row = session.execute(
        select(Dispute, Evaluation)
        .join(Evaluation, Evaluation.id == Dispute.evaluation_id)
        .where(Dispute.id == dispute_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return dispute, row, call


def check_revision(session: Session, dispute: Dispute, viewer: Viewer, revision: int | None, now: datetime) -> None:
    """Raise DisputeChanged, with what stands there, unless this is what the viewer had before them."""
    if revision is not None and dispute.revision != revision:
        raise DisputeChanged(read_dispute(session, dispute.id, viewer, now=now))


def finish(
    session: Session, dispute: Dispute, row: Evaluation, there: Around, viewer: Viewer | None, now: datetime
) -> None:
    """The last word is spoken: the evaluation is final, and everybody with a part in it is told."""
    by = viewer.user_id if viewer else None
    close(session, dispute, row, "decided", now, user_id=by)
    session.flush()
    items = read_items(session, [dispute.id]).get(dispute.id, ())
    granted = sum(item.decision in ("accepted", "other") for item in items)
    people = [there.rep_user, dispute.raised_by, dispute.scorer_id, dispute.first_decider_id]
    people += [item.decided_by for item in items]
    facts = {"granted": granted, "of": len(items), "who": viewer.name if viewer else None}
    tell_people(session, dispute, people, "dispute_decided", by=by, **facts)
    tell_decided(session, dispute, there.rep_id, score_before(session, dispute, row), row.final)


def score_before(session: Session, dispute: Dispute, row: Evaluation) -> float | None:
    """The evaluation's score before this dispute changed anything."""
    return scores_before(session, [dispute]).get(dispute.id, row.final)


def _changes(
    session: Session, row: Evaluation, items: dict[str, DisputeItem], ruled: dict[str, Ruling]
) -> dict[str, Change]:
    """The answers that the rulings change. Raises DisputeRefused."""
    changes: dict[str, Change] = {}
    for name, ruling in ruled.items():
        words = clean(ruling.words, name, "words")
        if ruling.decision != "accept" and not words:
            raise DisputeRefused(name, "words", "missing", "Say in a few words why: the rep reads it.")
        if ruling.decision == "reject":
            continue
        if name:
            answer = items[name].proposed if ruling.decision == "accept" else ruling.answer
            changes[name] = Change(answer, words or items[name].comment)
            continue
        if not ruling.answers:
            raise DisputeRefused(
                "", "answers", "missing", "Say which answers change, or leave the evaluation as it is."
            )
        for criterion, answer in ruling.answers.items():
            changes.setdefault(criterion, Change(answer, words or items[name].comment))
    given = read_answers(row.answers)
    for name, change in check_changes(pinned(session, row), changes).items():
        if given.get(name) is not None and given[name].answer == change.answer:
            raise DisputeRefused(name, "answer", "same", "This is the answer that stands: to leave it, reject.")
        changes[name] = change
    return changes


def _write(
    item: DisputeItem,
    ruling: Ruling,
    changes: dict[str, Change],
    viewer: Viewer,
    level: str,
    call: Call,
    now: datetime,
) -> None:
    """What was decided of one criterion; another answer that is the proposed one is accepted in full."""
    names = [item.criterion] if item.criterion else list(ruling.answers)
    settled = {} if ruling.decision == "reject" else {name: changes[name].answer for name in names if name in changes}
    in_full = ruling.decision == "accept" or (item.criterion and settled.get(item.criterion) == item.proposed)
    if ruling.decision != "reject":
        item.decision, item.settled = "accepted" if in_full else "other", settled
    elif item.decision != "other":  # a manager's other answer stands when the quality lead goes no further
        item.decision = "rejected"
    item.words = without_numbers(clean(ruling.words, item.criterion, "words"), call.language)
    item.level, item.decided_by, item.decided_at = level, viewer.user_id, now


def _tell_answered(session: Session, dispute: Dispute, there: Around, viewer: Viewer) -> None:
    due = dispute.due_at.isoformat() if dispute.due_at else None
    people = [there.rep_user, dispute.raised_by]
    tell_people(session, dispute, people, "dispute_answered", by=viewer.user_id, who=viewer.name, due=due)
    tell_people(session, dispute, [dispute.scorer_id], "dispute_answered_scorer", by=viewer.user_id, who=viewer.name)

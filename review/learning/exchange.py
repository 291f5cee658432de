"""Labels out and in as JSON lines: to train elsewhere, to keep, to bring to another installation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.learning.data import call_name, read_label_rows
from review.learning.shown import refresh_call
from review.models import Call, StoredAssessment, User, Verdict
from review.performance.results import keep_machine
from review.services.audit import record
from scoring.learning.labels import Label, NotALabel


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: new labels, those that were there already, and calls that are not on this installation."""

    added: int
    known: int
    unknown_calls: tuple[str, ...]


def export_lines(session: Session) -> Iterator[str]:
    """Every label as one line of JSON, in the order people gave them."""
    for label in read_label_rows(session):
        yield json.dumps(label.to_json(), ensure_ascii=False)


def note_export(session: Session, user_id: int | None, *, door: str) -> None:
    """Say in the audit log that labels, which quote calls, were taken out."""
    record(session, user_id, "labels.export", "installation", "labels", door=door)


def import_labels(session: Session, labels: Sequence[Label], user_id: int | None = None) -> Imported:
    """Add labels made elsewhere to the calls of the same source and external id; a repeat adds nothing.

    A reviewer with the same e-mail here is the same person. Raises NotALabel for a time that cannot be read.
    """
    calls = {
        call_name(row.source, row.external_id): row.id
        for row in session.execute(select(Call.source, Call.external_id, Call.id))
    }
    users = {row.email: row.id for row in session.execute(select(User.email, User.id))}
    known = {_identity(label) for label in read_label_rows(session)}
    added = repeated = 0
    missing: set[str] = set()
    touched: set[int] = set()
    for label in labels:
        at = _time(label)
        call_id = calls.get(label.call)
        if call_id is None:
            missing.add(label.call)
        elif _identity(label) in known:
            repeated += 1
        else:
            known.add(_identity(label))
            touched.add(call_id)
            session.add(_verdict(label, call_id, users.get(label.reviewer), at))
            added += 1
    session.flush()
    for call_id in sorted(touched):
        _show(session, call_id)
    record(session, user_id, "labels.import", "installation", "labels", added=added, known=repeated)
    return Imported(added, repeated, tuple(sorted(missing)))


def _verdict(label: Label, call_id: int, user_id: int | None, at: datetime) -> Verdict:
    return Verdict(
        call_id=call_id,
        assessment_id=None,
        transcript_id=None,
        standard=label.standard,
        version=label.version,
        kind=label.kind,
        target=label.target,
        machine=label.machine,
        answer=label.answer,
        confirmed=label.confirms,
        span=None if label.span is None else label.span.to_json(),
        reason=label.reason,
        user_id=user_id,
        reviewer=label.reviewer,
        drawn_by=label.drawn_by,
        packs=dict(label.packs),
        models=dict(label.models),
        created_at=at,
    )


def _show(session: Session, call_id: int) -> None:
    """The call's shown score with the verdicts that came in."""
    body = session.scalar(
        select(StoredAssessment.body).join(Call, Call.assessment_id == StoredAssessment.id).where(Call.id == call_id)
    )
    if body is not None:
        assessment = unpack_body(body)
        refresh_call(session, call_id, assessment)
        keep_machine(session, call_id, assessment)


def _identity(label: Label) -> tuple[str, ...]:
    return (label.call, label.kind, label.target, label.reviewer, _time(label).isoformat(), label.answer)


def _time(label: Label) -> datetime:
    try:
        at = datetime.fromisoformat(label.at)
    except ValueError as error:
        raise NotALabel(f"'at' is no ISO time: {label.at}") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

"""Automatic mode: switched on by a lead where the gate is open, off by hand, withdrawn when it no longer passes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from review.agreement.reading import read_agreement
from review.agreement.types import CriterionAgreement, NotOffered
from review.comments.notices import notify
from review.models import AutomaticCriterion, User, UserRole, utc_now
from review.queries.viewer import Viewer
from review.sampling.reviewers import LEADS, is_lead
from review.services.audit import record


def switch_on(session: Session, viewer: Viewer, criterion: str, language: str) -> None:
    """Let the machine answer the criterion by itself from now on. Raises NotOffered unless the gate is open."""
    if not is_lead(viewer):
        raise NotOffered(criterion, language, "unknown")
    one = next(iter(read_agreement(session, criterion=criterion, language=language)), None)
    if one is None:
        raise NotOffered(criterion, language, "unknown")
    if not one.may_switch_on:
        why = "on" if one.is_on else "people" if one.mode == "people" else one.measured.gate.verdict
        raise NotOffered(criterion, language, why)
    now = utc_now()
    table = AutomaticCriterion.__table__
    assert isinstance(table, Table)  # noqa: S101 (every model is mapped to one table)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.execute(
        insert(table)
        .values(
            criterion=criterion,
            language=language,
            state="on",
            figures=figures_json(one),
            user_id=viewer.user_id,
            name=viewer.name,
            on_at=now,
            checked_at=now,
            off_why="",
            off_figures={},
        )
        .on_conflict_do_nothing()
        .returning(table.c.id)
    ).scalar()
    if made is None:
        raise NotOffered(criterion, language, "on")
    record(
        session,
        viewer.user_id,
        "automatic.on",
        "criterion",
        f"{criterion}.{language}",
        **figures_json(one),
    )


def switch_off(session: Session, viewer: Viewer, criterion: str, language: str) -> None:
    """Let people answer it again; what was answered until now stays. Raises NotOffered when it is not on."""
    if not is_lead(viewer):
        raise NotOffered(criterion, language, "unknown")
    row = session.scalar(
        select(AutomaticCriterion)
        .where(
            AutomaticCriterion.criterion == criterion,
            AutomaticCriterion.language == language,
            AutomaticCriterion.state == "on",
        )
        .with_for_update()
    )
    if row is None:
        raise NotOffered(criterion, language, "off")
    row.state, row.off_at, row.off_by, row.off_why = "off", utc_now(), viewer.user_id, "hand"
    session.flush()
    record(session, viewer.user_id, "automatic.off", "criterion", f"{criterion}.{language}")


def withdraw_failing(session: Session, now: datetime | None = None) -> tuple[str, ...]:
    """Look at every criterion in automatic mode and withdraw what no longer passes; their names.

    Leads are told, with the reason; the page shows the figures it fell by. Doing it twice does no harm.
    """
    now = now or utc_now()
    rows = session.scalars(
        select(AutomaticCriterion)
        .where(AutomaticCriterion.state == "on")
        .order_by(AutomaticCriterion.id)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return ()
    known = {(one.criterion, one.language): one for one in read_agreement(session)}
    gone = []
    for row in rows:
        one = known.get((row.criterion, row.language))
        row.checked_at = now
        if one is not None and one.measured.gate.is_open and one.mode != "people":
            continue
        why = "unknown" if one is None else "people" if one.mode == "people" else one.measured.gate.verdict
        figures = {} if one is None else figures_json(one)
        row.state, row.off_at, row.off_why, row.off_figures = "withdrawn", now, why, figures
        gone.append(f"{row.criterion}.{row.language}")
        record(session, None, "automatic.withdrawn", "criterion", gone[-1], why=why, **figures)
        for user_id in _to_tell(session, row.user_id):
            body = {"criterion": row.criterion, "why": why, "url": "/calibration/agreement"}
            notify(session, user_id, "automatic_withdrawn", body=body)
    session.flush()
    return tuple(gone)


def figures_json(one: CriterionAgreement) -> dict[str, Any]:
    """The figures a switch was decided by, as they are kept with it."""
    measured = one.measured
    return {
        "people": measured.people.to_json(),
        "people_basis": measured.people_basis,
        "machine": measured.machine.to_json(),
        "machine_basis": measured.machine_basis,
        "judge": one.judge or "rules",
        "verdict": measured.gate.verdict,
    }


def _to_tell(session: Session, user_id: int | None) -> list[int]:
    leads = session.scalars(
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_(LEADS), User.disabled_at.is_(None))
        .distinct()
    )
    return sorted(set(leads) | ({user_id} if user_id is not None else set()))

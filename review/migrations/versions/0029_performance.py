"""Answers per criterion and call as rows, so that trends and heat maps ask the database, not stored bodies."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import yaml
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
BATCH = 500

Asked = dict[str, tuple[str, Mapping[str, Any]]]  # the section and the words of each criterion of a standard


def upgrade() -> None:
    """Calls that were judged already count from the first day."""
    result = op.create_table(
        "criterion_result",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=True),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("assessment_id", ID, nullable=True),
        sa.Column("evaluation_id", ID, nullable=True),
        sa.CheckConstraint("source IN ('machine', 'person')", name="ck_criterion_result_source"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_criterion_result_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_criterion_result_rep_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_criterion_result"),
        sa.UniqueConstraint("call_id", "criterion", "source", name="uq_criterion_result_call_id_criterion_source"),
    )
    _fill(result)
    op.create_index(
        "ix_criterion_result_stands",
        "criterion_result",
        ["rep_id", "happened_at", "criterion", "source", "part", "fraction", "call_id", "standard", "stands"],
        sqlite_where=sa.text("stands = 1"),
        postgresql_where=sa.text("stands"),
    )
    op.create_index("ix_criterion_result_evaluation_id", "criterion_result", ["evaluation_id"])
    op.create_table(
        "data_export",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("size", ID, nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'gone')", name="ck_data_export_state"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_data_export_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_data_export_rep_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_data_export"),
    )
    op.create_index("ix_data_export_rep_id", "data_export", ["rep_id"])
    op.create_index("ix_data_export_state", "data_export", ["state"])
    made = sa.text("state IN ('waiting', 'running')")
    op.create_index(
        "ix_data_export_under_way", "data_export", ["user_id"], unique=True, sqlite_where=made, postgresql_where=made
    )


def downgrade() -> None:
    """The rows are gone; the assessments and verdicts they were read from stay."""
    op.drop_table("data_export")
    op.drop_table("criterion_result")


def _fill(result: sa.Table) -> None:
    """From the shown assessments and the verdicts that count, in batches by the call's number."""
    connection = op.get_bind()
    call = sa.table(
        "call", *(sa.column(name) for name in ("id", "rep_id", "assessment_id")), sa.column("happened_at", TIME)
    )
    assessment = sa.table("assessment", *map(sa.column, ("id", "body", "standard", "version")))
    standards: dict[tuple[str, int], Asked] = {}
    last = 0
    while True:
        calls = connection.execute(
            sa.select(call, assessment.c.body, assessment.c.standard, assessment.c.version)
            .outerjoin(assessment, assessment.c.id == call.c.assessment_id)
            .where(call.c.id > last)
            .order_by(call.c.id)
            .limit(BATCH)
        ).all()
        if not calls:
            return
        decided = _decided(connection, last, calls[-1].id, standards)
        last = calls[-1].id
        rows: list[dict[str, Any]] = []
        for found in calls:
            mine = decided.get(found.id, {})
            facts = {"call_id": found.id, "rep_id": found.rep_id, "happened_at": found.happened_at}
            if found.body is not None:
                body = json.loads(zlib.decompress(found.body))
                asked = _asked(connection, standards, found.standard, found.version)
                for item in body.get("criteria") or []:
                    row = _row(asked, found.standard, found.version, item["id"], item.get("answer"))
                    if row is not None:
                        stands = item["id"] not in mine
                        more = {"source": "machine", "stands": stands, "part": None, "evaluation_id": None}
                        rows.append({**facts, **row, **more, "assessment_id": found.assessment_id})
            rows += [{**facts, **row} for row in mine.values()]
        if rows:
            connection.execute(sa.insert(result), rows)


def _decided(
    connection: sa.Connection, after: int, last: int, standards: dict[tuple[str, int], Asked]
) -> dict[int, dict[str, dict[str, Any]]]:
    """By call and criterion the newest decision of a person that counts: shown, not void, not taken back."""
    names = ("id", "call_id", "kind", "target", "standard", "version", "answer", "evaluation_id")
    verdict = sa.table("verdict", *(sa.column(name) for name in names))
    later = verdict.alias("later")
    evaluation = sa.table(
        "evaluation", *(sa.column(name) for name in ("id", "state", "assignment_id")), sa.column("show_at", TIME)
    )
    assignment = sa.table("assignment", sa.column("id"), sa.column("part"))
    taken_back = (
        sa.exists()
        .where(later.c.evaluation_id == verdict.c.evaluation_id)
        .where(later.c.kind == verdict.c.kind, later.c.target == verdict.c.target)
        .where(later.c.answer == "(withdrawn)", later.c.id > verdict.c.id)
    )
    shown = evaluation.c.state.in_(("shown", "acknowledged", "disputed", "final"))
    due = sa.and_(evaluation.c.state == "submitted", evaluation.c.show_at <= sa.func.current_timestamp())
    found = connection.execute(
        sa.select(verdict, assignment.c.part)
        .select_from(verdict)
        .outerjoin(evaluation, evaluation.c.id == verdict.c.evaluation_id)
        .outerjoin(assignment, assignment.c.id == evaluation.c.assignment_id)
        .where(verdict.c.call_id > after, verdict.c.call_id <= last, verdict.c.kind == "criterion")
        .where(verdict.c.answer != "(withdrawn)")
        .where(sa.or_(verdict.c.evaluation_id.is_(None), sa.and_(sa.or_(shown, due), ~taken_back)))
        .order_by(verdict.c.id)
    )
    rows: dict[int, dict[str, dict[str, Any]]] = {}
    for said in found:
        asked = _asked(connection, standards, said.standard, said.version)
        row = _row(asked, said.standard, said.version, said.target, said.answer)
        if row is not None:
            part = said.part if said.part in ("random", "risk") else "chosen"
            more = {"source": "person", "stands": True, "part": part, "assessment_id": None}
            rows.setdefault(said.call_id, {})[said.target] = {**row, **more, "evaluation_id": said.evaluation_id}
    return rows


def _asked(connection: sa.Connection, known: dict[tuple[str, int], Asked], name: str, version: int) -> Asked:
    """What a version of a standard asks, from the text that is kept; nothing where none is."""
    if (name, version) not in known:
        kept = sa.table("standard_version", sa.column("name"), sa.column("version"), sa.column("text"))
        text = connection.scalar(sa.select(kept.c.text).where(kept.c.name == name, kept.c.version == version))
        data = yaml.load(text, yaml.BaseLoader) if text else {}  # noqa: S506 (makes nothing but text)
        known[name, version] = {
            criterion["id"]: (section["id"], criterion)
            for section in data.get("sections") or []
            for criterion in section.get("criteria") or []
        }
    return known[name, version]


def _row(asked: Asked, standard: str, version: int, target: str, answer: str | None) -> dict[str, Any] | None:
    if target not in asked or not answer:
        return None
    section, criterion = asked[target]
    scale = _scale(criterion)
    least, most = min(scale.values(), default=0.0), max(scale.values(), default=0.0)
    points = _number(criterion, answer) if "range" in criterion else scale.get(answer)
    if most <= least or (points is None and answer not in ("na", "cannot_judge")):
        return None
    return {
        "standard": standard,
        "version": version,
        "criterion": target,
        "section": section,
        "answer": answer,
        "fraction": None if points is None else round((points - least) / (most - least), 6),
    }


def _scale(criterion: Mapping[str, Any]) -> dict[str, float]:
    """The points of each answer; of a range its two ends."""
    if "range" in criterion:
        return {end: float(criterion["range"][end]) for end in ("least", "most")}
    if criterion.get("options"):
        return {str(option["id"]): float(option["points"]) for option in criterion["options"]}
    return {"no": 0.0, "yes": 1.0} if criterion.get("kind") == "yes_no" else {}


def _number(criterion: Mapping[str, Any], answer: str) -> float | None:
    try:
        value = float(answer)
    except ValueError:
        return None
    ends = _scale(criterion)
    return value if math.isfinite(value) and ends["least"] <= value <= ends["most"] else None

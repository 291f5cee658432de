"""Objection episodes as rows, filled from the assessments that are shown."""

from __future__ import annotations

import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BATCH = 500


def upgrade() -> None:
    episode = op.create_table(
        "objection_episode",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("types", JSON, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("reaction", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=True),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("moves", JSON, nullable=False),
        sa.Column("faults", JSON, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_objection_episode_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_objection_episode"),
        sa.UniqueConstraint("call_id", "number", name="uq_objection_episode_call_id_number"),
    )
    op.create_index("ix_objection_episode_type_outcome", "objection_episode", ["type", "outcome"])
    _fill(episode)


def _fill(episode: sa.Table) -> None:
    """From the shown assessments, in batches by the call's number so that memory stays small."""
    connection = op.get_bind()
    call = sa.table("call", sa.column("id"), sa.column("assessment_id"), sa.column("objections"))
    assessment = sa.table("assessment", sa.column("id"), sa.column("body"))
    last = 0
    while True:
        found = connection.execute(
            sa.select(call.c.id, assessment.c.body)
            .join(assessment, assessment.c.id == call.c.assessment_id)
            .where(call.c.id > last, call.c.objections > 0)
            .order_by(call.c.id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        last = found[-1].id
        rows = [
            {"call_id": call_id, "number": number, **_columns(item)}
            for call_id, body in found
            for number, item in enumerate(json.loads(zlib.decompress(body)).get("objections") or [], 1)
        ]
        if rows:
            connection.execute(sa.insert(episode), rows)


def _columns(item: dict[str, Any]) -> dict[str, Any]:
    client, response = item.get("client") or {}, item.get("response") or {}
    types = [str(kind) for kind in item.get("types") or ["other"]]
    return {
        "type": types[0],
        "types": types,
        "outcome": str(item.get("outcome")),
        "severity": item.get("severity"),
        "reaction": str(item.get("reaction")),
        "start": client.get("start"),
        "quote": str(client.get("quote") or ""),
        "answer": response.get("quote"),
        "moves": [str(move["name"]) for move in item.get("moves") or []],
        "faults": [str(fault["name"]) for fault in item.get("faults") or []],
    }


def downgrade() -> None:
    op.drop_table("objection_episode")

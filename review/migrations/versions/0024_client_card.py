"""What people do on a client's card, and promises and facts as rows, filled from the assessments that are shown."""

from __future__ import annotations

import json
import zlib
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
BATCH = 500


def upgrade() -> None:
    """Promises and facts of calls already judged are on the cards at once."""
    op.create_table(
        "client_comment",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("mentions", JSON, nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("edited_at", TIME, nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("deleted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_client_comment_client_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_client_comment_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_client_comment"),
        sa.UniqueConstraint("user_id", "token", name="uq_client_comment_user_id_token"),
    )
    op.create_index("ix_client_comment_client_id_created_at", "client_comment", ["client_id", "created_at"])
    said: list[tuple[str, Any]] = [("turn", sa.Integer()), ("start", sa.Double()), ("end", sa.Double())]
    promise = _create_said(
        "call_promise",
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        *(sa.Column(name, kind, nullable=True) for name, kind in said),
    )
    fact = _create_said(
        "call_fact",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        *(sa.Column(name, kind, nullable=True) for name, kind in said),
    )
    op.create_table(
        "promise_decision",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_promise_decision_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_promise_decision_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_promise_decision"),
    )
    op.create_index("ix_promise_decision_call_id", "promise_decision", ["call_id"])
    op.create_index("ix_promise_decision_user_id", "promise_decision", ["user_id"])
    _fill(promise, fact)


def _create_said(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return op.create_table(
        name,
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *columns,
        sa.Column("quote", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=f"fk_{name}_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("call_id", "number", name=f"uq_{name}_call_id_number"),
    )


def _fill(promise: sa.Table, fact: sa.Table) -> None:
    """From the shown assessments, in batches by the call's number so that memory stays small."""
    connection = op.get_bind()
    call = sa.table("call", sa.column("id"), sa.column("assessment_id"))
    assessment = sa.table("assessment", sa.column("id"), sa.column("body"))
    last = 0
    while True:
        found = connection.execute(
            sa.select(call.c.id, assessment.c.body)
            .join(assessment, assessment.c.id == call.c.assessment_id)
            .where(call.c.id > last)
            .order_by(call.c.id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        last = found[-1].id
        promises: list[dict[str, Any]] = []
        facts: list[dict[str, Any]] = []
        for call_id, body in found:
            data = json.loads(zlib.decompress(body))
            promises += [
                {"call_id": call_id, "number": number, "said_by": item["by"], "what": item["what"], **_said(item)}
                | {"due_on": date.fromisoformat(item["due"]) if item.get("due") else None}
                for number, item in enumerate(_once(data.get("promises") or []), 1)
            ]
            facts += [
                {"call_id": call_id, "number": number, "name": item["id"], "value": item["value"], **_said(item)}
                for number, item in enumerate(data.get("facts_found") or [], 1)
            ]
        if promises:
            connection.execute(sa.insert(promise), promises)
        if facts:
            connection.execute(sa.insert(fact), facts)


def _once(promises: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those said again for the same day."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, item in enumerate(promises):
        kept.setdefault((item["by"], item["what"], item.get("due") or number), item)
    return list(kept.values())


def _said(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in ("turn", "start", "end")} | {"quote": item.get("quote") or ""}


def downgrade() -> None:
    """Remarks on clients and what people said of promises are gone; calls and assessments stay."""
    for table in ("promise_decision", "call_fact", "call_promise", "client_comment"):
        op.drop_table(table)

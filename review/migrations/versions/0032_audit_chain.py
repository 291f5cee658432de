"""The audit log as a chain of sealed links; what was recorded before it is kept by one fingerprint."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Each earlier event keeps who did it; the first link of the chain follows on the fingerprint of them all."""
    with op.batch_alter_table("audit_event") as batch:
        batch.add_column(sa.Column("actor", ID, nullable=True))
        batch.add_column(sa.Column("number", ID, nullable=True))
        batch.add_column(sa.Column("previous", sa.String(), nullable=True))
        batch.add_column(sa.Column("seal", sa.String(), nullable=True))
        batch.create_unique_constraint("uq_audit_event_number", ["number"])
    op.create_index("ix_audit_event_action_id", "audit_event", ["action", "id"])
    op.execute("UPDATE audit_event SET actor = user_id")
    head = op.create_table(
        "audit_head",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("earlier_id", ID, nullable=False),
        sa.Column("earlier_events", ID, nullable=False),
        sa.Column("earlier_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "audit_check",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("events", ID, nullable=False),
        sa.Column("earlier", ID, nullable=False),
        sa.Column("last", ID, nullable=False),
        sa.Column("faults", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_check"),
    )
    last, events, digest = _earlier()
    op.execute(
        sa.insert(head).values(
            id=1, number=0, seal=digest, earlier_id=last, earlier_events=events, earlier_digest=digest
        )
    )


def _earlier() -> tuple[int, int, str]:
    """The last id, how many, and the fingerprint, as review.audit_chain.links.digest_earlier makes it."""
    event = sa.table(
        "audit_event",
        *(sa.column(name) for name in ("id", "actor", "action", "subject_kind", "subject_id")),
        sa.column("at", TIME),
        sa.column("details", JSON),
    )
    digest, last, events = hashlib.sha256(), 0, 0
    for row in op.get_bind().execute(sa.select(*event.c).order_by(event.c.id)):
        at: datetime = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
        fields = [
            row.id,
            at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.actor,
            row.action,
            row.subject_kind,
            row.subject_id,
            _plain(row.details),
        ]
        digest.update(json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode() + b"\n")
        last, events = row.id, events + 1
    return last, events, digest.hexdigest() if events else ""


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def downgrade() -> None:
    """The events stay, without their seals."""
    op.drop_table("audit_check")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_event_action_id", "audit_event")
    with op.batch_alter_table("audit_event") as batch:
        batch.drop_constraint("uq_audit_event_number", type_="unique")
        for name in ("seal", "previous", "number", "actor"):
            batch.drop_column(name)

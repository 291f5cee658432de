"""Web audio, watched folders, the outbox and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "web_audio",
        sa.Column("call_id", ID, autoincrement=False, nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_web_audio_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", name="pk_web_audio"),
    )
    op.create_table(
        "watched_file",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("mtime_ns", ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_watched_file_call_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("path", name="pk_watched_file"),
    )
    op.create_index("ix_watched_file_call_id", "watched_file", ["call_id"])
    op.create_table(
        "outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_done_at_next_at", "outbox", ["done_at", "next_at"])
    op.create_table(
        "audit_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_audit_event_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_subject_kind_subject_id", "audit_event", ["subject_kind", "subject_id"])
    op.create_index("ix_audit_event_user_id", "audit_event", ["user_id"])


def downgrade() -> None:
    op.drop_table("audit_event")
    op.drop_table("outbox")
    op.drop_table("watched_file")
    op.drop_table("web_audio")

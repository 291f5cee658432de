"""Sealed originals, named rights, the speech model there is now, calls transcribed again, more about sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NO_NAMES = sa.text("'[]'")


def upgrade() -> None:
    op.create_table(
        "sealed_original",
        sa.Column("transcript_id", ID, autoincrement=False, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name="fk_sealed_original_transcript_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_sealed_original_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("transcript_id", name="pk_sealed_original"),
    )
    op.create_index("ix_sealed_original_call_id", "sealed_original", ["call_id"])
    op.create_table(
        "user_right",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("granted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_user_right_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_user_right"),
    )
    op.create_table(
        "speech_now",
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("engine", name="pk_speech_now"),
    )
    # Plain ALTER TABLE, no copy of the table: a call has children, and a million rows are not rewritten.
    op.add_column("source", sa.Column("products", JSON, nullable=False, server_default=NO_NAMES))
    op.add_column("source", sa.Column("engine", sa.String(), nullable=True))
    op.add_column("source", sa.Column("accuracy", sa.String(), nullable=False, server_default="normal"))
    op.add_column("call", sa.Column("speech_rank", sa.Integer(), nullable=True))
    op.add_column("call", sa.Column("again_at", TIME, nullable=True))
    op.create_index("ix_call_state_speech_rank", "call", ["state", "speech_rank"])
    op.create_index("ix_call_again_at", "call", ["again_at"])
    # 0 is review.speech_rank.DRAFT: drafts there already can be offered to a better model.
    op.execute(sa.text("UPDATE call SET speech_rank = 0 WHERE draft"))


def downgrade() -> None:
    op.drop_index("ix_call_again_at", "call")
    op.drop_index("ix_call_state_speech_rank", "call")
    op.drop_column("call", "again_at")
    op.drop_column("call", "speech_rank")
    op.drop_column("source", "accuracy")
    op.drop_column("source", "engine")
    op.drop_column("source", "products")
    op.drop_table("speech_now")
    op.drop_table("user_right")
    op.drop_table("sealed_original")

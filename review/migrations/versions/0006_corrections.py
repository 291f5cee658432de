"""Corrections by hand, and the rep's channel learned from swaps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("transcript_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("undoes", ID, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_correction_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name="fk_correction_transcript_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_correction_user_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["undoes"], ["correction.id"], name="fk_correction_undoes", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
        sa.UniqueConstraint("call_id", "number", name="uq_correction_call_id_number"),
    )
    op.create_index("ix_correction_kind_call_id", "correction", ["kind", "call_id"])
    op.create_index("ix_correction_transcript_id", "correction", ["transcript_id"])
    op.create_index("ix_correction_undoes", "correction", ["undoes"])
    op.create_index("ix_correction_user_id", "correction", ["user_id"])
    op.create_table(
        "source_role_change",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.name"],
            name="fk_source_role_change_source",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_source_role_change_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_source_role_change"),
    )
    op.create_index("ix_source_role_change_source_id", "source_role_change", ["source", "id"])
    op.create_index("ix_source_role_change_user_id", "source_role_change", ["user_id"])


def downgrade() -> None:
    op.drop_table("source_role_change")
    op.drop_table("correction")

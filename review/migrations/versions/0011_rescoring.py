"""Standards of an installation's own, and calls scored again in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("standard_version", sa.Column("imported_at", TIME, nullable=True))
    op.create_index("ix_assessment_standard_version", "assessment", ["standard", "version"])
    op.create_table(
        "rescore_run",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("requested_by", ID, nullable=True),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("standard", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("show", sa.Boolean(), nullable=False),
        sa.Column("pins", JSON, nullable=False),
        sa.Column("packs", JSON, nullable=False),
        sa.Column("last_call", ID, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name="ck_rescore_run_state"
        ),
        sa.ForeignKeyConstraint(["requested_by"], ["user.id"], name="fk_rescore_run_requested_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_rescore_run"),
    )
    op.create_index("ix_rescore_run_state", "rescore_run", ["state"])
    op.create_index("ix_rescore_run_requested_by", "rescore_run", ["requested_by"])
    op.create_table(
        "rescore_change",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("call_id", ID, autoincrement=False, nullable=False),
        sa.Column("before_id", ID, nullable=True),
        sa.Column("after_id", ID, nullable=True),
        sa.Column("before_final", sa.Double(), nullable=True),
        sa.Column("after_final", sa.Double(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["rescore_run.id"], name="fk_rescore_change_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_rescore_change_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "call_id", name="pk_rescore_change"),
    )
    op.create_index("ix_rescore_change_call_id", "rescore_change", ["call_id"])


def downgrade() -> None:
    op.drop_table("rescore_change")
    op.drop_table("rescore_run")
    op.drop_index("ix_assessment_standard_version", "assessment")
    op.drop_column("standard_version", "imported_at")

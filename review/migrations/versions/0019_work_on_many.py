"""A second reviewer for a share of what is drawn by lot; acts on many calls, kept so that they outlive the page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Rules from before it give no call to two people."""
    op.add_column(
        "sampling_rule", sa.Column("second_percent", sa.Double(), nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "bulk_run",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("requested_by", ID, nullable=True),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("selection", JSON, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("last_call", ID, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("left_over", JSON, nullable=False),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name="ck_bulk_run_state"),
        sa.ForeignKeyConstraint(["requested_by"], ["user.id"], name="fk_bulk_run_requested_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_run"),
    )
    op.create_index("ix_bulk_run_state", "bulk_run", ["state"])
    op.create_index("ix_bulk_run_requested_by", "bulk_run", ["requested_by"])


def downgrade() -> None:
    """What was done to the calls stays done."""
    op.drop_table("bulk_run")
    op.drop_column("sampling_rule", "second_percent")

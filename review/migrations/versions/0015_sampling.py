"""Sampling rules, draws and the calls assigned to reviewers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
DRAWN = sa.text("part IN ('random', 'risk')")
OPEN = sa.text("state = 'open'")


def _key(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "sampling_rule",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("conditions", JSON, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("per_rep", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Double(), nullable=True),
        sa.Column("random_share", sa.Double(), nullable=False),
        sa.Column("risks", JSON, nullable=False),
        sa.Column("reviewers", JSON, nullable=False),
        sa.Column("sharing", sa.String(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'removed')", name="ck_sampling_rule_state"),
        sa.CheckConstraint("(per_rep IS NULL) <> (percent IS NULL)", name="ck_sampling_rule_amount"),
        sa.CheckConstraint("random_share > 0 AND random_share <= 1", name="ck_sampling_rule_random_share"),
        _key("sampling_rule", "created_by", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_sampling_rule"),
    )
    op.create_index("ix_sampling_rule_created_by", "sampling_rule", ["created_by"])
    op.create_table(
        "sampling_draw",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("period_key", sa.String(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("by_lot", sa.Integer(), nullable=False),
        sa.Column("by_risk", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        _key("sampling_draw", "rule_id", "sampling_rule.id", "CASCADE"),
        _key("sampling_draw", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_sampling_draw"),
        sa.UniqueConstraint("rule_id", "period_key", name="uq_sampling_draw_rule_id_period_key"),
    )
    op.create_index("ix_sampling_draw_starts_at", "sampling_draw", ["starts_at"])
    op.create_index("ix_sampling_draw_user_id", "sampling_draw", ["user_id"])
    op.create_table(
        "assignment",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("rule_id", ID, nullable=True),
        sa.Column("draw_id", ID, nullable=True),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("why", JSON, nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.String(), nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evaluation_id", ID, nullable=True),
        sa.Column("assigned_by", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.CheckConstraint("part IN ('random', 'risk', 'chosen', 'calibration')", name="ck_assignment_part"),
        sa.CheckConstraint("state IN ('open', 'done', 'skipped', 'withdrawn')", name="ck_assignment_state"),
        sa.CheckConstraint(
            "probability IS NULL OR (probability > 0 AND probability <= 1)", name="ck_assignment_probability"
        ),
        _key("assignment", "call_id", "call.id", "CASCADE"),
        _key("assignment", "user_id", "user.id", "SET NULL"),
        _key("assignment", "rule_id", "sampling_rule.id", "SET NULL"),
        _key("assignment", "draw_id", "sampling_draw.id", "SET NULL"),
        _key("assignment", "assigned_by", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    op.create_index(
        "ix_assignment_drawn", "assignment", ["call_id"], unique=True, sqlite_where=DRAWN, postgresql_where=DRAWN
    )
    op.create_index(
        "ix_assignment_open",
        "assignment",
        ["call_id", "user_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_assignment_user_id_state_due_at", "assignment", ["user_id", "state", "due_at"])
    for column in ("call_id", "rule_id", "draw_id", "assigned_by"):
        op.create_index(f"ix_assignment_{column}", "assignment", [column])


def downgrade() -> None:
    for table in ("assignment", "sampling_draw", "sampling_rule"):
        op.drop_table(table)

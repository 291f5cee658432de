"""Evaluations: scorecards filled in by people, beside the machine's assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DRAFT = sa.text("state = 'draft'")


def _key(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=ondelete)


def upgrade() -> None:
    """The tables of this step."""
    op.create_table(
        "evaluation",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("assessment_id", ID, nullable=True),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("assignment_id", ID, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("raw", sa.Double(), nullable=True),
        sa.Column("final", sa.Double(), nullable=True),
        sa.Column("critical", sa.Double(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("submitted_at", TIME, nullable=True),
        sa.Column("first_submitted_at", TIME, nullable=True),
        sa.Column("show_at", TIME, nullable=True),
        sa.Column("shown_at", TIME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("dispute", sa.String(), nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        _key("evaluation", "call_id", "call.id", "CASCADE"),
        _key("evaluation", "assessment_id", "assessment.id", "SET NULL"),
        _key("evaluation", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
    )
    op.create_index(
        "ix_evaluation_draft",
        "evaluation",
        ["call_id", "user_id"],
        unique=True,
        sqlite_where=DRAFT,
        postgresql_where=DRAFT,
    )
    op.create_index("ix_evaluation_call_id", "evaluation", ["call_id"])
    op.create_index("ix_evaluation_assessment_id", "evaluation", ["assessment_id"])
    op.create_index("ix_evaluation_user_id_state", "evaluation", ["user_id", "state"])
    op.create_index("ix_evaluation_state_show_at", "evaluation", ["state", "show_at"])
    op.create_table(
        "evaluation_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("evaluation_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        _key("evaluation_event", "evaluation_id", "evaluation.id", "CASCADE"),
        _key("evaluation_event", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_event"),
    )
    op.create_index("ix_evaluation_event_evaluation_id", "evaluation_event", ["evaluation_id"])
    op.create_index("ix_evaluation_event_user_id", "evaluation_event", ["user_id"])
    # Which evaluation a verdict came with, so that those of a void one count no more. Plain: verdicts outlive all else.
    op.add_column("verdict", sa.Column("evaluation_id", ID, nullable=True))
    op.create_index("ix_verdict_evaluation_id", "verdict", ["evaluation_id"])


def downgrade() -> None:
    """The tables of this step, taken away again."""
    op.drop_index("ix_verdict_evaluation_id", "verdict")
    op.drop_column("verdict", "evaluation_id")
    op.drop_table("evaluation_event")
    op.drop_table("evaluation")

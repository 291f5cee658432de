"""Calibration: the same calls judged by several people apart, and how far they agree."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
ON = sa.text("state = 'on'")


def upgrade() -> None:
    """Evaluations made so far are in no calibration: they count as before."""
    op.add_column("evaluation", sa.Column("calibration_id", ID, nullable=True))
    op.create_index("ix_evaluation_calibration_id", "evaluation", ["calibration_id"])
    op.create_table(
        "calibration",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *_texts("name", "note", "standard"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("state", "against"),
        sa.Column("benchmark_id", ID, nullable=True),
        *_texts("benchmark"),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("remind_at", TIME, nullable=False),
        sa.Column("reminded_at", TIME, nullable=True),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        *_texts("closed_how"),
        sa.CheckConstraint("state IN ('open', 'closed', 'cancelled')", name=op.f("ck_calibration_state")),
        sa.CheckConstraint("against IN ('none', 'benchmark', 'consensus')", name=op.f("ck_calibration_against")),
        *(_key("calibration", name, "user.id", "SET NULL") for name in ("benchmark_id", "created_by", "closed_by")),
        sa.PrimaryKeyConstraint("id", name="pk_calibration"),
    )
    op.create_index("ix_calibration_state_due_at", "calibration", ["state", "due_at"])
    for name in ("benchmark_id", "created_by", "closed_by"):
        op.create_index(f"ix_calibration_{name}", "calibration", [name])
    op.create_table(
        "calibration_call",
        sa.Column("calibration_id", ID, autoincrement=False, nullable=False),
        sa.Column("call_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *_texts("how"),
        _key("calibration_call", "calibration_id", "calibration.id", "CASCADE"),
        _key("calibration_call", "call_id", "call.id", "CASCADE"),
        sa.PrimaryKeyConstraint("calibration_id", "call_id", name="pk_calibration_call"),
    )
    op.create_index("ix_calibration_call_call_id", "calibration_call", ["call_id"])
    op.create_table(
        "calibration_seat",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("calibration_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("person", ID, nullable=False),
        *_texts("name"),
        sa.Column("assignment_id", ID, nullable=True),
        *_texts("left_out"),
        _key("calibration_seat", "calibration_id", "calibration.id", "CASCADE"),
        _key("calibration_seat", "call_id", "call.id", "CASCADE"),
        _key("calibration_seat", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_seat"),
    )
    op.create_index("ix_calibration_seat_calibration_id_call_id", "calibration_seat", ["calibration_id", "call_id"])
    op.create_index("ix_calibration_seat_user_id_calibration_id", "calibration_seat", ["user_id", "calibration_id"])
    op.create_index("ix_calibration_seat_call_id", "calibration_seat", ["call_id"])
    op.create_index("ix_calibration_seat_assignment_id", "calibration_seat", ["assignment_id"])
    op.create_table(
        "calibration_agreed",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("calibration_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        *_texts("criterion", "answer", "note"),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        _key("calibration_agreed", "calibration_id", "calibration.id", "CASCADE"),
        _key("calibration_agreed", "call_id", "call.id", "CASCADE"),
        _key("calibration_agreed", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_agreed"),
        sa.UniqueConstraint(
            "calibration_id", "call_id", "criterion", name="uq_calibration_agreed_calibration_id_call_id_criterion"
        ),
    )
    op.create_index("ix_calibration_agreed_call_id", "calibration_agreed", ["call_id"])
    op.create_index("ix_calibration_agreed_user_id", "calibration_agreed", ["user_id"])
    _create_automatic()


def _create_automatic() -> None:
    op.create_table(
        "automatic_criterion",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *_texts("criterion", "language", "state"),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        *_texts("name"),
        sa.Column("on_at", TIME, nullable=False),
        sa.Column("checked_at", TIME, nullable=True),
        sa.Column("off_at", TIME, nullable=True),
        sa.Column("off_by", ID, nullable=True),
        *_texts("off_why"),
        sa.Column("off_figures", JSON, nullable=False),
        sa.CheckConstraint("state IN ('on', 'off', 'withdrawn')", name=op.f("ck_automatic_criterion_state")),
        *(_key("automatic_criterion", name, "user.id", "SET NULL") for name in ("user_id", "off_by")),
        sa.PrimaryKeyConstraint("id", name="pk_automatic_criterion"),
    )
    op.create_index(
        "ix_automatic_criterion_on",
        "automatic_criterion",
        ["criterion", "language"],
        unique=True,
        sqlite_where=ON,
        postgresql_where=ON,
    )
    for name in ("user_id", "off_by"):
        op.create_index(f"ix_automatic_criterion_{name}", "automatic_criterion", [name])


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _key(table: str, column: str, target: str, gone: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=gone)


def downgrade() -> None:
    """Sessions are gone, and so are the scorecards filled in for them: without their mark they would count."""
    op.execute("DELETE FROM evaluation WHERE calibration_id IS NOT NULL")
    for table in (
        "automatic_criterion",
        "calibration_agreed",
        "calibration_seat",
        "calibration_call",
        "calibration",
    ):
        op.drop_table(table)
    op.drop_index("ix_evaluation_calibration_id", "evaluation")
    op.drop_column("evaluation", "calibration_id")

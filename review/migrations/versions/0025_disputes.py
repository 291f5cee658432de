"""Disputes: objections to single answers of an evaluation, decided level by level with deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
STATES = "state IN ('first', 'answered', 'lead', 'decided', 'withdrawn', 'void')"
OPEN = "state IN ('first', 'answered', 'lead')"
DAYS_TO_DECIDE = 5  # for what was disputed before there were deadlines


def upgrade() -> None:
    """What was disputed in words becomes a dispute of the whole evaluation, open until it is decided."""
    dispute = op.create_table(
        "dispute",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        _of("dispute", "evaluation_id", "evaluation"),
        _of("dispute", "call_id", "call"),
        _by("dispute", "scorer_id"),
        _by("dispute", "raised_by"),
        sa.Column("raised_name", sa.String(), nullable=False),
        sa.Column("raised_as", sa.String(), nullable=False),
        sa.Column("raised_at", TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lead_why", sa.String(), nullable=False),
        sa.Column("evaluation_state", sa.String(), nullable=False),
        _by("dispute", "first_decider_id"),
        sa.Column("since", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("remind_at", TIME, nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("stranded_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('first', 'answered', 'lead', 'decided', 'withdrawn', 'void')", name="ck_dispute_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
    )
    for column in ("evaluation_id", "call_id", "scorer_id", "raised_by", "first_decider_id"):
        op.create_index(f"ix_dispute_{column}", "dispute", [column])
    op.create_index("ix_dispute_state_due_at", "dispute", ["state", "due_at"])
    op.create_index("ix_dispute_raised_at", "dispute", ["raised_at", "id"])
    op.create_index(
        "ix_dispute_open",
        "dispute",
        ["evaluation_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    item = op.create_table(
        "dispute_item",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        _of("dispute_item", "dispute_id", "dispute"),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("proposed", sa.String(), nullable=False),
        sa.Column("second", sa.Double(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("settled", JSON, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        _by("dispute_item", "decided_by"),
        sa.Column("decided_at", TIME, nullable=True),
        sa.CheckConstraint("decision IN ('', 'accepted', 'other', 'rejected')", name="ck_dispute_item_decision"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_item"),
        sa.UniqueConstraint("dispute_id", "criterion", name="uq_dispute_item_dispute_id_criterion"),
    )
    op.create_index("ix_dispute_item_decided_by", "dispute_item", ["decided_by"])
    event = op.create_table(
        "dispute_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        _of("dispute_event", "dispute_id", "dispute"),
        sa.Column("at", TIME, nullable=False),
        _by("dispute_event", "user_id"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_event"),
    )
    op.create_index("ix_dispute_event_dispute_id", "dispute_event", ["dispute_id"])
    op.create_index("ix_dispute_event_user_id", "dispute_event", ["user_id"])
    op.create_table(
        "dispute_window",
        sa.Column("evaluation_id", ID, autoincrement=False, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("remind_at", TIME, nullable=True),
        sa.Column("reminded_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name="fk_dispute_window_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name="pk_dispute_window"),
    )
    op.create_index("ix_dispute_window_remind_at", "dispute_window", ["remind_at"])
    days = ("raise_days", "first_days", "further_days", "lead_days", "remind_days")
    op.create_table(
        "dispute_rule",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in days),
        _by("dispute_rule", "set_by"),
        sa.Column("set_at", TIME, nullable=False),
        sa.CheckConstraint(
            "raise_days BETWEEN 1 AND 90 AND first_days BETWEEN 1 AND 90 AND further_days BETWEEN 1 AND 90"
            " AND lead_days BETWEEN 1 AND 90 AND remind_days BETWEEN 0 AND 30",
            name="ck_dispute_rule_days",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_rule"),
    )
    op.create_index("ix_dispute_rule_set_by", "dispute_rule", ["set_by"])
    _take_over(dispute, item, event)


def downgrade() -> None:
    """Evaluations keep the words of those who disputed them."""
    for name in ("dispute_rule", "dispute_window", "dispute_event", "dispute_item", "dispute"):
        op.drop_table(name)


def _of(table: str, name: str, other: str) -> sa.Column[Any]:
    return sa.Column(
        name, ID, sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{name}", ondelete="CASCADE"), nullable=False
    )


def _by(table: str, name: str) -> sa.Column[Any]:
    return sa.Column(name, ID, sa.ForeignKey("user.id", name=f"fk_{table}_{name}", ondelete="SET NULL"), nullable=True)


def _take_over(dispute: sa.Table, item: sa.Table, event: sa.Table) -> None:
    connection = op.get_bind()
    evaluation = sa.table(
        "evaluation",
        *(sa.column(name) for name in ("id", "call_id", "user_id", "state", "dispute")),
        sa.column("answered_at", TIME),
        sa.column("updated_at", TIME),
    )
    call = sa.table("call", *(sa.column(name) for name in ("id", "rep_id", "rep_name")))
    rep = sa.table("rep", *(sa.column(name) for name in ("id", "user_id", "name")))
    found = connection.execute(
        sa.select(evaluation, call.c.rep_name, rep.c.name.label("rep"), rep.c.user_id.label("rep_user"))
        .select_from(evaluation.join(call, call.c.id == evaluation.c.call_id).outerjoin(rep, rep.c.id == call.c.rep_id))
        .where(evaluation.c.state == "disputed")
        .order_by(evaluation.c.id)
    ).all()
    now = datetime.now(UTC)
    for row in found:
        name = row.rep or row.rep_name or ""
        at = row.answered_at or row.updated_at
        made = connection.execute(
            dispute.insert()
            .values(
                evaluation_id=row.id,
                call_id=row.call_id,
                scorer_id=row.user_id,
                raised_by=row.rep_user,
                raised_name=name,
                raised_as="rep",
                raised_at=at,
                state="first",
                lead_why="",
                evaluation_state="shown",
                since=now,
                due_at=now + timedelta(days=DAYS_TO_DECIDE),
                remind_at=now + timedelta(days=DAYS_TO_DECIDE - 1),
                reminded=0,
                revision=1,
            )
            .returning(dispute.c.id)
        ).scalar_one()
        connection.execute(
            item.insert().values(
                dispute_id=made,
                criterion="",
                comment=row.dispute,
                answer="",
                proposed="",
                decision="",
                settled={},
                words="",
                level="",
            )
        )
        connection.execute(
            event.insert().values(
                dispute_id=made, at=at, user_id=row.rep_user, name=name, event="raised", details={"before": True}
            )
        )

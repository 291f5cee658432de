"""Leads that may have been closed wrongly, and the work on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric(14, 2)

LINKS = {
    "deal_id": "deal",
    "call_id": "call",
    "client_id": "client",
    "closed_by_id": "rep",
    "owner_id": "rep",
    "last_call_id": "call",
    "verdict_by": "user",
    "new_owner_id": "rep",
    "reopened_by": "user",
}


def upgrade() -> None:
    """Two tables; leads closed before are found by the first pass."""
    op.create_table(
        "win_back_lead",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *(sa.Column(name, ID, nullable=True) for name in LINKS),
        *(sa.Column(name, TIME, nullable=False) for name in ("found_at", "watch_until", "judged_at")),
        *(
            sa.Column(name, TIME, nullable=True)
            for name in (
                "closed_at",
                "verdict_at",
                "reopened_at",
                "due_at",
                "outcome_at",
                "reached_at",
                "returned_at",
            )
        ),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in (
                "arm",
                "seed",
                "found_band",
                "inputs",
                "band",
                "reasons",
                "state",
                "verdict_reason",
                "brief",
                "quote",
                "outcome",
            )
        ),
        *(
            sa.Column(name, sa.String(), nullable=True)
            for name in ("found_excluded", "excluded", "currency", "ended", "verdict", "push_key", "outcome_by")
        ),
        *(
            sa.Column(name, sa.Double(), nullable=False)
            for name in ("control_share", "lot", "probability", "chance", "rank")
        ),
        *(sa.Column(name, MONEY, nullable=True) for name in ("value", "outcome_sum")),
        sa.Column("judged", JSON, nullable=False),
        sa.CheckConstraint(
            "state IN ('found', 'confirmed', 'rejected', 'not_sure', 'reopened', 'closed')",
            name="ck_win_back_lead_state",
        ),
        sa.CheckConstraint("arm IN ('queue', 'control')", name="ck_win_back_lead_arm"),
        sa.CheckConstraint(
            "outcome IN ('none', 'reached', 'reopened', 'won', 'lost')", name="ck_win_back_lead_outcome"
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_win_back_lead_{name}", ondelete="SET NULL")
            for name, table in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_win_back_lead"),
        sa.UniqueConstraint("deal_id", name="uq_win_back_lead_deal_id"),
        sa.UniqueConstraint("call_id", name="uq_win_back_lead_call_id"),
    )
    for name in ("client_id", "closed_by_id", "owner_id", "last_call_id", "verdict_by", "reopened_by"):
        op.create_index(f"ix_win_back_lead_{name}", "win_back_lead", [name])
    op.create_index("ix_win_back_lead_state_rank_id", "win_back_lead", ["state", "rank", "id"])
    op.create_index("ix_win_back_lead_new_owner_id_state", "win_back_lead", ["new_owner_id", "state"])
    op.create_table(
        "win_back_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["win_back_lead.id"], name="fk_win_back_event_lead_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_win_back_event_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_win_back_event"),
    )
    op.create_index("ix_win_back_event_lead_id_id", "win_back_event", ["lead_id", "id"])
    op.create_index("ix_win_back_event_user_id", "win_back_event", ["user_id"])


def downgrade() -> None:
    """What was found and decided is gone; leads, calls and verdicts stay."""
    op.drop_table("win_back_event")
    op.drop_table("win_back_lead")

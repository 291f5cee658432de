"""Calls, where they come from, their recordings and deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("rep_channel", sa.Integer(), nullable=False),
        sa.Column("standard", sa.String(), nullable=True),
        sa.Column("company_names", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("name", name="uq_source_name"),
    )
    op.create_table(
        "recording",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_recording"),
    )
    op.create_table(
        "call",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("rep_name", sa.String(), nullable=True),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("client_phone", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.Column("loss_reason", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("transcript_sha256", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("hinted_at", sa.Double(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("failure", JSON, nullable=True),
        sa.Column("engine_wait", JSON, nullable=True),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("score_partial", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("score_final", sa.Double(), nullable=True),
        sa.Column("score_state", sa.String(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("objections", sa.Integer(), nullable=False),
        sa.Column("objections_missed", sa.Integer(), nullable=False),
        sa.Column("wrongly_rejected", sa.String(), nullable=True),
        sa.Column("cannot_judge", sa.Double(), nullable=True),
        sa.Column("assessment_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'transcribing', 'transcribed', 'scoring', 'scored', "
            "'needs_model', 'no_audio', 'dead')",
            name=op.f("ck_call_state"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_call_client_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_call_deal_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_call_rep_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_call_source", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(["transcript_sha256"], ["recording.sha256"], name="fk_call_transcript_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
        sa.UniqueConstraint("source", "external_id", name="uq_call_source_external_id"),
    )
    op.create_index("ix_call_client_id_happened_at_id", "call", ["client_id", "happened_at", "id"])
    op.create_index("ix_call_client_phone_started_at", "call", ["client_phone", "started_at"])
    op.create_index("ix_call_deal_id", "call", ["deal_id"])
    op.create_index("ix_call_external_id", "call", ["external_id"])
    op.create_index("ix_call_happened_at_id", "call", ["happened_at", "id"])
    op.create_index("ix_call_rep_id_happened_at_id", "call", ["rep_id", "happened_at", "id"])
    op.create_index("ix_call_state_happened_at_id", "call", ["state", "happened_at", "id"])
    op.create_index("ix_call_state_next_at", "call", ["state", "next_at"])
    op.create_index("ix_call_source_happened_at_id", "call", ["source", "happened_at", "id"])
    op.create_index("ix_call_language_happened_at_id", "call", ["language", "happened_at", "id"])
    op.create_index("ix_call_wrongly_rejected_happened_at_id", "call", ["wrongly_rejected", "happened_at", "id"])
    op.create_table(
        "call_leg",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("original_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_call_leg_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sha256"], ["recording.sha256"], name="fk_call_leg_sha256"),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_call_leg"),
    )
    op.create_index("ix_call_leg_sha256", "call_leg", ["sha256"])
    op.create_table(
        "delivery",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_delivery_call_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_call_id", "delivery", ["call_id"])
    op.create_index("ix_delivery_source_external_id", "delivery", ["source", "external_id"])


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("call_leg")
    op.drop_table("call")
    op.drop_table("recording")
    op.drop_table("source")

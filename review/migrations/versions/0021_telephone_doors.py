"""Raw deliveries of telephone systems, recordings still to be fetched, who is meant by a name or number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Calls from before it have no result: whether somebody answered was not kept."""
    op.add_column("call", sa.Column("result", sa.String(), nullable=True))
    op.add_column("call", sa.Column("talk_seconds", sa.Integer(), nullable=True))
    op.create_table(
        "source_door",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_delivery_at", TIME, nullable=True),
        _of_source("source_door"),
        sa.PrimaryKeyConstraint("source", name="pk_source_door"),
        sa.UniqueConstraint("token_hash", name="uq_source_door_token_hash"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("processed_at", TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'ignored', 'refused', 'failed')", name="ck_webhook_delivery_state"
        ),
        _of_source("webhook_delivery"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_webhook_delivery_call_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
    )
    op.create_index("ix_webhook_delivery_source_id", "webhook_delivery", ["source", "id"])
    op.create_index("ix_webhook_delivery_state_id", "webhook_delivery", ["state", "id"])
    op.create_index("ix_webhook_delivery_received_at", "webhook_delivery", ["received_at"])
    op.create_index("ix_webhook_delivery_call_id", "webhook_delivery", ["call_id"])
    op.create_table(
        "audio_fetch",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("failure", JSON, nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'fetching', 'done', 'failed')", name="ck_audio_fetch_state"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_audio_fetch_call_id", ondelete="CASCADE"),
        _of_source("audio_fetch"),
        sa.PrimaryKeyConstraint("id", name="pk_audio_fetch"),
        sa.UniqueConstraint("call_id", "reference", name="uq_audio_fetch_call_id_reference"),
    )
    op.create_index("ix_audio_fetch_state_next_at", "audio_fetch", ["state", "next_at"])
    op.create_index("ix_audio_fetch_source_id", "audio_fetch", ["source", "id"])
    op.create_table(
        "rep_alias",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rep_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        _of_source("rep_alias"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_rep_alias_rep_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_rep_alias_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("source", "name", name="pk_rep_alias"),
    )
    op.create_index("ix_rep_alias_rep_id", "rep_alias", ["rep_id"])
    op.create_index("ix_rep_alias_user_id", "rep_alias", ["user_id"])
    op.create_table(
        "number_choice",
        sa.Column("e164", sa.String(), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_number_choice_client_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_number_choice_deal_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_number_choice_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("e164", name="pk_number_choice"),
    )
    for column in ("client_id", "deal_id", "user_id"):
        op.create_index(f"ix_number_choice_{column}", "number_choice", [column])


def downgrade() -> None:
    """Sources and calls stay; their doors have to be set up again."""
    for table in ("number_choice", "rep_alias", "audio_fetch", "webhook_delivery", "source_door"):
        op.drop_table(table)
    with op.batch_alter_table("call") as call:
        call.drop_column("talk_seconds")
        call.drop_column("result")


def _of_source(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["source"], ["source.name"], name=f"fk_{table}_source", onupdate="CASCADE", ondelete="CASCADE"
    )

"""Webhooks of our own: whom to tell of what and each telling with its tries; requests of programs done once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody is told of anything that happened before."""
    op.create_table(
        "webhook",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", TIME, nullable=True),
        sa.Column("failing_since", sa.Double(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_webhook_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_index("ix_webhook_state", "webhook", ["state"])
    op.create_index("ix_webhook_user_id", "webhook", ["user_id"])
    op.create_table(
        "webhook_message",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", JSON, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=True),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name="fk_webhook_message_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_message"),
        sa.UniqueConstraint("uid", name="uq_webhook_message_uid"),
    )
    op.create_index("ix_webhook_message_webhook_id_id", "webhook_message", ["webhook_id", "id"])
    op.create_index("ix_webhook_message_due", "webhook_message", ["webhook_id", "state", "next_at", "id"])
    op.create_index("ix_webhook_message_done_at", "webhook_message", ["done_at"])
    op.create_table(
        "api_once",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("token_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name="fk_api_once_token_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_api_once"),
        sa.UniqueConstraint("token_id", "key", name="uq_api_once_token_id_key"),
    )
    op.create_index("ix_api_once_created_at", "api_once", ["created_at"])


def downgrade() -> None:
    """Nobody is told any more; the facts themselves stay where they are."""
    op.drop_table("api_once")
    op.drop_table("webhook_message")
    op.drop_table("webhook")

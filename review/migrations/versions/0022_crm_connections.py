"""Connections to CRMs, what rows are called there, what did not agree, files to import, and what is to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What waited to be sent goes on waiting; there was nobody who sent it."""
    op.create_table(
        "crm_connection",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("note_when", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("cursor", JSON, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("last_sync_at", TIME, nullable=True),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_crm_connection"),
        sa.UniqueConstraint("name", name="uq_crm_connection_name"),
    )
    op.create_index("ix_crm_connection_state_next_at", "crm_connection", ["state", "next_at"])
    op.create_table(
        "crm_id",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("row_id", ID, nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["crm_connection.id"], name="fk_crm_id_connection_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "entity", "remote_id", name="pk_crm_id"),
    )
    op.create_index("ix_crm_id_entity_row_id", "crm_id", ["entity", "row_id"])
    op.create_table(
        "crm_conflict",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("won", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["crm_connection.id"], name="fk_crm_conflict_connection_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_crm_conflict"),
    )
    op.create_index("ix_crm_conflict_connection_id_at", "crm_conflict", ["connection_id", "at"])
    op.create_table(
        "crm_mapping",
        sa.Column("headings", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("headings", name="pk_crm_mapping"),
    )
    op.create_table(
        "crm_upload",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_crm_upload_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("token", name="pk_crm_upload"),
    )
    op.create_index("ix_crm_upload_user_id", "crm_upload", ["user_id"])
    op.create_index("ix_crm_upload_created_at", "crm_upload", ["created_at"])
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("connection_id", ID, nullable=True))
        outbox.add_column(sa.Column("state", sa.String(), nullable=False, server_default=sa.text("'waiting'")))
        outbox.add_column(sa.Column("error", sa.String(), nullable=False, server_default=sa.text("''")))
        outbox.add_column(sa.Column("remote_id", sa.String(), nullable=False, server_default=sa.text("''")))
        outbox.add_column(sa.Column("lease_token", sa.String(), nullable=True))
        outbox.add_column(sa.Column("lease_until", sa.Double(), nullable=True))
        outbox.create_foreign_key(
            "fk_outbox_connection_id", "crm_connection", ["connection_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index("ix_outbox_connection_id", "outbox", ["connection_id"])


def downgrade() -> None:
    """Clients and deals stay; which CRM they came from, and what is to be told to it, is gone."""
    op.drop_index("ix_outbox_connection_id", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("fk_outbox_connection_id", type_="foreignkey")
        for name in ("lease_until", "lease_token", "remote_id", "error", "state", "connection_id"):
            outbox.drop_column(name)
    for table in ("crm_upload", "crm_mapping", "crm_conflict", "crm_id", "crm_connection"):
        op.drop_table(table)

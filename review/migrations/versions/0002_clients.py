"""Clients and what the CRM knows of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("potential", sa.String(), nullable=True),
        sa.Column("client_group", sa.String(), nullable=True),
        sa.Column("product_group", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
        sa.UniqueConstraint("external_id", name="uq_client_external_id"),
    )
    op.create_index("ix_client_name", "client", ["name"])
    op.create_table(
        "client_phone",
        sa.Column("client_id", ID, nullable=False),
        sa.Column("e164", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_client_phone_client_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("client_id", "e164", name="pk_client_phone"),
    )
    op.create_index("ix_client_phone_e164", "client_phone", ["e164"])
    op.create_table(
        "loss_reason",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_loss_reason"),
    )
    op.create_table(
        "deal",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("stage_since", TIME, nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("loss_reason", sa.String(), nullable=True),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_deal_client_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_deal_rep_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_deal"),
        sa.UniqueConstraint("external_id", name="uq_deal_external_id"),
    )
    op.create_index("ix_deal_client_id_opened_at", "deal", ["client_id", "opened_at"])
    op.create_index("ix_deal_rep_id", "deal", ["rep_id"])
    op.create_table(
        "crm_task",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_crm_task_client_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_crm_task_deal_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_crm_task_rep_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_crm_task"),
        sa.UniqueConstraint("external_id", name="uq_crm_task_external_id"),
    )
    op.create_index("ix_crm_task_client_id", "crm_task", ["client_id"])
    op.create_index("ix_crm_task_deal_id", "crm_task", ["deal_id"])
    op.create_index("ix_crm_task_rep_id", "crm_task", ["rep_id"])


def downgrade() -> None:
    op.drop_table("crm_task")
    op.drop_table("deal")
    op.drop_table("loss_reason")
    op.drop_table("client_phone")
    op.drop_table("client")

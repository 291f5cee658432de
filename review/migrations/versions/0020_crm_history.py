"""What a CRM tells beside deals: stages gone through, notes, e-mails; hot clients, own fields, numbers not to call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Deals from before it are deals, not leads; who closed them is not known."""
    op.add_column("client", sa.Column("custom", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.add_column("client", sa.Column("hot", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("client", sa.Column("hot_note", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("client", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1")))
    with op.batch_alter_table("deal") as deal:
        deal.add_column(sa.Column("kind", sa.String(), nullable=False, server_default=sa.text("'deal'")))
        deal.add_column(sa.Column("closed_by_id", ID, nullable=True))
        deal.add_column(sa.Column("url", sa.String(), nullable=True))
        deal.create_foreign_key("fk_deal_closed_by_id", "rep", ["closed_by_id"], ["id"], ondelete="SET NULL")
    op.create_index("ix_deal_closed_by_id", "deal", ["closed_by_id"])
    op.create_index("ix_deal_status_closed_at", "deal", ["status", "closed_at"])
    op.create_table(
        "deal_stage",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("deal_id", ID, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_deal_stage_deal_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_deal_stage_rep_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_deal_stage"),
        sa.UniqueConstraint("deal_id", "at", "stage", name="uq_deal_stage_deal_id_at_stage"),
    )
    op.create_index("ix_deal_stage_rep_id", "deal_stage", ["rep_id"])
    for table, more in (
        (
            "crm_note",
            [sa.Column("body", sa.String(), nullable=False), sa.Column("author", sa.String(), nullable=False)],
        ),
        (
            "crm_email",
            [sa.Column("subject", sa.String(), nullable=False), sa.Column("direction", sa.String(), nullable=False)],
        ),
    ):
        op.create_table(
            table,
            sa.Column("id", ID, autoincrement=True, nullable=False),
            sa.Column("external_id", sa.String(), nullable=True),
            sa.Column("client_id", ID, nullable=False),
            sa.Column("deal_id", ID, nullable=True),
            sa.Column("rep_id", ID, nullable=True),
            sa.Column("at", TIME, nullable=False),
            *more,
            sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{table}_client_id", ondelete="CASCADE"),
            sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=f"fk_{table}_deal_id", ondelete="SET NULL"),
            sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name=f"fk_{table}_rep_id", ondelete="SET NULL"),
            sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
            sa.UniqueConstraint("external_id", name=f"uq_{table}_external_id"),
        )
        op.create_index(f"ix_{table}_client_id_at", table, ["client_id", "at"])
        op.create_index(f"ix_{table}_deal_id", table, ["deal_id"])
        op.create_index(f"ix_{table}_rep_id", table, ["rep_id"])
    op.create_table(
        "do_not_call",
        sa.Column("e164", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_do_not_call_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("e164", name="pk_do_not_call"),
    )
    op.create_index("ix_do_not_call_user_id", "do_not_call", ["user_id"])


def downgrade() -> None:
    """Deals and clients stay; what else the CRM told is gone until it is read again."""
    for table in ("do_not_call", "crm_email", "crm_note", "deal_stage"):
        op.drop_table(table)
    op.drop_index("ix_deal_status_closed_at", "deal")
    op.drop_index("ix_deal_closed_by_id", "deal")
    with op.batch_alter_table("deal") as deal:
        deal.drop_constraint("fk_deal_closed_by_id", type_="foreignkey")
        for name in ("url", "closed_by_id", "kind"):
            deal.drop_column(name)
    for name in ("revision", "hot_note", "hot", "custom"):
        op.drop_column("client", name)

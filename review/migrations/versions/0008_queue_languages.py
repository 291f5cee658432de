"""A language for each queue of a source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("source", sa.Column("queue_languages", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.create_index("ix_call_source_queue", "call", ["source", "queue"])


def downgrade() -> None:
    op.drop_index("ix_call_source_queue", "call")
    op.drop_column("source", "queue_languages")

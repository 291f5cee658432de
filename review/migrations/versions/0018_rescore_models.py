"""The learned models a run that scores again began with, so that a promotion in its middle does not split it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """A column; runs from before it pinned no models (NULL) and go on by those in charge."""
    op.add_column("rescore_run", sa.Column("models", JSON, nullable=True))


def downgrade() -> None:
    """The models of runs are forgotten."""
    op.drop_column("rescore_run", "models")

"""Saved views, and tags on calls."""

from __future__ import annotations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step."""


def downgrade() -> None:
    """The tables of this step, taken away again."""

"""Scorecards under work: drafts of standards, and names put away."""

from __future__ import annotations

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step."""


def downgrade() -> None:
    """The tables of this step, taken away again."""

"""Sampling rules, draws and the calls assigned to reviewers."""

from __future__ import annotations

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step."""


def downgrade() -> None:
    """The tables of this step, taken away again."""

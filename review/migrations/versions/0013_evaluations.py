"""Evaluations: scorecards filled in by people, beside the machine's assessments."""

from __future__ import annotations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step."""


def downgrade() -> None:
    """The tables of this step, taken away again."""

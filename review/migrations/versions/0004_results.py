"""Transcripts with full-text search, and assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("quality", JSON, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_transcript_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_transcript"),
        sa.UniqueConstraint("call_id", "number", name="uq_transcript_call_id_number"),
    )
    op.create_table(
        "segment",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=True),
        sa.Column("end", sa.Double(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("tokens", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_segment_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_segment"),
        sa.UniqueConstraint("call_id", "turn", name="uq_segment_call_id_turn"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("transcript_id", ID, nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.Double(), nullable=True),
        sa.Column("final", sa.Double(), nullable=True),
        sa.Column("critical", sa.Double(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_assessment_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name="fk_assessment_transcript_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_call_id", "assessment", ["call_id"])
    op.create_index("ix_assessment_transcript_id", "assessment", ["transcript_id"])
    op.create_table(
        "standard_version",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("first_used_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_standard_version"),
    )
    _create_search()


def downgrade() -> None:
    _drop_search()
    op.drop_table("standard_version")
    op.drop_table("assessment")
    op.drop_table("segment")
    op.drop_table("transcript")


def _create_search() -> None:
    """Full text over segment.tokens: words are already cut and folded, so both back ends only index what they see."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE segment ADD COLUMN tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', tokens)) STORED"
        )
        op.execute("CREATE INDEX ix_segment_tsv ON segment USING gin (tsv)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE segment_fts USING fts5("
        "tokens, content='segment', content_rowid='id', tokenize=\"unicode61 remove_diacritics 0\")"
    )
    # Triggers, not calls: a cascade that removes a call's segments must take their words out of the index as well.
    op.execute(
        "CREATE TRIGGER segment_fts_insert AFTER INSERT ON segment BEGIN "
        "INSERT INTO segment_fts(rowid, tokens) VALUES (new.id, new.tokens); END"
    )
    op.execute(
        "CREATE TRIGGER segment_fts_delete AFTER DELETE ON segment BEGIN "
        "INSERT INTO segment_fts(segment_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END"
    )
    op.execute(
        "CREATE TRIGGER segment_fts_update AFTER UPDATE ON segment BEGIN "
        "INSERT INTO segment_fts(segment_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
        "INSERT INTO segment_fts(rowid, tokens) VALUES (new.id, new.tokens); END"
    )


def _drop_search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE segment_fts")  # its triggers go with the table segment; PostgreSQL's column as well

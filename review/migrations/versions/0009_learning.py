"""Verdicts, models learned from them, frozen tests, what to ask next, shadow answers, drift."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PROMOTED = sa.text("state = 'promoted'")


def _key(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("assessment_id", ID, nullable=True),
        sa.Column("transcript_id", ID, nullable=True),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("span", JSON, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("packs", JSON, nullable=False),
        sa.Column("models", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        _key("verdict", "call_id", "call.id"),
        _key("verdict", "assessment_id", "assessment.id"),
        _key("verdict", "transcript_id", "transcript.id"),
        _key("verdict", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
    )
    op.create_index("ix_verdict_call_id_kind_target", "verdict", ["call_id", "kind", "target"])
    op.create_index("ix_verdict_kind_target_id", "verdict", ["kind", "target", "id"])
    for column in ("assessment_id", "transcript_id", "user_id", "created_at"):
        op.create_index(f"ix_verdict_{column}", "verdict", [column])
    op.create_table(
        "learned_model",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("test", JSON, nullable=False),
        sa.Column("usual", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learned_model"),
        sa.UniqueConstraint("criterion", "language", "version", name="uq_learned_model_criterion_language_version"),
    )
    op.create_index(
        "ix_learned_model_in_charge",
        "learned_model",
        ["criterion", "language"],
        unique=True,
        sqlite_where=PROMOTED,
        postgresql_where=PROMOTED,
    )
    op.create_table(
        "model_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("model_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        _key("model_event", "model_id", "learned_model.id"),
        _key("model_event", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_model_event"),
    )
    op.create_index("ix_model_event_model_id", "model_event", ["model_id"])
    op.create_index("ix_model_event_user_id", "model_event", ["user_id"])
    op.create_table(
        "frozen_test",
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("frozen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("criterion", "language", name="pk_frozen_test"),
    )
    op.create_table(
        "label_request",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("drawn_at", TIME, nullable=False),
        _key("label_request", "call_id", "call.id"),
        sa.PrimaryKeyConstraint("id", name="pk_label_request"),
        sa.UniqueConstraint("call_id", "target", name="uq_label_request_call_id_target"),
    )
    op.create_index("ix_label_request_target_id", "label_request", ["target", "id"])
    op.create_table(
        "shadow_answer",
        sa.Column("model_id", ID, autoincrement=False, nullable=False),
        sa.Column("call_id", ID, autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        _key("shadow_answer", "model_id", "learned_model.id"),
        _key("shadow_answer", "call_id", "call.id"),
        sa.PrimaryKeyConstraint("model_id", "call_id", name="pk_shadow_answer"),
    )
    op.create_index("ix_shadow_answer_call_id", "shadow_answer", ["call_id"])
    op.create_table(
        "drift_reading",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("psi", sa.Double(), nullable=True),
        sa.Column("unknown", sa.Double(), nullable=True),
        sa.Column("speech", sa.Double(), nullable=True),
        sa.Column("kappa", sa.Double(), nullable=True),
        sa.Column("alarms", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drift_reading"),
        sa.UniqueConstraint("criterion", "language", "day", name="uq_drift_reading_criterion_language_day"),
    )


def downgrade() -> None:
    for table in (
        "drift_reading",
        "shadow_answer",
        "label_request",
        "frozen_test",
        "model_event",
        "learned_model",
        "verdict",
    ):
        op.drop_table(table)

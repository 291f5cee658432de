"""Coaching: sessions with an agreed action, plans over weeks, and what later calls show of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing to fill: nobody was coached here before."""
    op.create_table(
        "coaching_plan",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("rep_name", sa.String(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("coach_id", ID, nullable=True),
        sa.Column("coach_name", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("criteria", JSON, nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('active', 'ended')", name="ck_coaching_plan_state"),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name="fk_coaching_plan_coach_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_coaching_plan_rep_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_coaching_plan_team_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_plan"),
        sa.UniqueConstraint("token", name="uq_coaching_plan_token"),
    )
    op.create_index("ix_coaching_plan_coach_id", "coaching_plan", ["coach_id"])
    op.create_index("ix_coaching_plan_rep_id_id", "coaching_plan", ["rep_id", "id"])
    op.create_index("ix_coaching_plan_team_id", "coaching_plan", ["team_id"])
    op.create_table(
        "coaching_session",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("rep_name", sa.String(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("coach_id", ID, nullable=True),
        sa.Column("coach_name", sa.String(), nullable=False),
        sa.Column("plan_id", ID, nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("picked", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("went_well", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("question", JSON, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("action_by", sa.String(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("talk_at", TIME, nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("private_notes", sa.String(), nullable=False),
        sa.Column("weeks_before", sa.Integer(), nullable=False),
        sa.Column("held_at", TIME, nullable=True),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("action_done", sa.Boolean(), nullable=True),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("followed_up_at", TIME, nullable=True),
        sa.Column("measured", JSON, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("told_soon", TIME, nullable=True),
        sa.Column("told_late", TIME, nullable=True),
        sa.Column("told_ready", TIME, nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("action_by IN ('rep', 'coach', 'both')", name="ck_coaching_session_action_by"),
        sa.CheckConstraint("cause IN ('knowledge', 'motivation')", name="ck_coaching_session_cause"),
        sa.CheckConstraint("picked IN ('one_call', 'figures', 'asked', 'plan')", name="ck_coaching_session_picked"),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'done', 'not_done', 'followed_up', 'closed')",
            name="ck_coaching_session_state",
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_coaching_session_call_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name="fk_coaching_session_coach_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["coaching_plan.id"], name="fk_coaching_session_plan_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["rep.id"], name="fk_coaching_session_rep_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_coaching_session_team_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_session"),
        sa.UniqueConstraint("token", name="uq_coaching_session_token"),
    )
    op.create_index("ix_coaching_session_call_id", "coaching_session", ["call_id"])
    op.create_index("ix_coaching_session_coach_id_state", "coaching_session", ["coach_id", "state"])
    op.create_index("ix_coaching_session_plan_id", "coaching_session", ["plan_id"])
    op.create_index("ix_coaching_session_rep_id_id", "coaching_session", ["rep_id", "id"])
    op.create_index("ix_coaching_session_state_due_at", "coaching_session", ["state", "due_at"])
    op.create_index("ix_coaching_session_team_id", "coaching_session", ["team_id"])
    op.create_table(
        "coaching_clip",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_coaching_clip_call_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name="fk_coaching_clip_clip_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name="fk_coaching_clip_session_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_clip"),
    )
    op.create_index("ix_coaching_clip_call_id", "coaching_clip", ["call_id"])
    op.create_index("ix_coaching_clip_clip_id", "coaching_clip", ["clip_id"])
    op.create_index("ix_coaching_clip_session_id_position", "coaching_clip", ["session_id", "position"])
    op.create_table(
        "coaching_comment",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name="fk_coaching_comment_session_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_coaching_comment_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_comment"),
        sa.UniqueConstraint("user_id", "token", name="uq_coaching_comment_user_id_token"),
    )
    op.create_index("ix_coaching_comment_session_id", "coaching_comment", ["session_id"])
    op.create_table(
        "coaching_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name="fk_coaching_event_session_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_coaching_event_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_event"),
    )
    op.create_index("ix_coaching_event_session_id", "coaching_event", ["session_id"])
    op.create_index("ix_coaching_event_user_id", "coaching_event", ["user_id"])
    op.create_table(
        "coaching_step",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("playlist_id", ID, nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("told_late", TIME, nullable=True),
        sa.CheckConstraint("kind IN ('session', 'playlist', 'quiz', 'practice')", name="ck_coaching_step_kind"),
        sa.ForeignKeyConstraint(["plan_id"], ["coaching_plan.id"], name="fk_coaching_step_plan_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["playlist_id"], ["playlist.id"], name="fk_coaching_step_playlist_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name="fk_coaching_step_session_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_step"),
    )
    op.create_index("ix_coaching_step_plan_id_week_position", "coaching_step", ["plan_id", "week", "position"])
    op.create_index("ix_coaching_step_playlist_id", "coaching_step", ["playlist_id"])
    op.create_index("ix_coaching_step_session_id", "coaching_step", ["session_id"])


def downgrade() -> None:
    """Sessions and plans are gone with their tables."""
    op.drop_table("coaching_step")
    op.drop_table("coaching_event")
    op.drop_table("coaching_comment")
    op.drop_table("coaching_clip")
    op.drop_table("coaching_session")
    op.drop_table("coaching_plan")

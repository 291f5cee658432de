"""Comments at a second, notifications, clips and playlists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The tables of this step."""
    op.create_table(
        "comment",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("at", sa.Double(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("reviewers_only", sa.Boolean(), nullable=False),
        sa.Column("mentions", JSON, nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("edited_at", TIME, nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("deleted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_comment_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_comment_user_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name="fk_comment_parent_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("user_id", "token", name="uq_comment_user_id_token"),
    )
    op.create_index("ix_comment_call_id_id", "comment", ["call_id", "id"])
    op.create_index("ix_comment_parent_id", "comment", ["parent_id"])
    op.create_table(
        "notification",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notification_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_notification_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
    )
    op.create_index("ix_notification_user_id_read_at_id", "notification", ["user_id", "read_at", "id"])
    op.create_index("ix_notification_call_id", "notification", ["call_id"])
    op.create_table(
        "clip",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_clip_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_clip_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_clip"),
    )
    for column in ("call_id", "user_id", "topic"):
        op.create_index(f"ix_clip_{column}", "clip", [column])
    op.create_table(
        "playlist",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_playlist_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_playlist"),
    )
    op.create_index("ix_playlist_user_id", "playlist", ["user_id"])
    op.create_table(
        "playlist_item",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("playlist_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["playlist_id"], ["playlist.id"], name="fk_playlist_item_playlist_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name="fk_playlist_item_clip_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_playlist_item"),
        sa.UniqueConstraint("playlist_id", "clip_id", name="uq_playlist_item_playlist_id_clip_id"),
    )
    op.create_index("ix_playlist_item_clip_id", "playlist_item", ["clip_id"])


def downgrade() -> None:
    """The tables of this step, taken away again."""
    for table in ("playlist_item", "playlist", "clip", "notification", "comment"):
        op.drop_table(table)

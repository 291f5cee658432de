"""Library: what good sounds like, playlists worked through, quizzes from real clips, praise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
TABLES = (
    "quiz_answer",
    "quiz_task",
    "quiz_question",
    "quiz",
    "playlist_heard",
    "playlist_task",
    "clip_praise",
    "clip_good",
    "clip_share",
)


def upgrade() -> None:
    """A clip knows its objection and stage; the tables of the library."""
    for name in ("objection", "stage"):
        op.add_column("clip", sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.create_index(f"ix_clip_{name}", "clip", [name])
    _clips()
    _playlists()
    _quizzes()


def _clips() -> None:
    op.create_table(
        "clip_share",
        sa.Column("clip_id", ID, autoincrement=False, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        _text("name"),
        _time("created_at", needed=True),
        _time("asked_at"),
        _text("asked_why"),
        _time("answered_at"),
        _text("answer"),
        *_links("clip_share", clip_id="clip", user_id="user?"),
        sa.PrimaryKeyConstraint("clip_id", name="pk_clip_share"),
    )
    op.create_index("ix_clip_share_user_id", "clip_share", ["user_id"])
    op.create_table(
        "clip_good",
        sa.Column("clip_id", ID, autoincrement=False, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        _text("name"),
        _text("why"),
        _time("created_at", needed=True),
        *_links("clip_good", clip_id="clip", user_id="user?"),
        sa.PrimaryKeyConstraint("clip_id", name="pk_clip_good"),
    )
    op.create_index("ix_clip_good_user_id", "clip_good", ["user_id"])
    op.create_table(
        "clip_praise",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        _text("name"),
        _text("words"),
        _time("created_at", needed=True),
        *_links("clip_praise", clip_id="clip", user_id="user?"),
        sa.PrimaryKeyConstraint("id", name="pk_clip_praise"),
        sa.UniqueConstraint("clip_id", "user_id", name="uq_clip_praise_clip_id_user_id"),
    )
    op.create_index("ix_clip_praise_user_id", "clip_praise", ["user_id"])


def _playlists() -> None:
    op.create_table(
        "playlist_task",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("playlist_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("by_user_id", ID, nullable=True),
        _text("by_name"),
        sa.Column("team_id", ID, nullable=True),
        _time("due_at"),
        _time("created_at", needed=True),
        _time("done_at"),
        sa.Column("rating", sa.Integer(), nullable=True),
        _text("words"),
        _time("rated_at"),
        _text("told"),
        _time("withdrawn_at"),
        *_links("playlist_task", playlist_id="playlist", user_id="user", by_user_id="user?", team_id="team?"),
        sa.PrimaryKeyConstraint("id", name="pk_playlist_task"),
        sa.UniqueConstraint("playlist_id", "user_id", name="uq_playlist_task_playlist_id_user_id"),
    )
    for name in ("user_id", "by_user_id", "team_id", "due_at"):
        op.create_index(f"ix_playlist_task_{name}", "playlist_task", [name])
    op.create_table(
        "playlist_heard",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("heard", JSON, nullable=False),
        sa.Column("place", sa.Double(), nullable=False),
        _time("reported_at", needed=True),
        _time("done_at"),
        *_links("playlist_heard", task_id="playlist_task", clip_id="clip"),
        sa.PrimaryKeyConstraint("id", name="pk_playlist_heard"),
        sa.UniqueConstraint("task_id", "clip_id", name="uq_playlist_heard_task_id_clip_id"),
    )
    op.create_index("ix_playlist_heard_clip_id", "playlist_heard", ["clip_id"])


def _quizzes() -> None:
    op.create_table(
        "quiz",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        _text("author"),
        _text("title"),
        _text("note"),
        sa.Column("pass_share", sa.Double(), nullable=True),
        _time("created_at", needed=True),
        _time("closed_at"),
        *_links("quiz", user_id="user?"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz"),
    )
    op.create_index("ix_quiz_user_id", "quiz", ["user_id"])
    op.create_table(
        "quiz_question",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("quiz_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("clip_id", ID, nullable=True),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=True),
        _text("objection"),
        _text("prompt"),
        sa.Column("options", JSON, nullable=False),
        sa.Column("right", sa.Integer(), nullable=True),
        *_links("quiz_question", quiz_id="quiz", call_id="call?", clip_id="clip?"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_question"),
    )
    for name in ("quiz_id", "call_id", "clip_id"):
        op.create_index(f"ix_quiz_question_{name}", "quiz_question", [name])
    op.create_table(
        "quiz_task",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("quiz_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("by_user_id", ID, nullable=True),
        _text("by_name"),
        sa.Column("team_id", ID, nullable=True),
        _time("due_at"),
        _time("created_at", needed=True),
        _time("done_at"),
        _text("told"),
        _time("withdrawn_at"),
        *_links("quiz_task", quiz_id="quiz", user_id="user", by_user_id="user?", team_id="team?"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_task"),
        sa.UniqueConstraint("quiz_id", "user_id", name="uq_quiz_task_quiz_id_user_id"),
    )
    for name in ("user_id", "by_user_id", "team_id", "due_at"):
        op.create_index(f"ix_quiz_task_{name}", "quiz_task", [name])
    op.create_table(
        "quiz_answer",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        _text("words"),
        sa.Column("choice", sa.Integer(), nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("moves", JSON, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        _time("answered_at", needed=True),
        *_links("quiz_answer", task_id="quiz_task", question_id="quiz_question"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_answer"),
        sa.UniqueConstraint("task_id", "question_id", name="uq_quiz_answer_task_id_question_id"),
    )
    op.create_index("ix_quiz_answer_question_id", "quiz_answer", ["question_id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _time(name: str, *, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, TIME, nullable=not needed)


def _links(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """The foreign keys of a table; a name with "?" is emptied when its row goes, the others go with it."""
    return [
        sa.ForeignKeyConstraint(
            [column],
            [f"{other.removesuffix('?')}.id"],
            name=f"fk_{table}_{column}",
            ondelete="SET NULL" if other.endswith("?") else "CASCADE",
        )
        for column, other in columns.items()
    ]


def downgrade() -> None:
    """The tables of this step, taken away again."""
    for table in TABLES:
        op.drop_table(table)
    for name in ("objection", "stage"):
        op.drop_index(f"ix_clip_{name}", table_name="clip")
        op.drop_column("clip", name)

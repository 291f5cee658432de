"""The library: clips opened to every seller, good examples, praise, playlists to work through, quizzes from calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId


class ClipShare(Base):
    """A lead's decision that every seller may hear this clip; its row going away closes the clip again.

    `asked_at` is set when the rep whose voice it is asks to take it out, `answered_at` when that was refused.
    """

    __tablename__ = "clip_share"

    clip_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("clip.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]  # of the person who decided
    created_at: Mapped[CreatedAt]
    asked_at: Mapped[datetime | None]
    asked_why: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")  # why it stays


class ClipGood(Base):
    """A manager's or lead's choice of a clip as an example of what good sounds like, with the sentence why."""

    __tablename__ = "clip_good"

    clip_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("clip.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    why: Mapped[str]
    created_at: Mapped[CreatedAt]


class ClipPraise(Base):
    """One person's praise of a clip, with or without a sentence."""

    __tablename__ = "clip_praise"
    __table_args__ = (UniqueConstraint("clip_id", "user_id"),)

    id: Mapped[RowId]
    clip_id: Mapped[int] = mapped_column(BigId, ForeignKey("clip.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]


class PlaylistTask(Base):
    """A playlist one person is to hear through, given by somebody or chosen by themselves.

    `rating` (1..5, "I do this on my calls") and `words` are the person's own; `done_at` is set once every clip they may
    hear was heard and the rating given, and stays. `told` holds which reminders went out.
    """

    __tablename__ = "playlist_task"
    __table_args__ = (UniqueConstraint("playlist_id", "user_id"),)

    id: Mapped[RowId]
    playlist_id: Mapped[int] = mapped_column(BigId, ForeignKey("playlist.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    by_name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"), index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[CreatedAt]
    done_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    rated_at: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(default="")  # "", "soon" or "late"
    withdrawn_at: Mapped[datetime | None]  # taken back; given again, it goes on where it stood


class PlaylistHeard(Base):
    """Which stretches of one clip were really played for one task: seconds of the clip, in order, not touching.

    `heard` is {"spans": [[from, to], ...], "left": seconds that could still be claimed}, with "silent" once the giver
    was told that the sound is no longer available.
    """

    __tablename__ = "playlist_heard"
    __table_args__ = (UniqueConstraint("task_id", "clip_id"),)

    id: Mapped[RowId]
    task_id: Mapped[int] = mapped_column(BigId, ForeignKey("playlist_task.id", ondelete="CASCADE"))
    clip_id: Mapped[int] = mapped_column(BigId, ForeignKey("clip.id", ondelete="CASCADE"), index=True)
    heard: Mapped[dict[str, Any]]
    place: Mapped[float] = mapped_column(default=0.0)  # where it was left off, seconds of the clip
    reported_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Quiz(Base):
    """Questions from real clips. `pass_share` (0..1) is asked of its multiple-choice questions only."""

    __tablename__ = "quiz"

    id: Mapped[RowId]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    author: Mapped[str]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    pass_share: Mapped[float | None]
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]


class QuizQuestion(Base):
    """One moment of a call: the sound from `start` to `until` plays, and the taker says what they would answer.

    The words are read from the call each time, so that what is masked later is masked here too; a call that is gone
    leaves the question without sound, and people's answers stay.
    """

    __tablename__ = "quiz_question"

    id: Mapped[RowId]
    quiz_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    clip_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("clip.id", ondelete="SET NULL"), index=True)
    start: Mapped[float]  # seconds of the call
    until: Mapped[float]  # seconds of the call: before the rep's answer
    end: Mapped[float | None]  # seconds of the call: where the rep's answer ends
    objection: Mapped[str] = mapped_column(default="")
    prompt: Mapped[str] = mapped_column(default="")
    options: Mapped[list[str]] = mapped_column(default=list)  # none: the answer is typed
    right: Mapped[int | None]  # the place of the right option, from 0


class QuizTask(Base):
    """A quiz one person is to take; given by a manager or lead, or taken by choice."""

    __tablename__ = "quiz_task"
    __table_args__ = (UniqueConstraint("quiz_id", "user_id"),)

    id: Mapped[RowId]
    quiz_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    by_name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"), index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[CreatedAt]
    done_at: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]


class QuizAnswer(Base):
    """What one person would have answered; `moves` is what the machine found in it, shown as help and never a mark."""

    __tablename__ = "quiz_answer"
    __table_args__ = (UniqueConstraint("task_id", "question_id"),)

    id: Mapped[RowId]
    task_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz_task.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz_question.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(default="")
    choice: Mapped[int | None]
    is_right: Mapped[bool | None]  # multiple choice only
    moves: Mapped[list[str]] = mapped_column(default=list)
    rating: Mapped[int | None]  # 1..5, the person's own
    answered_at: Mapped[CreatedAt]

"""How reps did, criterion by criterion, as rows: what trends, heat maps and follow-ups are counted from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

RESULT_SOURCES = ("machine", "person")
EXPORT_STATES = ("waiting", "running", "done", "failed", "gone")

_MADE = text("state IN ('waiting', 'running')")

# As SQLAlchemy writes the bare column on either back end: a query without this very term would not find the index.
_STANDS_SQLITE, _STANDS_POSTGRES = text("stands = 1"), text("stands")


class CriterionResult(Base):
    """One answer on one criterion of one call: the machine's, and a person's where somebody decided.

    Of the two the one that `stands` is counted: a person's before the machine's. `part` says how the person came to
    the call; the machine judges every call, so it has none. `rep_id` and `happened_at` are the call's, copied here so
    that a period of a rep is one stretch of an index.
    """

    __tablename__ = "criterion_result"
    __table_args__ = (
        UniqueConstraint("call_id", "criterion", "source"),
        CheckConstraint("source IN ('" + "', '".join(RESULT_SOURCES) + "')", name="source"),
        # Everything a count needs is in the index: a team's quarter is read without touching the table.
        Index(
            "ix_criterion_result_stands",
            "rep_id",
            "happened_at",
            "criterion",
            "source",
            "part",
            "fraction",
            "call_id",
            "standard",
            "stands",  # always true in here, but SQLite would look the row up to see it
            sqlite_where=_STANDS_SQLITE,
            postgresql_where=_STANDS_POSTGRES,
        ),
        Index("ix_criterion_result_evaluation_id", "evaluation_id"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"))
    happened_at: Mapped[datetime]
    standard: Mapped[str]
    version: Mapped[int]
    criterion: Mapped[str]
    section: Mapped[str]
    source: Mapped[str]  # one of RESULT_SOURCES
    stands: Mapped[bool]
    answer: Mapped[str]  # an option's id, a number of a range, na or cannot_judge
    fraction: Mapped[float | None]  # 0 the worst answer, 1 the best; None: na, or nobody could judge
    part: Mapped[str | None]  # random, risk or chosen, of a person's
    assessment_id: Mapped[int | None] = mapped_column(BigId)  # whose answer it is, of the machine's
    evaluation_id: Mapped[int | None] = mapped_column(BigId)  # of a person's; None: decided on the call itself


class DataExport(Base):
    """A rep's request for all of their own data, and the file that came of it; kept a few days, then taken away.

    `lease_until` is seconds since 1970 by the database's clock, as of every work that a worker takes.
    """

    __tablename__ = "data_export"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(EXPORT_STATES) + "')", name="state"),
        Index("ix_data_export_state", "state"),
        # Asked for twice at once: the second one finds the first.
        Index("ix_data_export_under_way", "user_id", unique=True, sqlite_where=_MADE, postgresql_where=_MADE),
    )

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(default="waiting")  # one of EXPORT_STATES
    requested_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    calls: Mapped[int] = mapped_column(default=0)
    size: Mapped[int | None] = mapped_column(BigId)  # bytes
    file: Mapped[str | None]  # relative to the data folder
    why: Mapped[str | None]  # why it failed, as a short name
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]

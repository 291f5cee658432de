"""Clips as lists show them, each with what this viewer may know and do of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session

from review.library.seeing import may_choose, may_share
from review.library.silent import is_silent
from review.library.words import turns_over, words_within
from review.models import Call, Client, Clip, ClipGood, ClipPraise, ClipShare, Rep, Team, WebAudio
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """One clip with what a list shows of its call; times in seconds of the call.

    `opens`: the viewer may open the call. Where they may not, the clip was shared: its client has no name here, `said`
    holds only the words inside it, and its sound is cut on the server.
    """

    id: int
    call_id: int
    start: float
    end: float
    title: str
    note: str
    topic: str
    said: str
    author: str
    created_at: datetime
    client: str | None
    rep: str | None
    happened_at: datetime
    playable: bool
    may_change: bool
    silent: bool = False  # its sound is no longer available
    opens: bool = True
    objection: str = ""
    stage: str = ""
    language: str | None = None
    rep_id: int | None = None
    team: str | None = None
    shared_by: str | None = None  # None: not shared
    asked_why: str | None = None  # the rep asks to take it out; None: nobody asks
    answer: str | None = None  # why it stays, once the rep was told
    good_why: str | None = None  # None: no good example
    good_by: str | None = None
    praises: int = 0
    praised: bool = False  # by this viewer
    own_voice: bool = False  # the viewer is the rep who speaks
    may_share: bool = False
    may_choose: bool = False

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.end - self.start


def may_change_clip(viewer: Viewer, user_id: int | None) -> bool:
    """Whether a clip of this author is this person's to name anew and throw away."""
    return user_id == viewer.user_id or viewer.has_role("quality_lead")


def read_rows(
    session: Session,
    viewer: Viewer,
    condition: ColumnElement[bool],
    *,
    limit: int = 500,
    offset: int = 0,
    good_first: bool = True,
) -> tuple[ClipRow, ...]:
    """Clips that meet the condition, good examples first (unless told otherwise), then the newest.

    The condition must hold `hearable` or `heard_clips` of `review.library.seeing`. Two statements, and two more for
    each shared clip of a call the viewer may not see.
    """
    wanted = (
        joined(_select(viewer))
        .where(condition)
        .order_by(*([ClipGood.clip_id.is_(None)] if good_first else []), Clip.id.desc())
        .limit(limit)
        .offset(offset)
    )
    found = session.execute(wanted).all()
    said = turns_over(session, [(row[0].call_id, row[0].start, row[0].end) for row in found if row.opens])
    return tuple(_read(session, viewer, row, said) for row in found)


def joined(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A statement over clips with the tables that facets and lists ask about."""
    return (
        wanted.select_from(Clip)
        .join(Call, Call.id == Clip.call_id)
        .outerjoin(Client, Client.id == Call.client_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .outerjoin(ClipGood, ClipGood.clip_id == Clip.id)
        .outerjoin(ClipShare, ClipShare.clip_id == Clip.id)
    )


def _select(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    praised = select(func.count()).where(ClipPraise.clip_id == Clip.id)
    return select(
        Clip,
        ClipShare,
        ClipGood,
        Client.name.label("client"),
        Client.company.label("company"),
        Rep.name.label("rep"),
        Rep.team_id,
        Rep.user_id.label("voice"),
        Team.name.label("team"),
        Call.rep_id,
        Call.happened_at,
        Call.language,
        exists().where(WebAudio.call_id == Call.id).label("playable"),
        case((is_silent(), 1), else_=0).label("silent"),
        case((visible_calls(viewer), 1), else_=0).label("opens"),
        praised.scalar_subquery().label("praises"),
        exists().where(ClipPraise.clip_id == Clip.id, ClipPraise.user_id == viewer.user_id).label("praised"),
    )


def _read(session: Session, viewer: Viewer, row: Any, said: dict[tuple[int, float, float], str]) -> ClipRow:
    clip, share, good = row[0], row[1], row[2]
    opens, stretch = bool(row.opens), (clip.call_id, clip.start, clip.end)
    words = said.get(stretch, "") if opens else words_within(session, stretch, (row.client, row.company))
    own = row.voice is not None and row.voice == viewer.user_id
    concerned = share is not None and (own or may_share(viewer) or share.user_id == viewer.user_id)
    return ClipRow(
        id=clip.id,
        call_id=clip.call_id,
        start=clip.start,
        end=clip.end,
        title=clip.title,
        note=clip.note,
        topic=clip.topic,
        said=words,
        author=clip.author,
        created_at=clip.created_at,
        client=row.client if opens and not viewer.is_outsider else None,
        rep=None if viewer.is_outsider else row.rep,
        happened_at=row.happened_at,
        playable=bool(row.playable),
        silent=bool(row.silent),
        may_change=opens and may_change_clip(viewer, clip.user_id),
        opens=opens,
        objection=clip.objection,
        stage=clip.stage,
        language=row.language,
        rep_id=row.rep_id,
        team=row.team,
        shared_by=None if share is None else share.name,
        asked_why=share.asked_why if concerned and share.asked_at and not share.answered_at else None,
        answer=share.answer if concerned and share.answered_at else None,
        good_why=None if good is None else good.why,
        good_by=None if good is None else good.name,
        praises=row.praises,
        praised=bool(row.praised),
        own_voice=own,
        may_share=opens and may_share(viewer),
        may_choose=opens and may_choose(viewer, row.team_id),
    )

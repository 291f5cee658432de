"""How others answered the same kind of objection: good examples first, then handled ones, and how this call went on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from review.library.rows import ClipRow, read_rows
from review.library.seeing import hearable
from review.models import Call, Clip, ClipGood, ClipShare, ObjectionEpisode, QuizQuestion
from review.queries.blind import not_veiled
from review.queries.objections_filter import ObjectionFilter
from review.queries.objections_list import EpisodeRow, best_and_worst
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BestAnswers:
    """What to compare one's own answer with. `moves` are the handling moves of each clip's answer, by its id.

    `went_on`: the seconds of this call in which the rep answered, for those who may see the call.
    """

    clips: tuple[ClipRow, ...]
    moves: dict[int, tuple[str, ...]]
    episodes: tuple[EpisodeRow, ...]
    went_on: tuple[int, float, float] | None

    @property
    def count(self) -> int:
        """How many answers there are to compare with."""
        return len(self.clips) + len(self.episodes)


def find_best(session: Session, viewer: Viewer, question_id: int) -> BestAnswers:
    """The best answers this person may hear to the kind of objection a question is about, in its language first.

    Clips chosen as good examples come first, then shared ones of handled objections; objections handled in calls the
    person may see fill up. Never the question's own moment. The caller asks whether the question was answered.
    """
    question = session.get(QuizQuestion, question_id)
    if question is None:
        return BestAnswers(clips=(), moves={}, episodes=(), went_on=None)
    language = session.scalar(select(Call.language).where(Call.id == question.call_id))
    clips = _clips(session, viewer, question, language)
    left = SHOWN - len(clips)
    episodes: tuple[EpisodeRow, ...] = ()
    if left > 0 and question.objection:
        wanted = ObjectionFilter(type=question.objection, language=language)
        best = best_and_worst(session, viewer, wanted, question.objection, limit=SHOWN * 4).best
        episodes = tuple(
            row
            for row in best
            if row.plays and row.outcome == "handled" and not _same(question, row.call_id, row.start, row.answer_end)
            if not any(clip.call_id == row.call_id and _overlap(clip, row) for clip in clips)
        )[:left]
    return BestAnswers(
        clips=clips,
        moves=_moves(session, clips),
        episodes=episodes,
        went_on=_went_on(session, viewer, question),
    )


def _clips(session: Session, viewer: Viewer, question: QuizQuestion, language: str | None) -> tuple[ClipRow, ...]:
    kind = question.objection
    about = [Clip.objection == kind] if kind else [Clip.objection == ""]
    mine = and_(Clip.call_id == (question.call_id or 0), Clip.start < question.until, Clip.end > question.start)
    handled = (
        select(ObjectionEpisode.id)
        .where(
            ObjectionEpisode.call_id == Clip.call_id,
            ObjectionEpisode.type == Clip.objection,
            ObjectionEpisode.start < Clip.end,
            func.coalesce(ObjectionEpisode.answer_end, ObjectionEpisode.start) > Clip.start,
            func.coalesce(ObjectionEpisode.judged, ObjectionEpisode.outcome) == "handled",
        )
        .exists()
    )
    good = Clip.id.in_(select(ClipGood.clip_id))
    shared = Clip.id.in_(select(ClipShare.clip_id))
    chosen = select(Clip.id).join(Call, Call.id == Clip.call_id).where(hearable(viewer), *about, ~mine)
    order = (case((Call.language == language, 0), else_=1), case((good, 0), else_=1), Clip.id.desc())
    ids = list(session.scalars(chosen.where(or_(good, and_(shared, handled))).order_by(*order).limit(SHOWN)))
    if not ids:
        return ()
    rows = {row.id: row for row in read_rows(session, viewer, and_(Clip.id.in_(ids), hearable(viewer)))}
    return tuple(rows[one] for one in ids if one in rows)


def _moves(session: Session, clips: tuple[ClipRow, ...]) -> dict[int, tuple[str, ...]]:
    """The moves of the objection each clip is about, as the call's assessment found them."""
    found: dict[int, tuple[str, ...]] = {}
    for clip in clips:
        moves = session.scalar(
            select(ObjectionEpisode.moves)
            .where(
                ObjectionEpisode.call_id == clip.call_id,
                ObjectionEpisode.start < clip.end,
                func.coalesce(ObjectionEpisode.answer_end, ObjectionEpisode.start) > clip.start,
            )
            .order_by(case((ObjectionEpisode.type == clip.objection, 0), else_=1), ObjectionEpisode.number)
            .limit(1)
        )
        if moves:
            found[clip.id] = tuple(moves)
    return found


def _went_on(session: Session, viewer: Viewer, question: QuizQuestion) -> tuple[int, float, float] | None:
    if question.call_id is None or question.end is None or question.end <= question.until:
        return None
    seen = select(Call.id).where(Call.id == question.call_id, visible_calls(viewer), not_veiled(viewer))
    if session.scalar(seen) is None:
        return None
    return question.call_id, question.until, question.end


def _same(question: QuizQuestion, call_id: int, start: float | None, end: float | None) -> bool:
    if call_id != question.call_id or start is None:
        return False
    return start < (question.end or question.until) and (end or start + 1) > question.start


def _overlap(clip: ClipRow, row: EpisodeRow) -> bool:
    start, end = row.whole or (0.0, 0.0)
    return clip.start < end and clip.end > start

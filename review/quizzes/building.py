"""Building a quiz: from clips, from real mistakes of one kind, question by question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.comments.clips import LONGEST_NOTE, LONGEST_TITLE
from review.comments.refusals import Gone, read_text
from review.library.giving import may_give
from review.library.refusals import NotYourChoice, OutOfRange, StillWorkedOn
from review.library.seeing import hearable
from review.library.suggesting import check_kinds
from review.models import Call, Clip, ObjectionEpisode, Quiz, QuizAnswer, QuizQuestion, Segment, utc_now
from review.queries.objections_filter import ObjectionFilter
from review.queries.objections_list import EpisodeRow, get_episode, list_episodes
from review.queries.viewer import Viewer
from review.quizzes.refusals import BadOptions, BadQuestion
from review.quizzes.seeing import own_quiz
from review.quizzes.taking import finish_answered
from review.services.audit import record

LONGEST_QUESTION: Final = 90.0
"""Seconds of a call a question opens to those who take it."""
LEAD_IN: Final = 20.0
"""Seconds before an objection that a question may begin earlier, with the client's own turn."""
WITHOUT_ANSWER: Final = 8.0  # seconds of an objection whose end nobody knows
FEWEST, MOST = 2, 6  # answers to choose from
LONGEST_OPTION: Final = 300
MISTAKES: Final = ("mishandled", "ignored")


def make_quiz(session: Session, viewer: Viewer, title: str, *, note: str = "", pass_share: float | None = None) -> int:
    """A new quiz without questions; its id. `pass_share` is 0..1. Raises NotYourChoice, Empty, TooLong, OutOfRange."""
    if not may_give(viewer):
        raise NotYourChoice
    made = Quiz(
        user_id=viewer.user_id,
        author=viewer.name,
        title=read_text("title", title, LONGEST_TITLE),
        note=read_text("note", note, LONGEST_NOTE, needed=False),
        pass_share=_share(pass_share),
    )
    session.add(made)
    session.flush()
    record(session, viewer.user_id, "quiz.made", "quiz", made.id, title=made.title)
    return int(made.id)


def change_quiz(
    session: Session, viewer: Viewer, quiz_id: int, *, title: str, note: str, pass_share: float | None
) -> None:
    """Name a quiz anew, or change what share of right answers passes.

    Raises Gone, NotYours, Empty, TooLong and OutOfRange.
    """
    quiz = own_quiz(session, viewer, quiz_id)
    before = quiz.pass_share
    quiz.title = read_text("title", title, LONGEST_TITLE)
    quiz.note = read_text("note", note, LONGEST_NOTE, needed=False)
    quiz.pass_share = _share(pass_share)
    session.flush()
    if quiz.pass_share != before:
        record(session, viewer.user_id, "quiz.pass_changed", "quiz", quiz_id, before=before, after=quiz.pass_share)


def close_quiz(session: Session, viewer: Viewer, quiz_id: int, *, closed: bool = True) -> None:
    """Close a quiz, or open it again: nobody takes a closed one, and all answers are kept. Raises Gone and NotYours."""
    quiz = own_quiz(session, viewer, quiz_id)
    if (quiz.closed_at is not None) == closed:
        return
    quiz.closed_at = utc_now() if closed else None
    session.flush()
    record(session, viewer.user_id, "quiz.closed" if closed else "quiz.opened", "quiz", quiz_id)


def add_clip(session: Session, viewer: Viewer, quiz_id: int, clip_id: int) -> int:
    """A question from a clip one may hear: it plays up to the rep's answer where one is found in it; the question's id.

    Raises Gone, NotYours and BadQuestion.
    """
    own_quiz(session, viewer, quiz_id)
    clip = session.scalar(select(Clip).join(Call, Call.id == Clip.call_id).where(Clip.id == clip_id, hearable(viewer)))
    if clip is None:
        raise Gone("clip")
    until = _before_answer(session, clip.call_id, clip.start, clip.end)
    return _add(
        session, viewer, quiz_id, clip.call_id, clip.start, until, clip.end, clip.objection, clip_id=int(clip.id)
    )


def add_episode(session: Session, viewer: Viewer, quiz_id: int, episode_id: int) -> int:
    """A question from an objection in a call one may see: the client's words, up to the answer; the question's id.

    Raises Gone, NotYours and BadQuestion.
    """
    own_quiz(session, viewer, quiz_id)
    episode = get_episode(session, viewer, episode_id)
    if episode is None or episode.start is None:
        raise Gone("objection")
    start = _turn_start(session, episode.call_id, episode.start)
    ends = episode.end if episode.end is not None and episode.end > episode.start else episode.start + WITHOUT_ANSWER
    until = episode.answer_start if episode.answer_start is not None and episode.answer_start > episode.start else ends
    until = min(until, start + LONGEST_QUESTION)
    return _add(session, viewer, quiz_id, episode.call_id, start, until, episode.answer_end, episode.types[0])


def list_mistakes(session: Session, viewer: Viewer, kind: str, *, limit: int = 40) -> tuple[EpisodeRow, ...]:
    """Objections of one type that were mishandled or passed over, in calls this person may see, the newest first.

    Only those with a place in the sound. Raises NotYourChoice and UnknownKind.
    """
    if not may_give(viewer):
        raise NotYourChoice
    check_kinds(kind, None)
    found = [
        row
        for outcome in MISTAKES
        for row in list_episodes(session, viewer, ObjectionFilter(type=kind, outcome=outcome), limit=limit).rows
        if row.start is not None and row.plays
    ]
    return tuple(sorted(found, key=lambda row: (row.happened_at, row.id), reverse=True)[:limit])


def build_from_mistakes(session: Session, viewer: Viewer, title: str, episode_ids: Sequence[int]) -> int:
    """A quiz with one question for each of these objections; its id. Raises as `make_quiz` and `add_episode` do."""
    quiz_id = make_quiz(session, viewer, title)
    for episode_id in dict.fromkeys(episode_ids):
        add_episode(session, viewer, quiz_id, episode_id)
    return quiz_id


def change_question(
    session: Session,
    viewer: Viewer,
    question_id: int,
    *,
    prompt: str,
    options: Sequence[str] = (),
    right: int | None = None,
) -> None:
    """What is asked, and the answers to choose from (none: the answer is typed); `right` is a place from 0.

    Once somebody has answered, only the prompt changes. Raises Gone, NotYours, TooLong and BadOptions.
    """
    question = _own_question(session, viewer, question_id)
    texts = [read_text("options", text, LONGEST_OPTION, needed=False) for text in options]
    shift = {old: new for new, old in enumerate(place for place, text in enumerate(texts) if text)}
    kept = [text for text in texts if text]
    chosen = shift.get(right) if right is not None else None
    if kept and (not FEWEST <= len(kept) <= MOST or len(set(kept)) < len(kept) or chosen is None):
        raise BadOptions
    wanted = (kept, chosen if kept else None)
    if wanted != (question.options, question.right) and (people := _answered(session, question_id)):
        raise StillWorkedOn(people)
    question.prompt = read_text("prompt", prompt, LONGEST_NOTE, needed=False)
    question.options, question.right = wanted
    session.flush()


def remove_question(session: Session, viewer: Viewer, question_id: int) -> None:
    """Take a question out that nobody has answered; who has answered all the others has taken the quiz.

    Raises Gone, NotYours and StillWorkedOn.
    """
    question = _own_question(session, viewer, question_id)
    if people := _answered(session, question_id):
        raise StillWorkedOn(people)
    record(session, viewer.user_id, "quiz.question_removed", "quiz", question.quiz_id, call=question.call_id)
    session.delete(question)
    session.flush()
    finish_answered(session, question.quiz_id)


def move_question(session: Session, viewer: Viewer, question_id: int, by: int) -> None:
    """Move a question `by` places, no further than the ends. Raises Gone and NotYours."""
    question = _own_question(session, viewer, question_id)
    rows = list(
        session.scalars(
            select(QuizQuestion)
            .where(QuizQuestion.quiz_id == question.quiz_id)
            .order_by(QuizQuestion.position, QuizQuestion.id)
        )
    )
    here = rows.index(question)
    rows.insert(min(len(rows) - 1, max(0, here + by)), rows.pop(here))
    for position, row in enumerate(rows, 1):
        row.position = position
    session.flush()


def _add(
    session: Session,
    viewer: Viewer,
    quiz_id: int,
    call_id: int,
    start: float,
    until: float,
    end: float | None,
    objection: str,
    clip_id: int | None = None,
) -> int:
    start, until = round(start, 2), round(until, 2)
    if not (math.isfinite(start) and 0 <= start < until <= start + LONGEST_QUESTION):
        raise BadQuestion(start, until)
    last = session.scalar(select(func.max(QuizQuestion.position)).where(QuizQuestion.quiz_id == quiz_id))
    made = QuizQuestion(
        quiz_id=quiz_id,
        position=(last or 0) + 1,
        call_id=call_id,
        clip_id=clip_id,
        start=start,
        until=until,
        end=end,
        objection=objection,
        options=[],
    )
    session.add(made)
    session.flush()
    facts = {"call": call_id, "start": start, "until": until, "question": made.id}
    record(session, viewer.user_id, "quiz.question_added", "quiz", quiz_id, **facts)
    return int(made.id)


def _own_question(session: Session, viewer: Viewer, question_id: int) -> QuizQuestion:
    question = session.get(QuizQuestion, question_id)
    if question is None:
        raise Gone("question")
    own_quiz(session, viewer, question.quiz_id)
    return question


def _answered(session: Session, question_id: int) -> int:
    return int(session.scalar(select(func.count()).where(QuizAnswer.question_id == question_id)) or 0)


def _before_answer(session: Session, call_id: int, start: float, end: float) -> float:
    """Where the rep begins to answer inside a stretch: an objection's answer, else the first reply to the client."""
    found = session.scalar(
        select(ObjectionEpisode.answer_start)
        .where(
            ObjectionEpisode.call_id == call_id,
            ObjectionEpisode.answer_start > start + 1,
            ObjectionEpisode.answer_start < end,
        )
        .order_by(ObjectionEpisode.number)
        .limit(1)
    )
    if found is None:
        heard = False
        turns = select(Segment.role, Segment.start).where(
            Segment.call_id == call_id, Segment.start < end, Segment.end > start
        )
        for role, begins in session.execute(turns.order_by(Segment.turn)):
            if heard and role.startswith("rep") and begins is not None and begins > start + 1:
                found = begins
                break
            heard = heard or role.startswith("client")
    return min(float(found if found is not None else end), start + LONGEST_QUESTION)


def _turn_start(session: Session, call_id: int, second: float) -> float:
    """Where the client's turn begins in which a second lies; the second itself where it begins long before."""
    begins = session.scalar(
        select(Segment.start)
        .where(
            Segment.call_id == call_id,
            Segment.start <= second,
            Segment.end >= second,
            Segment.role.startswith("client"),
        )
        .order_by(Segment.turn.desc())
        .limit(1)
    )
    return float(begins) if begins is not None and second - begins <= LEAD_IN else second


def _share(value: float | None) -> float | None:
    if value is None:
        return None
    if not (math.isfinite(value) and 0 < value <= 1):
        raise OutOfRange("pass_share")
    return round(value, 3)

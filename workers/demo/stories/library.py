"""The demo's library: a good example open to every seller, praise, a playlist to hear, and a quiz from real mistakes.

All of it is made by the same services as people use, from what the calls' assessments found; nothing is heard or
answered in anybody's name.
"""

from __future__ import annotations

from datetime import timedelta
from textwrap import shorten
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.clips import make_clip
from review.comments.playlists import add_to_playlist, make_playlist
from review.library.curating import choose_good, share_clip
from review.library.praise import praise_clip
from review.library.tasks import give_playlist
from review.models import Playlist, User, utc_now
from review.queries.filters import OBJECTION_TYPES
from review.queries.objections_filter import ObjectionFilter
from review.queries.objections_list import EpisodeRow, best_and_worst
from review.queries.viewer import Viewer, load_viewer
from review.quizzes.building import build_from_mistakes, list_mistakes
from review.quizzes.taking import give_quiz

LEAD: Final = "lead@demo.example"
MANAGER: Final = "manager@demo.example"
REP: Final = "daniel.miller@demo.example"
LANGUAGE: Final = "en"
TITLE: Final = "Objections, answered well"
QUIZ: Final = "What would you have answered?"
AFTER: Final = 0.5  # seconds after the answer, so that its last word is heard
QUESTIONS: Final = 3


def tell(session: Session) -> bool:
    """Tell the story once; False when it was told before or the demo has no objections for it. Does not commit."""
    lead, manager, rep = (_person(session, email) for email in (LEAD, MANAGER, REP))
    if lead is None or rep is None or session.scalar(select(Playlist.id).where(Playlist.title == TITLE)) is not None:
        return False
    good = _handled(session, lead)
    if not good:
        return False
    clips = [_cut(session, lead, episode) for episode in good]
    for clip in clips:
        share_clip(session, lead, clip)
    choose_good(session, lead, clips[0], "Takes the objection up before answering, then agrees what comes next.")
    if manager is not None:
        praise_clip(session, manager, clips[0], "So calm, and not a word too many.")
    playlist = make_playlist(session, lead, TITLE, note="Three minutes before the next round of calls.")
    for clip in clips:
        add_to_playlist(session, lead, playlist, clip)
    due = (utc_now() + timedelta(days=5)).date()
    give_playlist(session, lead, playlist, user_ids=[rep.user_id], due_on=due)
    mistakes = [
        episode.id
        for kind in OBJECTION_TYPES
        for episode in list_mistakes(session, lead, kind)
        if episode.language == LANGUAGE
    ][:QUESTIONS]
    if mistakes:
        quiz = build_from_mistakes(session, lead, QUIZ, mistakes)
        give_quiz(session, lead, quiz, user_ids=[rep.user_id], due_on=due)
    return True


def _handled(session: Session, lead: Viewer) -> list[EpisodeRow]:
    """The best answers to different objections, at most three, with a place in the sound."""
    found: list[EpisodeRow] = []
    for kind in OBJECTION_TYPES:
        best = best_and_worst(session, lead, ObjectionFilter(type=kind, language=LANGUAGE), kind, limit=1).best
        found += [episode for episode in best if episode.plays and episode.whole is not None]
    return sorted(found, key=lambda episode: (episode.outcome != "handled", episode.id))[:3]


def _cut(session: Session, lead: Viewer, episode: EpisodeRow) -> int:
    start, end = episode.whole or (0.0, 1.0)
    return make_clip(
        session, lead, episode.call_id, start, end + AFTER, f"“{shorten(episode.quote, 90, placeholder='…')}”"
    )


def _person(session: Session, email: str) -> Viewer | None:
    user_id = session.scalar(select(User.id).where(User.email == email))
    return None if user_id is None else load_viewer(session, user_id)

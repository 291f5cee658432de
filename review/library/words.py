"""What is said in stretches of calls: whole turns for those who may see the call, only the stretch's words for others.

All of it is the shown transcript: corrected, and masked as everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from review.models import Segment
from review.queries.corrections import read_layer
from transcription.identity.words import fold, name_words, stem
from transcription.transcript import Transcript, Turn

LONGEST_SAID = 600
BETWEEN_TURNS: Final = " – "
SLACK: Final = 0.05
"""Seconds a word may reach over the border and still count as inside: words are timed to a twentieth of a second."""
HIDDEN_NAME: Final = "[…]"
SHORTEST_NAME: Final = 3  # characters; a shorter part of a name is a word like any other
_SPACELESS: Final = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")
_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")

Stretch = tuple[int, float, float]
"""Call id, from and to in seconds."""


def turns_over(session: Session, stretches: Sequence[Stretch]) -> dict[Stretch, str]:
    """The whole turns that each stretch touches, one after the other. One statement."""
    if not stretches:
        return {}
    turns: dict[int, list[tuple[float, float, str]]] = {}
    wanted = or_(
        *(and_(Segment.call_id == call, Segment.start < end, Segment.end > start) for call, start, end in stretches)
    )
    for call_id, start, end, text in session.execute(
        select(Segment.call_id, Segment.start, Segment.end, Segment.text)
        .where(wanted)
        .order_by(Segment.call_id, Segment.turn)
    ):
        turns.setdefault(call_id, []).append((float(start or 0), float(end or 0), text))
    return {
        (call, start, end): shorten(
            BETWEEN_TURNS.join(text for at, until, text in turns.get(call, ()) if at < end and until > start)
        )
        for call, start, end in stretches
    }


def words_within(session: Session, stretch: Stretch, names: Iterable[str | None] = ()) -> str:
    """Only the words spoken inside the stretch, with `names` (the client's) hidden. Two statements."""
    call_id, start, end = stretch
    layer = read_layer(session, call_id)
    return "" if layer is None else hide_names(cut_words(layer.transcript, start, end), names)


def cut_words(transcript: Transcript, start: float, end: float, role: str | None = None) -> str:
    """The words of a transcript that lie inside the seconds; of one role when it is named.

    A turn without times of its words counts only when all of it lies inside.
    """
    spoken = [_inside(turn, transcript.language, start, end) for turn in transcript.turns if role in (None, turn.role)]
    return shorten(BETWEEN_TURNS.join(text for text in spoken if text))


def hide_names(text: str, names: Iterable[str | None]) -> str:
    """The text without the words these names are made of: also with Russian endings, and with particles written on."""
    known = [name for name in names if name]
    parts = {part for name in known for part in re.split(r"\W+", name) if len(part) >= SHORTEST_NAME}
    for name in known:  # no space stands around these; a given name is also said without its surname
        plain = re.sub(r"\W", "", name)
        if _SPACELESS.search(plain) and len(plain) > 1:
            for part in (plain, plain[1:]) if len(plain) > 2 else (plain,):
                text = text.replace(part, HIDDEN_NAME)
    for part in sorted(parts, key=lambda part: (-len(part), part)):
        text = re.sub(rf"(?<!\w){re.escape(part)}\w{{0,3}}(?!\w)", HIDDEN_NAME, text, flags=re.IGNORECASE)
    stems = {stem(fold(part)) for part in parts if _CYRILLIC.search(part) and len(part) > SHORTEST_NAME}
    if not stems:
        return text
    forms = name_words()
    return _WORD.sub(
        lambda found: HIDDEN_NAME if any(forms.is_form_of(fold(found[0]), one) for one in stems) else found[0], text
    )


def shorten(text: str) -> str:
    """The text as a list shows it: cut at a word where it is long."""
    return text if len(text) <= LONGEST_SAID else text[: LONGEST_SAID - 1].rsplit(" ", 1)[0] + "…"


def _inside(turn: Turn, language: str | None, start: float, end: float) -> str:
    begins, ends = turn.start, turn.end
    if begins is None or ends is None or ends <= start or begins >= end:
        return ""
    if begins >= start - SLACK and ends <= end + SLACK:
        return turn.text
    said = [
        word.text.strip()
        for word in turn.words
        if word.start is not None and word.end is not None
        if word.start >= start - SLACK and word.end <= end + SLACK
    ]
    return ("" if (turn.language or language) == "zh" else " ").join(said)

"""Correcting a transcript by hand: each act adds edits to the call's layer, and the call is indexed and scored anew.

Nothing is overwritten: the machine's transcript stays as it was, an edit is never changed, and undoing one is another
edit. A person says by its key which turn they have read; when somebody changed it since, nothing is stored and both
versions can be shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from review import states
from review.errors import NoSuchCall, ReviewError
from review.models import Call, Correction, StoredAssessment, WebAudio, utc_now
from review.queries.corrections import read_edits, read_layer, turns_to_json
from review.search.index import index_transcript
from review.services.audit import record
from review.services.corrections_layer import Layer, lay, undoing
from review.services.corrections_private import hide_history, hide_private, muted_by_hand, with_turn
from review.services.corrections_types import SPEAKERS, Item, Kind, speaker_of, with_speaker
from review.services.corrections_words import join, read_tokens, retime, rewrite, split
from review.states import Step
from transcription.transcript import Turn, seconds

LONGEST: Final = 20_000  # characters of one turn
SHORTEST: Final = 0.05  # seconds


class CorrectionRefused(ReviewError):
    """An edit that cannot be made; nothing was stored. `field` is the part that is wrong."""

    code = "correction_refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TurnChanged(ReviewError):
    """Somebody changed the turn since this person read it; nothing was stored. `theirs` is what stands there now."""

    code = "turn_changed"

    def __init__(self, call_id: int, theirs: tuple[Item, ...], layer: Layer) -> None:
        super().__init__(f"This turn of call {call_id} was changed by somebody else; your version was not stored.")
        self.call_id = call_id
        self.theirs = theirs
        self.layer = layer


@dataclass(frozen=True, slots=True)
class Saved:
    """What an act left: the call's layer now, the first turn it touched, and the step to ring for after the commit."""

    layer: Layer
    turn: int
    changed: bool  # False: the turn was like that already
    next: Step | None


def correct_turn(
    session: Session,
    call_id: int,
    user_id: int,
    key: str,
    *,
    text: str | None = None,
    speaker: str | None = None,
    start: float | None = None,
    end: float | None = None,
) -> Saved:
    """Change a turn's words, speaker (one of SPEAKERS) or time (seconds); None leaves a part as it is.

    Private numbers in the text are masked before it is stored. Raises NoSuchCall, TurnChanged, CorrectionRefused.
    """
    layer, place = _open(session, call_id, key)
    before, turn = layer, layer.items[place].turn
    if text is not None:
        _check_text(text)
        if text.strip() != turn.text.strip():
            written = rewrite(turn, text.strip())
            # Half of a number may stand in a neighbour: once this half is masked, nothing tells that one is private.
            typed = with_turn(layer, place, written)
            hidden = hide_private(typed, place)
            layer = _add(session, call_id, user_id, layer, "words", place, [turn], [hidden.pop(place, written)])
            layer = _hide(session, call_id, user_id, layer, typed, hidden)
            turn = layer.items[place].turn
    if speaker is not None and speaker != speaker_of(turn):
        if speaker not in SPEAKERS:
            raise CorrectionRefused("speaker", f"Choose who speaks: {', '.join(SPEAKERS)}. Nothing was stored.")
        layer = _add(session, call_id, user_id, layer, "speaker", place, [turn], [with_speaker(turn, speaker)])
        turn = layer.items[place].turn
    if start is not None or end is not None:
        first = turn.start if start is None else seconds(start)
        last = turn.end if end is None else seconds(end)
        if (first, last) != (turn.start, turn.end):
            moved = retime(turn, *_check_time(layer, place, first, last))
            layer = _add(session, call_id, user_id, layer, "time", place, [turn], [moved])
    return _finish(session, call_id, user_id, before, layer, place)


def split_turn(session: Session, call_id: int, user_id: int, key: str, at: int) -> Saved:
    """Cut a turn in two before character `at` of its text, or before the word that lies there.

    Raises NoSuchCall, TurnChanged, CorrectionRefused.
    """
    layer, place = _open(session, call_id, key)
    turn = layer.items[place].turn
    at = next((token.start for token in read_tokens(turn.text) if token.start < at < token.end), at)
    if not turn.text[: max(0, at)].strip() or not turn.text[max(0, at) :].strip():
        raise CorrectionRefused("at", "Put the cursor between two words: both parts need words. Nothing was stored.")
    after = _add(session, call_id, user_id, layer, "split", place, [turn], split(turn, at))
    return _finish(session, call_id, user_id, layer, after, place)


def join_turn(session: Session, call_id: int, user_id: int, key: str, other: str) -> Saved:
    """Join a turn with its neighbour, whose key is `other`; the first one's speaker stays.

    Raises NoSuchCall, TurnChanged, CorrectionRefused.
    """
    layer, place = _open(session, call_id, key)
    neighbour = layer.find(other)
    if neighbour is None:
        raise TurnChanged(call_id, layer.successors(other), layer)
    first, second = sorted((place, neighbour))
    if second - first != 1:
        raise CorrectionRefused("other", "Only turns that follow one another can be joined. Nothing was stored.")
    turns = [layer.items[first].turn, layer.items[second].turn]
    joined = join(*turns)
    _check_text(joined.text)
    after = _add(session, call_id, user_id, layer, "join", first, turns, [joined])
    return _finish(session, call_id, user_id, layer, after, first)


def undo_turn(session: Session, call_id: int, user_id: int, key: str) -> Saved:
    """Take back the newest edit of a turn: by another edit, which can be seen as well.

    Raises NoSuchCall, TurnChanged, CorrectionRefused.
    """
    layer, place = _open(session, call_id, key)
    way = undoing(layer, place)
    if way is None:
        raise CorrectionRefused(
            "key",
            "There is nothing to take back here, or a part of it was changed again later: take that back first. "
            "Nothing was stored.",
        )
    first, now, then, undone = way
    after = _add(session, call_id, user_id, layer, "undo", first, now, then, undoes=undone)
    return _finish(session, call_id, user_id, layer, after, first)


def lock_call(session: Session, call_id: int) -> Call:
    """The call's row, held until the transaction ends, so that two people's edits come one after the other."""
    call = session.scalars(
        select(Call).where(Call.id == call_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if call is None:
        raise NoSuchCall(call_id)
    return call


def score_anew(session: Session, call_id: int) -> Step | None:
    """Have a scored call, or one that is being scored from older words, judged again; None when it is not scored.

    A run that is scoring the older words loses its claim: its result is refused by the fence.
    """
    call = session.execute(select(Call.partial, Call.score_partial, Call.state).where(Call.id == call_id)).one_or_none()
    if call is None or (call.partial and not call.score_partial):
        return None
    judged = select(StoredAssessment.id).where(StoredAssessment.call_id == call_id).limit(1)
    if call.state == "scored" and session.scalar(judged) is None:
        return None
    return "score" if states.make_ready(session, call_id, "score", when=("scored", "transcribed", "scoring")) else None


def add_correction(
    session: Session,
    call_id: int,
    user_id: int | None,
    transcript_id: int,
    kind: Kind,
    *,
    turn: int | None,
    before: dict[str, object],
    after: dict[str, object],
    undoes: int | None = None,
) -> int:
    """Append one edit to the call's layer; its id. The call's row must be locked."""
    number = session.scalar(select(func.max(Correction.number)).where(Correction.call_id == call_id)) or 0
    row = Correction(
        call_id=call_id,
        number=number + 1,
        transcript_id=transcript_id,
        user_id=user_id,
        at=utc_now(),
        kind=kind,
        turn=turn,
        before=before,
        after=after,
        undoes=undoes,
    )
    session.add(row)
    session.flush()
    # What was said stays out of the audit log: the edit itself holds it, under the call's own rights.
    record(session, user_id, f"correction.{kind}", "call", call_id, correction=row.id, turn=turn, undoes=undoes)
    return row.id


def _open(session: Session, call_id: int, key: str) -> tuple[Layer, int]:
    lock_call(session, call_id)
    layer = read_layer(session, call_id)
    if layer is None:
        raise CorrectionRefused("key", "This call has no transcript yet, so there is nothing to correct.")
    place = layer.find(key)
    if place is None:
        raise TurnChanged(call_id, layer.successors(key), layer)
    return layer, place


def _add(
    session: Session,
    call_id: int,
    user_id: int,
    layer: Layer,
    kind: Kind,
    turn: int,
    before: Sequence[Turn],
    after: Sequence[Turn],
    *,
    undoes: int | None = None,
    hidden: bool = False,
) -> Layer:
    add_correction(
        session,
        call_id,
        user_id,
        layer.transcript_id,
        kind,
        turn=turn,
        before={"turns": turns_to_json(before)},
        after={"turns": turns_to_json(after), **({"hidden": True} if hidden else {})},
        undoes=undoes,
    )
    return lay(layer.machine, layer.transcript_id, read_edits(session, call_id))


def _hide(
    session: Session, call_id: int, user_id: int, layer: Layer, readable: Layer, hidden: Mapping[int, Turn]
) -> Layer:
    """Put masked turns in place; no edit keeps what they hide, as it was found in `readable`."""
    hide_history(session, call_id, readable, hidden)
    for n, turn in hidden.items():
        layer = _add(session, call_id, user_id, layer, "words", n, [turn], [turn], hidden=True)
    return layer


def _finish(session: Session, call_id: int, user_id: int, before: Layer, after: Layer, turn: int) -> Saved:
    """Mask what the edit made readable across turns, then index and score the transcript as it is now."""
    if after is before:
        return Saved(after, turn, False, None)
    if [item.turn.text for item in after.items] != [item.turn.text for item in before.items]:
        after = _hide(session, call_id, user_id, after, after, hide_private(after, turn))
    index_transcript(session, call_id, after.transcript)
    following = score_anew(session, call_id)
    if following is None and muted_by_hand(after.edits) != muted_by_hand(before.edits):
        # No step comes that would silence the sound: it cannot be played until one does, and makes it anew.
        session.execute(delete(WebAudio).where(WebAudio.call_id == call_id))
    return Saved(after, turn, True, following)


def _check_text(text: str) -> None:
    if all(unicodedata.category(sign)[0] in "ZC" for sign in text):  # spaces, and signs nobody can see
        raise CorrectionRefused(
            "text", "A turn needs words: join it with its neighbour, or give it to 'Recording'. Nothing was stored."
        )
    if len(text) > LONGEST or "\x00" in text:
        raise CorrectionRefused("text", f"A turn can have {LONGEST} characters at most. Nothing was stored.")


def _check_time(layer: Layer, place: int, start: float | None, end: float | None) -> tuple[float, float]:
    """Both times, within the call and in the order of the turns."""
    longest = layer.machine.duration
    if start is None or end is None or end - start < SHORTEST or start < 0:
        raise CorrectionRefused("start", "A turn ends after it begins. Nothing was stored.")
    if longest is not None and end > longest + 1.0:
        raise CorrectionRefused("end", f"The call ends at {longest:.2f} s. Nothing was stored.")
    turns = [item.turn for item in layer.items]
    behind = next((t.start for t in reversed(turns[:place]) if t.start is not None), None)
    ahead = next((t.start for t in turns[place + 1 :] if t.start is not None), None)
    if (behind is not None and start < behind) or (ahead is not None and start > ahead):
        raise CorrectionRefused("start", "A turn begins between the beginnings of its neighbours. Nothing was stored.")
    return start, end

"""Who is who: swapping rep and client of a call, saying which speaker is the rep, and what its source learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_transcript
from review.errors import NoSuchCall, ReviewError
from review.models import Call, Source, SourceRoleChange, StoredTranscript, User
from review.queries.corrections import read_edits, read_layer
from review.search.index import index_transcript
from review.services.audit import record
from review.services.corrections import CorrectionRefused, Saved, add_correction, lock_call, score_anew
from review.services.corrections_layer import Layer, lay
from review.services.corrections_types import map_roles
from review.services.sources import UnknownSource
from transcription.transcript import Transcript, Turn

SWAP: Final[Mapping[str, str]] = {"rep": "client", "client": "rep"}

LEARN_SWAPS: Final = 3
"""So many hand-made swaps among a source's last LEARN_CALLS two-channel calls turn its rep channel round."""

LEARN_CALLS: Final = 5
"""One wrong call is an accident and two may be; three of five say that the lines are connected the other way."""

_LOOKED_AT: Final = 40  # newest calls of a source among which its last two-channel ones are looked for
_HEARD_KEPT: Final = 60  # longest turns an edit remembers, to find the people again in another transcript


class RolesChanged(ReviewError):
    """Somebody else said who is who since this person read the call; nothing was stored."""

    code = "roles_changed"

    def __init__(self, call_id: int) -> None:
        super().__init__(
            f"Somebody else changed who is who in call {call_id} a moment ago. Nothing was stored: look at it first."
        )
        self.call_id = call_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """The rep's channel of a source changed because people kept swapping its calls, or that was taken back."""

    source: str
    at: datetime
    before: int
    after: int
    reason: str  # learned or undone
    calls: tuple[int, ...]  # the calls it was learned from
    by: str | None


@dataclass(frozen=True, slots=True)
class RolesSaved:
    """What an act left, and what the call's source learned from it; None when nothing."""

    saved: Saved
    learned: RoleChange | None


def swap_roles(session: Session, call_id: int, user_id: int, *, seen: int | None = None) -> RolesSaved:
    """Make the rep the client and the client the rep; the same act again takes it back.

    `seen` is how many decisions on who is who the person had seen (`Layer.decisions`); with another number nothing is
    stored. Raises NoSuchCall, RolesChanged, CorrectionRefused.
    """
    lock_call(session, call_id)
    layer = _layer(session, call_id)
    if not any(turn.role in SWAP for turn in layer.transcript.turns):
        raise CorrectionRefused("roles", "Nobody is named rep or client here: say who is the rep. Nothing was stored.")
    return _decide(session, call_id, user_id, layer, SWAP, seen)


def name_rep(session: Session, call_id: int, user_id: int, speaker: str, *, seen: int | None = None) -> RolesSaved:
    """Say who is the rep: `speaker_a` or `speaker_b`, or `rep` to confirm what the machine found.

    Raises NoSuchCall, RolesChanged, CorrectionRefused.
    """
    lock_call(session, call_id)
    layer = _layer(session, call_id)
    there = {turn.role for turn in layer.transcript.turns}
    others = {"speaker_a": "speaker_b", "speaker_b": "speaker_a", "rep": "client", "client": "rep"}
    if speaker not in others or speaker not in there:
        raise CorrectionRefused("rep", "Choose one of the speakers of this call. Nothing was stored.")
    return _decide(session, call_id, user_id, layer, {speaker: "rep", others[speaker]: "client"}, seen)


def latest_role_change(session: Session, source: str) -> RoleChange | None:
    """The last time a source's rep channel was learned, or that was undone; None when never."""
    row = session.execute(
        select(SourceRoleChange, User.name)
        .outerjoin(User, User.id == SourceRoleChange.user_id)
        .where(SourceRoleChange.source == source)
        .order_by(SourceRoleChange.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _change(row[0], row[1])


def undo_role_change(session: Session, source: str, user_id: int) -> RoleChange | None:
    """Take back what a source learned, for later calls; None when the last change was not learned.

    Calls swapped until now are not counted again. Raises UnknownSource.
    """
    found = session.scalars(select(Source).where(Source.name == source).with_for_update()).one_or_none()
    if found is None:
        raise UnknownSource(source)
    last = latest_role_change(session, source)
    if last is None or last.reason != "learned":
        return None
    return _turn_round(session, found, last.before, "undone", user_id, last.calls)


def _decide(
    session: Session, call_id: int, user_id: int, layer: Layer, roles: Mapping[str, str], seen: int | None
) -> RolesSaved:
    if seen is not None and seen != layer.decisions:
        raise RolesChanged(call_id)
    turns = layer.transcript.turns
    add_correction(
        session,
        call_id,
        user_id,
        layer.transcript_id,
        "roles",
        turn=None,
        before={"heard": _heard(turns)},
        after={"roles": dict(roles), "heard": _heard([map_roles(turn, roles) for turn in turns])},
    )
    after = _layer(session, call_id)
    index_transcript(session, call_id, after.transcript)
    saved = Saved(after, 0, True, score_anew(session, call_id))
    return RolesSaved(saved, _learn(session, call_id, user_id) if after.swapped else None)


def _heard(turns: tuple[Turn, ...] | list[Turn]) -> list[list[Any]]:
    """When each person of the longest turns was heard, in time order."""
    timed = [(turn.start, turn.end, turn.role) for turn in turns if turn.start is not None and turn.end is not None]
    longest = sorted(timed, key=lambda span: (span[0] - span[1], span[0]))[:_HEARD_KEPT]
    return [list(span) for span in sorted(longest)]


def _learn(session: Session, call_id: int, user_id: int) -> RoleChange | None:
    """Turn the source's rep channel round for later calls when people keep swapping its calls."""
    name = session.scalar(select(Call.source).where(Call.id == call_id))
    source = session.scalars(select(Source).where(Source.name == name).with_for_update()).one_or_none()
    if source is None:
        return None
    last = session.scalars(
        select(SourceRoleChange).where(SourceRoleChange.source == source.name).order_by(SourceRoleChange.id.desc())
    ).first()
    rows = session.execute(
        select(Call.id, StoredTranscript.id.label("transcript_id"), StoredTranscript.quality, StoredTranscript.body)
        .join(StoredTranscript, StoredTranscript.call_id == Call.id)
        .where(Call.source == source.name, StoredTranscript.id.in_(_newest_of(source.name)))
        .where(StoredTranscript.created_at > last.at if last else StoredTranscript.id > 0)
        .order_by(Call.happened_at.desc(), Call.id.desc())
    )
    looked, swapped = 0, []
    for row in rows:
        if not _two_channels(row.quality):
            continue
        looked += 1
        machine = unpack_transcript(row.body)
        layer = lay(machine, row.transcript_id, read_edits(session, row.id))
        # A swap speaks against the source's setting only where the machine had followed it.
        if layer.swapped and _rep_channel(machine) == source.rep_channel:
            swapped.append(int(row.id))
        if looked == LEARN_CALLS:
            break
    if len(swapped) < LEARN_SWAPS:
        return None
    return _turn_round(session, source, 1 - source.rep_channel, "learned", user_id, tuple(swapped))


def _newest_of(source: str) -> Any:
    """Ids of the newest transcripts of a source's latest calls."""
    latest = (
        select(Call.id)
        .where(Call.source == source)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    newer = StoredTranscript.__table__.alias("newer")
    later = select(newer.c.id).where(
        newer.c.call_id == StoredTranscript.call_id, newer.c.number > StoredTranscript.number
    )
    return select(StoredTranscript.id).where(StoredTranscript.call_id.in_(select(latest.c.id)), ~later.exists())


def _two_channels(quality: Mapping[str, Any]) -> bool:
    return quality.get("channels") == 2 and not quality.get("dual_mono")


def _rep_channel(machine: Transcript) -> int | None:
    return next((turn.channel for turn in machine.turns if turn.role == "rep"), None)


def _turn_round(
    session: Session, source: Source, channel: int, reason: str, user_id: int, calls: tuple[int, ...]
) -> RoleChange:
    row = SourceRoleChange(
        source=source.name,
        user_id=user_id,
        before=source.rep_channel,
        after=channel,
        reason=reason,
        facts={"calls": list(calls)},
    )
    source.rep_channel = channel
    session.add(row)
    session.flush()
    facts = {"before": row.before, "after": row.after, "calls": list(calls)}
    record(session, user_id, f"source.rep_channel_{reason}", "source", source.name, **facts)
    return _change(row, session.scalar(select(User.name).where(User.id == user_id)))


def _change(row: SourceRoleChange, by: str | None) -> RoleChange:
    return RoleChange(
        source=row.source,
        at=row.at,
        before=row.before,
        after=row.after,
        reason=row.reason,
        calls=tuple(int(n) for n in row.facts.get("calls") or ()),
        by=by,
    )


def _layer(session: Session, call_id: int) -> Layer:
    layer = read_layer(session, call_id)
    if layer is None:
        if session.get(Call, call_id) is None:
            raise NoSuchCall(call_id)
        raise CorrectionRefused("roles", "This call has no transcript yet, so there is nobody to name.")
    return layer

"""Names, companies and addresses hidden in everything of a call that an external reviewer reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, Client, Rep
from review.outside.own_names import own_names
from review.queries.corrections import read_layer
from transcription.identity import hide_identity, hide_identity_in_text, names_of
from transcription.redaction import MuteSpan, mute_spans
from transcription.transcript import Transcript

_TEXTS: Final = frozenset({"quote", "text", "value", "why", "note"})
"""The parts of an assessment that hold words of the call; the rest are codes and numbers."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who is spoken of in a call, as far as the rows know: before a word of it was read."""

    people: tuple[str, ...]
    companies: tuple[str, ...]  # the client's, and the one that calls


@dataclass(frozen=True, slots=True)
class Hiding:
    """How one call's words are hidden; `transcript` is the shown one with names and addresses masked."""

    transcript: Transcript | None
    people: tuple[str, ...]
    companies: tuple[str, ...]
    language: str | None

    def in_text(self, text: str) -> str:
        """A text about the call, or a quote of it."""
        return hide_identity_in_text(text, self.language, self.people, self.companies)

    def in_json(self, data: Any) -> Any:
        """An assessment or a part of one: its quotes and other texts hidden, everything else as it is.

        Where a call was passed on, the parts of it name their reps: they stay as parts, of nobody.
        """
        if isinstance(data, Mapping):
            hidden = {
                name: self.in_text(value) if name in _TEXTS and isinstance(value, str) else self.in_json(value)
                for name, value in data.items()
            }
            if isinstance(parts := hidden.get("parts"), list):
                hidden["parts"] = [{**part, "name": None} if isinstance(part, dict) else part for part in parts]
            return hidden
        return [self.in_json(item) for item in data] if isinstance(data, list | tuple) else data

    @property
    def silent(self) -> tuple[MuteSpan, ...]:
        """Where the sound must be silent for outsiders, beside where it is for everybody."""
        return () if self.transcript is None else mute_spans(self.transcript)


def known_of(session: Session, call_id: int, own: Sequence[str] | None = None) -> Known:
    """The client, their company, the rep of a call and the company that sells. `own`: its names, where they were read.

    One statement, and two for the own names.
    """
    ours = tuple(own_names(session) if own is None else own)
    row = session.execute(
        select(Client.name.label("client"), Client.company, Rep.name.label("rep"))
        .select_from(Call)
        .outerjoin(Client, Client.id == Call.client_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(Call.id == call_id)
    ).one_or_none()
    if row is None:
        return Known((), ours)
    companies = (row.company, *ours) if row.company else ours
    return Known(tuple(name for name in (row.client, row.rep) if name), tuple(dict.fromkeys(companies)))


def reasons_of(session: Session, call_id: int, why: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Why somebody from outside has a call: what the one who gave it wrote about it, without who is known there."""
    told = tuple(why)
    if not any(reason.get("text") for reason in told):
        return told
    known = known_of(session, call_id)
    return tuple(
        {**reason, "text": hide_identity_in_text(str(reason["text"]), None, known.people, known.companies)}
        if reason.get("text")
        else reason
        for reason in told
    )


def hiding_of(session: Session, call_id: int) -> Hiding:
    """How this call's words are hidden. What its transcript gives away is hidden in its quotes, too."""
    known = known_of(session, call_id)
    layer = read_layer(session, call_id)
    if layer is None:
        return Hiding(None, known.people, known.companies, None)
    language = layer.transcript.language
    hidden = hide_identity(layer.transcript, known.people, known.companies)
    people = tuple(dict.fromkeys((*known.people, *names_of(hidden, known.companies))))
    taken_out = tuple(
        replace(piece, text=hide_identity_in_text(piece.text, language, people, known.companies))
        for piece in hidden.transcript.removed
    )
    return Hiding(replace(hidden.transcript, removed=taken_out), people, known.companies, language)

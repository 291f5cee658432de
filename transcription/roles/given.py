"""Roles in a transcript made elsewhere: voices that its provider only numbered are told by their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from transcription.engines.speakers import NAMED
from transcription.roles.people import number_people
from transcription.roles.sides import RoleHints, Side
from transcription.roles.telling import tell_roles
from transcription.speech import Span, Utterance
from transcription.transcript import RolesNote, Transcript, Turn, Word
from transcription.turns import Voice

_STEP: Final = 1e-3
"""Seconds between the made-up starts of turns without times, which only keep their order."""


def tell_given_roles(transcript: Transcript, hints: RoleHints) -> Transcript:
    """The transcript with rep and client told among voices its source did not name; as it is when there are none.

    A role somebody named, and one that was told already, stays. Turns keep their order, text and times; only role,
    role confidence and speaker change. A provider's single voice may be two people and stays speaker_a.
    """
    keys = [_key(turn) for turn in transcript.turns]
    voices = {key: _voice(turn) for key, turn in zip(keys, transcript.turns, strict=True) if turn.role != "system"}
    if transcript.roles is not None or len(voices) < 2 or any(_named(voice) for voice in voices.values()):
        return transcript
    timed = all(turn.start is not None for turn in transcript.turns)
    sides = {
        key: Side(
            tuple(
                _utterance(turn, None if timed else n * _STEP)
                for n, (turn, own) in enumerate(zip(transcript.turns, keys, strict=True))
                if own == key
            ),
            voice,
        )
        for key, voice in voices.items()
    }
    told = tell_roles(tuple(sides.values()), replace(hints, language=hints.language or transcript.language))
    settled = [Side(side.utterances, voice) for side, voice in zip(sides.values(), told.voices, strict=True)]
    new = {key: side.voice for key, side in zip(sides, number_people(settled), strict=True)}
    return replace(
        transcript,
        turns=tuple(
            turn
            if turn.role == "system"
            else replace(turn, role=new[key].role, role_confidence=new[key].confidence, speaker=new[key].speaker)
            for key, turn in zip(keys, transcript.turns, strict=True)
        ),
        roles=RolesNote(round(told.confidence, 3), told.swapped, told.doubt, told.reasons),
    )


def _key(turn: Turn) -> tuple[str, int | None, str | None]:
    return turn.role, turn.channel, turn.speaker


def _voice(turn: Turn) -> Voice:
    return Voice(turn.role, turn.role_confidence, turn.channel)


def _named(voice: Voice) -> bool:
    return voice.role in ("rep", "client") and (voice.confidence is None or voice.confidence >= NAMED)


def _utterance(turn: Turn, at: float | None) -> Utterance:
    """A turn as its words; without word times every word stands at the turn's beginning."""
    start = at if at is not None else turn.start or 0.0
    words: Sequence[Word] = turn.words
    if at is not None or not words or any(word.start is None or word.end is None for word in words):
        words = tuple(Word(text, start, start) for text in turn.text.split())
    return Utterance(Span(start, start), tuple(words))

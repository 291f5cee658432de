"""Reading the transcript's JSON form (schema 1), refusing what is wrong by naming the part that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from transcription.errors import NotATranscript
from transcription.plain_turns import read_plain_turns
from transcription.transcript import (
    MARK_KINDS,
    REDACTION_KINDS,
    ROLES,
    SCHEMA,
    AudioQuality,
    Mark,
    MarkKind,
    Redaction,
    RedactionKind,
    Removal,
    Role,
    RolesNote,
    Transcript,
    Turn,
    Word,
)


def read_transcript_json(data: object) -> Transcript:
    """The transcript in a parsed JSON object. Raises NotATranscript naming the part that is wrong."""
    top = _mapping(data, "the top level")
    schema = top.get("schema", SCHEMA)
    if schema != SCHEMA:
        raise NotATranscript(f"schema {schema!r} is not {SCHEMA}", where="schema")
    turns = top.get("turns")
    if not isinstance(turns, list):
        raise NotATranscript("it has no list of turns", where="turns")
    read = read_plain_turns(turns) or tuple(_read_turn(item, f"turns[{n}]") for n, item in enumerate(turns))
    return with_turns(read, top)


def with_turns(turns: tuple[Turn, ...], top: Mapping[str, Any]) -> Transcript:
    """The transcript of those turns with the rest of the JSON object. Raises NotATranscript as reading all does."""
    return Transcript(
        turns=turns,
        language=_text_or_none(top, "language", "language"),
        engine=_text_or_none(top, "engine", "engine"),
        model=_text_or_none(top, "model", "model"),
        duration=_number(top, "duration", "duration"),
        draft=bool(top.get("draft", False)),
        quality=_read_quality(top.get("quality") or {}),
        removed=tuple(_read_removal(item, f"removed[{n}]") for n, item in enumerate(_list(top, "removed"))),
        language_probability=_number(top, "language_probability", "language_probability"),
        marks=tuple(_read_mark(item, f"marks[{n}]") for n, item in enumerate(_list(top, "marks"))),
        redactions=tuple(
            _read_redaction(item, f"redactions[{n}]", len(turns)) for n, item in enumerate(_list(top, "redactions"))
        ),
        roles=_read_roles(top.get("roles")),
    )


def _read_roles(data: object) -> RolesNote | None:
    if data is None:
        return None
    item = _mapping(data, "roles")
    reasons = _list(item, "reasons")
    if not all(isinstance(reason, str) for reason in reasons):
        raise NotATranscript("'reasons' is not a list of text", where="roles")
    confidence = _number(item, "confidence", "roles") or 0.0
    return RolesNote(confidence, bool(item.get("swapped", False)), bool(item.get("doubt", False)), tuple(reasons))


def _list(top: Mapping[str, Any], key: str) -> list[Any]:
    value = top.get(key) or []
    if not isinstance(value, list):
        raise NotATranscript(f"{key!r} is not a list", where=key)
    return value


def _read_turn(data: object, where: str) -> Turn:
    item = _mapping(data, where)
    role = item.get("role")
    if role not in ROLES:
        raise NotATranscript(f"role {role!r} is none of {', '.join(ROLES)}", where=where)
    text = item.get("text")
    if not isinstance(text, str):
        raise NotATranscript("the turn has no text", where=where)
    words = item.get("words") or []
    if not isinstance(words, list):
        raise NotATranscript("'words' is not a list", where=where)
    return Turn(
        role=cast(Role, role),
        text=text,
        start=_number(item, "start", where),
        end=_number(item, "end", where),
        role_confidence=_number(item, "role_confidence", where),
        channel=_channel(item, where),
        words=tuple(_read_word(word, where, n) for n, word in enumerate(words)),
        speaker=_text_or_none(item, "speaker", where),
        language=_text_or_none(item, "language", where),
    )


def _channel(item: Mapping[str, Any], where: str) -> int | None:
    channel = item.get("channel")
    if channel is not None and (isinstance(channel, bool) or not isinstance(channel, int)):
        raise NotATranscript("'channel' is not a whole number", where=where)
    return channel


def _read_mark(data: object, where: str) -> Mark:
    item = _mapping(data, where)
    start, end = _number(item, "start", where), _number(item, "end", where)
    if start is None or end is None:
        raise NotATranscript("the mark has no time", where=where)
    if item.get("kind") not in MARK_KINDS:
        raise NotATranscript(f"kind {item.get('kind')!r} is none of {', '.join(MARK_KINDS)}", where=where)
    return Mark(start, end, cast(MarkKind, item["kind"]), _channel(item, where))


def _read_redaction(data: object, where: str, turns: int) -> Redaction:
    item = _mapping(data, where)
    turn = item.get("turn")
    if isinstance(turn, bool) or not isinstance(turn, int) or not 0 <= turn < turns:
        raise NotATranscript(f"turn {turn!r} is not the number of a turn", where=where)
    if item.get("kind") not in REDACTION_KINDS:
        raise NotATranscript(f"kind {item.get('kind')!r} is none of {', '.join(REDACTION_KINDS)}", where=where)
    kind = cast(RedactionKind, item["kind"])
    return Redaction(kind, turn, _number(item, "start", where), _number(item, "end", where))


def _read_word(data: object, turn: str, number: int) -> Word:
    where = f"{turn}.words[{number}]"
    item = _mapping(data, where)
    text = item.get("text")
    if not isinstance(text, str):
        raise NotATranscript("the word has no text", where=where)
    return Word(
        text,
        _number(item, "start", where),
        _number(item, "end", where),
        _number(item, "confidence", where),
    )


def _read_removal(data: object, where: str) -> Removal:
    item = _mapping(data, where)
    return Removal(
        _number(item, "start", where),
        _number(item, "end", where),
        str(item.get("text", "")),
        str(item.get("reason", "")),
    )


def _read_quality(data: object) -> AudioQuality:
    item = _mapping(data, "quality")
    numbers = {
        name: _number(item, name, "quality")
        for name in (
            "declared",
            "decoded",
            "word_confidence",
            "peak_dbfs",
            "rms_dbfs",
            "clipping",
            "noise_floor_dbfs",
            "bandwidth_hz",
            "echo",
            "speech_seconds",
        )
    }
    channels, rate = _number(item, "channels", "quality"), _number(item, "rate", "quality")
    return AudioQuality(
        channels=None if channels is None else int(channels),
        rate=None if rate is None else int(rate),
        dual_mono=bool(item.get("dual_mono", False)),
        partial=bool(item.get("partial", False)),
        codec=_text_or_none(item, "codec", "quality"),
        silent_channels=_numbers_of_channels(item),
        **numbers,
    )


def _numbers_of_channels(item: Mapping[str, Any]) -> tuple[int, ...]:
    value = _list(item, "silent_channels")
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in value):
        raise NotATranscript("'silent_channels' are not whole numbers", where="quality")
    return tuple(value)


def _mapping(data: object, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise NotATranscript("expected a JSON object", where=where)
    return data


def _number(item: Mapping[str, Any], key: str, where: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotATranscript(f"{key!r} is not a number", where=where)
    try:
        number = float(value)
    except OverflowError:  # a whole number too long for one
        number = float("inf")
    if number != number or number in (float("inf"), float("-inf")):
        raise NotATranscript(f"{key!r} is not a finite number", where=where)
    return number


def _text_or_none(item: Mapping[str, Any], key: str, where: str) -> str | None:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise NotATranscript(f"{key!r} is not text", where=where)
    return value

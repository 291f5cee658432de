"""Transcripts made elsewhere: numbered voices are told by their words, named ones are believed."""

from __future__ import annotations

import json
from dataclasses import replace

from transcription.engines.imported import read_transcript
from transcription.roles import RoleHints, tell_given_roles
from transcription.transcript import Transcript, Turn

LINES = (
    (1, "Hello, how much is a new window? I would like to buy two."),
    (0, "Thank you for calling Northwind, how can I help you?"),
    (1, "That is too expensive."),
    (0, "Can I have your phone number, please?"),
)


def whisperx(labels: tuple[str, str], lines: tuple[tuple[int, str], ...] = LINES) -> Transcript:
    segments = [
        {"start": n * 5.0, "end": n * 5.0 + 4, "text": text, "speaker": labels[who]}
        for n, (who, text) in enumerate(lines)
    ]
    return read_transcript(json.dumps({"language": "en", "segments": segments}).encode())


def test_numbered_voices_are_told_by_their_words() -> None:
    told = tell_given_roles(whisperx(("SPEAKER_00", "SPEAKER_01")), RoleHints())
    assert [turn.role for turn in told.turns] == ["client", "rep", "client", "rep"]
    assert all((turn.role_confidence or 0) > 0.9 for turn in told.turns)
    assert told.roles is not None
    assert told.roles.reasons


def test_roles_the_provider_named_are_believed() -> None:
    given = whisperx(("Customer", "Agent"))
    assert tell_given_roles(given, RoleHints()) == given


def test_roles_typed_by_a_person_are_believed() -> None:
    given = Transcript(
        (Turn("client", "Thank you for calling, how can I help you?"), Turn("rep", "How much is it?")), "en"
    )
    assert tell_given_roles(given, RoleHints()) == given


def test_roles_are_told_once() -> None:
    told = tell_given_roles(whisperx(("SPEAKER_00", "SPEAKER_01")), RoleHints())
    assert tell_given_roles(told, RoleHints()) is told


def test_two_channels_in_the_usual_order_are_turned_round_by_their_words() -> None:
    given = whisperx(("SPEAKER_00", "SPEAKER_01"))
    wrong = tuple(
        replace(turn, role="client" if who == 0 else "rep", role_confidence=0.9, channel=1 - who)
        for turn, (who, _) in zip(given.turns, LINES, strict=True)
    )
    told = tell_given_roles(replace(given, turns=wrong), RoleHints())
    assert [turn.role for turn in told.turns] == ["client", "rep", "client", "rep"]
    assert told.roles is not None
    assert told.roles.swapped


def test_turns_without_times_keep_their_order() -> None:
    given = whisperx(("SPEAKER_00", "SPEAKER_01"))
    bare = replace(given, turns=tuple(replace(t, start=None, end=None, words=()) for t in given.turns))
    told = tell_given_roles(bare, RoleHints())
    assert [(t.role, t.text) for t in told.turns] == [("client" if who == 1 else "rep", text) for who, text in LINES]


def test_one_voice_for_both_people_stays_unknown() -> None:
    given = whisperx(("SPEAKER_00", "SPEAKER_00"))
    assert tell_given_roles(given, RoleHints()) == given


def test_a_third_voice_is_told_by_itself() -> None:
    text = "\n".join(
        (
            "Speaker 1: Thank you for calling Northwind, how can I help you? I will put you through to my colleague.",
            "Speaker 2: Hello, how much is a new window? I would like to buy two.",
            "Speaker 3: Hello, thank you for waiting. Can I have your phone number, please? We offer free delivery.",
            "Speaker 2: That is too expensive, I will think about it.",
        )
    )
    told = tell_given_roles(read_transcript(text.encode(), language="en"), RoleHints())
    assert [(turn.role, turn.speaker) for turn in told.turns] == [
        ("rep", "rep"), ("client", None), ("rep", "rep_2"), ("client", None),
    ]  # fmt: skip


def test_numbered_agents_of_a_provider_are_people_of_their_own() -> None:
    lines = ((0, "Hello."), (1, "Good morning."), (0, "I will put you through."))
    given = whisperx(("Agent 1", "Agent 2"), lines)
    assert [(turn.role, turn.speaker) for turn in given.turns] == [("rep", None), ("rep", "rep_2"), ("rep", None)]

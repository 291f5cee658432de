"""Roles of three people on one channel, one of whom takes over from another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.unit.transcription.roles.voices import talk
from transcription.roles import RoleHints, settle_people
from transcription.roles.settle import People
from transcription.speech import SpokenChannel
from transcription.turns import Voice

OPENING = (
    ("first", "thank you for calling Northwind Windows this is Sarah how can I help you"),
    ("client", "I would like to know how much is that for my house"),
    ("first", "may I ask what kind of windows do you have"),
    ("client", "my windows are old and it is too expensive"),
    ("first", "I will put you through to my colleague one moment please"),
)
TAKEN_OVER = (
    ("second", "hello this is Michael from the sales department"),
    ("client", "yes hello I was told that I could get a discount"),
    ("second", "we can offer ten percent"),
    ("client", "I need to think about it"),
    ("second", "I will call you on Monday and goodbye"),
)
HANDED_OVER = (
    ("other", "hello yes I would like to know how much does it cost"),
    ("first", "we can offer ten percent shall I send you the offer"),
    ("other", "it is too expensive send me an email"),
    ("first", "I will send you the offer thank you for calling"),
)


def settled(lines: Sequence[tuple[str, str]], path: Path) -> tuple[list[str], People]:
    people = list(dict.fromkeys(who for who, _ in lines))
    voices = [Voice("speaker_a" if n == 0 else "speaker_b", 0.0, 0) for n in range(len(people))]
    channels = [SpokenChannel(path, ()) for _ in people]
    hints = RoleHints("inbound", language="en")
    return people, settle_people([talk(lines, who) for who in people], voices, hints, decoded=channels)


def test_a_second_rep_on_a_mono_call_has_turns_of_his_own(tmp_path: Path) -> None:
    names, people = settled(OPENING + TAKEN_OVER, tmp_path / "call.raw")
    found = {name: (side.voice.role, side.voice.speaker) for name, side in zip(names, people.sides, strict=True)}
    assert found == {"first": ("rep", "rep"), "client": ("client", None), "second": ("rep", "rep_2")}
    assert people.told.confidence > 0.9


def test_it_does_not_matter_who_is_heard_first(tmp_path: Path) -> None:
    names, people = settled((("client", "hello"), *OPENING, *TAKEN_OVER), tmp_path / "call.raw")
    found = {name: (side.voice.role, side.voice.speaker) for name, side in zip(names, people.sides, strict=True)}
    assert found == {"first": ("rep", "rep"), "client": ("client", None), "second": ("rep", "rep_2")}


def test_whoever_is_handed_the_clients_telephone_is_a_second_client(tmp_path: Path) -> None:
    names, people = settled(OPENING[:4] + HANDED_OVER, tmp_path / "call.raw")
    found = {name: (side.voice.role, side.voice.speaker) for name, side in zip(names, people.sides, strict=True)}
    assert found == {"first": ("rep", None), "client": ("client", "client"), "other": ("client", "client_2")}


def test_one_who_speaks_like_the_other_side_after_a_takeover_has_no_role(tmp_path: Path) -> None:
    lines = (
        *OPENING,
        ("second", "how much is that for my house I would like to buy it is too expensive"),
        ("client", "yes"),
        ("second", "my husband says no thank you I need to think about it"),
    )
    names, people = settled(lines, tmp_path / "call.raw")
    doubted = people.sides[names.index("second")].voice
    assert doubted.role in ("speaker_a", "speaker_b")
    assert (doubted.confidence or 0.0) < 0.7

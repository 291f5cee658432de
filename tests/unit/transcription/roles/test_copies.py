"""Copies of the other side's speech go however they were heard; who speaks over them keeps every word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.transcription.roles.voices import channel, said, voice
from transcription.roles import remove_bleed
from transcription.speech import RATE, Utterance

SECONDS = 14.0
REP = (said("thank you for calling how can i help", 0.2), said("we have them in oak and in pine", 9.0))
CLIENT = (said("hello i am looking for a large wooden table", 4.0),)
MISHEARD = "yellow stream knocking more hay barge golden fable mumble"


def text(utterances: tuple[Utterance, ...]) -> str:
    return " ".join(word.text for utterance in utterances for word in utterance.words)


def late(sound: np.ndarray, delay: float, decibels: float) -> np.ndarray:
    return np.roll(sound, round(delay * RATE)) * 10 ** (decibels / 20)


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("decibels", [-12, -18, -26])
def test_a_copy_of_which_no_word_was_heard_right_goes(tmp_path: Path, decibels: float, delay: float) -> None:
    rep, client = voice(REP, SECONDS, seed=1), voice(CLIENT, SECONDS, seed=2)
    decoded = (
        channel(tmp_path / "0", rep + late(client, delay, decibels)),
        channel(tmp_path / "1", client + late(rep, delay, decibels)),
    )
    heard = (*REP, said(MISHEARD, 4.0 + delay))
    (left, other), removals = remove_bleed((heard, CLIENT), decoded, "en")
    assert text(left) == text(REP)
    assert other == CLIENT
    assert [(removal.reason, removal.text) for removal in removals] == [("bleed", MISHEARD)]


def test_a_copy_right_beside_own_words_goes_alone(tmp_path: Path) -> None:
    answer = said("yes of course", 6.9)
    rep, client = voice((*REP, answer), SECONDS, seed=1), voice(CLIENT, SECONDS, seed=2)
    decoded = (channel(tmp_path / "0", rep + late(client, 0.1, -18)), channel(tmp_path / "1", client))
    whole = Utterance(answer.span, (*said(MISHEARD, 4.1).words[:-1], *answer.words))
    (left, _), removals = remove_bleed(((*REP, whole), CLIENT), decoded, "en")
    assert text(left) == f"{text(REP)} yes of course"
    assert [removal.text for removal in removals] == [MISHEARD.rsplit(" ", 1)[0]]


@pytest.mark.parametrize("level", [0.1, 0.05, 0.02])
def test_who_speaks_over_the_copy_keeps_every_word(tmp_path: Path, level: float) -> None:
    over = (said("wait please i have to tell you one thing", 4.0),)
    rep = voice(REP, SECONDS, seed=1) + voice(over, SECONDS, seed=3, level=level)
    client = voice(CLIENT, SECONDS, seed=2)
    decoded = (channel(tmp_path / "0", rep + late(client, 0.2, -18)), channel(tmp_path / "1", client))
    mine = (*REP, *over)
    assert remove_bleed((mine, CLIENT), decoded, "en") == ((mine, CLIENT), ())


def test_without_an_echo_both_who_talk_at_once_keep_their_words(tmp_path: Path) -> None:
    mine = (said(MISHEARD, 4.0),)
    for level in (0.1, 0.01):
        decoded = (
            channel(tmp_path / "0", voice(mine, SECONDS, seed=1, level=level)),
            channel(tmp_path / "1", voice(CLIENT, SECONDS, seed=2)),
        )
        assert remove_bleed((mine, CLIENT), decoded, "en") == ((mine, CLIENT), ())


def test_one_short_word_alone_is_no_echo(tmp_path: Path) -> None:
    """A line that carries the other side carries it for longer than a word."""
    first, second = (said("mumble", 1.0),), (said("hello", 1.0),)
    client = voice(second, 3.0, seed=2)
    decoded = (channel(tmp_path / "0", late(client, 0.0, -18)), channel(tmp_path / "1", client))
    assert remove_bleed((first, second), decoded, "en") == ((first, second), ())

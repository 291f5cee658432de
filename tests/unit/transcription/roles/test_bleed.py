"""One side heard faintly on the other's channel goes; two people who really talk at once stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.transcription.roles.voices import channel, said, voice
from transcription.roles import remove_bleed
from transcription.speech import RATE, Utterance

SECONDS = 12.0
REP = (said("thank you for calling how can i help", 0.2), said("we have them in oak and in pine", 8.0))
CLIENT = (said("hello i am looking for a large wooden table", 4.0),)


def text(utterances: tuple[Utterance, ...]) -> str:
    return " ".join(word.text for utterance in utterances for word in utterance.words)


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("decibels", [-12, -20, -30])
def test_a_copy_of_the_other_side_goes(tmp_path: Path, decibels: int, delay: float) -> None:
    rep, client = voice(REP, SECONDS, seed=1), voice(CLIENT, SECONDS, seed=2)
    copy = np.roll(client, round(delay * RATE)) * 10 ** (decibels / 20)
    heard = (*REP, said("hello i am looking for a large wooden table", 4.0 + delay))
    decoded = (channel(tmp_path / "0", rep + copy), channel(tmp_path / "1", client))
    (left, other), removals = remove_bleed((heard, CLIENT), decoded, "en")
    assert text(left) == text(REP)
    assert other == CLIENT
    assert [(r.reason, r.text) for r in removals] == [("bleed", "hello i am looking for a large wooden table")]


def test_a_copy_heard_worse_goes_whole(tmp_path: Path) -> None:
    rep, client = voice(REP, SECONDS, seed=1), voice(CLIENT, SECONDS, seed=2)
    heard = (*REP, said("below i am looking for a barge wooden cable", 4.0))
    decoded = (channel(tmp_path / "0", rep + 0.1 * client), channel(tmp_path / "1", client))
    (left, _), removals = remove_bleed((heard, CLIENT), decoded, "en")
    assert text(left) == text(REP)
    assert removals[0].text == "below i am looking for a barge wooden cable"


WRONG = "hello red hum spin stop blue cap moon table"


def test_a_copy_heard_all_wrong_but_for_two_words_goes_whole(tmp_path: Path) -> None:
    rep, client = voice(REP, SECONDS, seed=1), voice(CLIENT, SECONDS, seed=2)
    decoded = (channel(tmp_path / "0", rep + 0.1 * client), channel(tmp_path / "1", client))
    (left, _), removals = remove_bleed(((*REP, said(WRONG, 4.0)), CLIENT), decoded, "en")
    assert text(left) == text(REP)
    assert [removal.text for removal in removals] == [WRONG]


@pytest.mark.parametrize("level", [0.1, 0.01])
def test_other_words_said_at_once_stay_though_one_is_the_same(tmp_path: Path, level: float) -> None:
    mine = (said(WRONG, 4.0),)
    decoded = (
        channel(tmp_path / "0", voice(mine, SECONDS, seed=1, level=level)),
        channel(tmp_path / "1", voice(CLIENT, SECONDS, seed=2)),
    )
    assert remove_bleed((mine, CLIENT), decoded, "en") == ((mine, CLIENT), ())


def test_own_words_beside_a_copy_stay(tmp_path: Path) -> None:
    answer = (said("yes of course", 7.0),)
    rep, client = voice((*REP, *answer), SECONDS, seed=1), voice(CLIENT, SECONDS, seed=2)
    heard = (*REP, said("hello i am looking for a large wooden table", 4.0), *answer)
    decoded = (channel(tmp_path / "0", rep + 0.1 * client), channel(tmp_path / "1", client))
    (left, _), _ = remove_bleed((heard, CLIENT), decoded, "en")
    assert text(left) == f"{text(REP)} yes of course"


@pytest.mark.parametrize("level", [0.1, 0.01])
def test_the_same_word_said_by_both_at_once_stays(tmp_path: Path, level: float) -> None:
    first, second = (said("hello", 1.0),), (said("hello", 1.1),)
    decoded = (
        channel(tmp_path / "0", voice(first, 3.0, seed=1, level=level)),
        channel(tmp_path / "1", voice(second, 3.0, seed=2)),
    )
    assert remove_bleed((first, second), decoded, "en") == ((first, second), ())


@pytest.mark.parametrize("level", [0.1, 0.01])
def test_the_same_sentence_said_by_both_at_once_stays(tmp_path: Path, level: float) -> None:
    first, second = (said("have a nice day good bye", 1.0),), (said("have a nice day good bye", 1.05),)
    decoded = (
        channel(tmp_path / "0", voice(first, 4.0, seed=1, level=level)),
        channel(tmp_path / "1", voice(second, 4.0, seed=2)),
    )
    assert remove_bleed((first, second), decoded, "en") == ((first, second), ())


def test_talking_at_once_with_other_words_stays(tmp_path: Path) -> None:
    first, second = (said("let me finish please", 1.0),), (said("but that is too expensive", 1.0),)
    one, two = voice(first, 4.0, seed=1), voice(second, 4.0, seed=2)
    decoded = (channel(tmp_path / "0", one + 0.1 * two), channel(tmp_path / "1", two))
    assert remove_bleed((first, second), decoded, "en") == ((first, second), ())


def test_the_same_words_at_another_time_stay(tmp_path: Path) -> None:
    first, second = (said("on friday at ten", 1.0),), (said("on friday at ten", 4.0),)
    one, two = voice(first, 6.0, seed=1, level=0.01), voice(second, 6.0, seed=2)
    decoded = (channel(tmp_path / "0", one), channel(tmp_path / "1", two))
    assert remove_bleed((first, second), decoded, "en") == ((first, second), ())


def test_a_copy_as_loud_as_the_original_stays(tmp_path: Path) -> None:
    client = voice(CLIENT, SECONDS, seed=2)
    decoded = (channel(tmp_path / "0", 0.7 * client), channel(tmp_path / "1", client))
    assert remove_bleed((CLIENT, CLIENT), decoded, "en") == ((CLIENT, CLIENT), ())


def test_two_people_on_one_channel_are_not_compared(tmp_path: Path) -> None:
    client = voice(CLIENT, SECONDS, seed=2)
    one = channel(tmp_path / "0", client)
    assert remove_bleed((CLIENT, CLIENT), (one, one), "en") == ((CLIENT, CLIENT), ())


def test_words_without_times_stay(tmp_path: Path) -> None:
    from dataclasses import replace

    bare = tuple(replace(u, words=tuple(replace(w, start=None, end=None) for w in u.words)) for u in CLIENT)
    client = voice(CLIENT, SECONDS, seed=2)
    decoded = (channel(tmp_path / "0", 0.1 * client), channel(tmp_path / "1", client))
    assert remove_bleed((bare, CLIENT), decoded, "en") == ((bare, CLIENT), ())

"""A spoken call with a transfer through the whole pipeline: real voices and ringing, the engine's words as scripted."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from scoring.engine import score
from scoring.standards import load_standard
from transcription.pipeline import TranscribeOptions, transcribe
from transcription.speech import Recognition, Span, SpokenChannel, Utterance
from transcription.transcript import Transcript, Word
from workers.demo.voices import VOICES, speak

pytestmark = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")

RATE = 8000
RING = 9.0
LINES = (
    ("first", "Good morning. Thank you for calling Riverside Furniture, my name is Peter Hall. How can I help you?"),
    ("client", "I would like to buy forty chairs for our new office."),
    ("first", "What kind of chairs are you looking for, and when do you need them?"),
    ("client", "Comfortable chairs, on the first of April."),
    ("first", "I will put you through to my colleague, who makes the offers. One moment please."),
    ("client", "All right."),
    ("second", "Good morning, this is Susan Miller, thank you for waiting. How can I help you?"),
    ("client", "How much are forty chairs with delivery?"),
    ("second", "Forty chairs with delivery come to twelve thousand pounds, with a guarantee of five years."),
    ("client", "That is too expensive for us."),
    ("second", "I understand. May I ask what you are comparing it with? We could deliver ten of them in the summer."),
    ("client", "That sounds good. Can you send me an offer?"),
    ("second", "I will send you the offer tomorrow, and I will call you on Friday at ten. Have a nice day."),
)


@dataclass(frozen=True)
class Prompter:
    """An engine that was told every word beforehand."""

    channels: tuple[tuple[Utterance, ...], ...]
    name: str = "prompter"
    model: str = "script"
    draft: bool = False

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        hotwords: Sequence[str] = (),
        accuracy: str = "normal",
    ) -> Recognition:
        return Recognition(self.channels, language)


def spoken_call(folder: Path, second: str) -> tuple[Path, Prompter]:
    """The call as a stereo file, its second rep in the voice `second`, and what an engine should hear in it."""
    voices = {"first": "peter", "client": "scottish", "second": second}
    placed: list[tuple[int, float, np.ndarray[tuple[int], np.dtype[np.float64]]]] = []
    heard: tuple[list[Utterance], list[Utterance]] = ([], [])
    at, ringing = 0.5, False
    for who, text in LINES:
        if who == "second" and not ringing:
            times = np.arange(round(RING * RATE)) / RATE
            placed.append((0, at, 0.1 * (times % 3 < 1) * np.sin(2 * np.pi * 425 * times)))
            at, ringing = at + RING + 0.5, True
        sound, rate = speak(text, VOICES[voices[who]])
        length = len(sound) / rate
        sound = np.interp(np.arange(round(length * RATE)) * rate / RATE, np.arange(len(sound)), sound)
        channel = int(who == "client")
        placed.append((channel, at, 0.4 * sound / np.abs(sound).max()))
        words = text.split()
        step = length / len(words)
        heard[channel].append(
            Utterance(
                Span(at, at + length),
                tuple(Word(w, at + n * step, at + (n + 1) * step - 0.02, 0.9) for n, w in enumerate(words)),
            )
        )
        at += length + 0.6
    sound = np.random.default_rng(3).normal(0, 0.0006, (round((at + 1) * RATE), 2))
    for channel, start, samples in placed:
        first = round(start * RATE)
        sound[first : first + len(samples), channel] += samples
    path = folder / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path, Prompter((tuple(heard[0]), tuple(heard[1])))


def transcribed(folder: Path, second: str) -> Transcript:
    path, engine = spoken_call(folder, second)
    return transcribe([path], engine, TranscribeOptions("en", "inbound"), workdir=folder / "work")


def test_a_transfer_gives_each_rep_turns_and_a_score_of_their_own(tmp_path: Path) -> None:
    transcript = transcribed(tmp_path, "woman")
    assert [mark.kind for mark in transcript.marks if mark.kind != "tone"] == ["ringback"]
    speakers = [(turn.role, turn.speaker) for turn in transcript.turns]
    expected = {"first": ("rep", "rep"), "second": ("rep", "rep_2"), "client": ("client", None)}
    assert speakers == [expected[who] for who, _ in LINES]
    first, second = score(transcript, load_standard("inbound-lead")).parts
    assert (first.speaker, first.turns) == ("rep", (0, 4))
    assert (second.speaker, second.turns) == ("rep_2", (6, 12))
    assert "greeting" in first.criteria
    assert "next_step" in second.criteria


def test_the_same_person_back_from_a_hold_stays_one_rep(tmp_path: Path) -> None:
    transcript = transcribed(tmp_path, "peter")
    assert {turn.speaker for turn in transcript.turns} == {None}
    assert score(transcript, load_standard("inbound-lead")).parts == ()

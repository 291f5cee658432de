"""The careful way on a real model of random weights, and what it does with hearings that are made for the test."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.whisper_model import SAID, build_whisper_model
from transcription.engines.whisper import WhisperEngine
from transcription.engines.whisper_call import AskedCall
from transcription.engines.whisper_careful import CAREFUL_BEAM, hear_channel
from transcription.engines.whisper_hearing import Encoded, Hearing
from transcription.engines.whisper_languages import Spoken
from transcription.engines.whisper_windows import fill_windows, with_pauses
from transcription.engines.whisper_words import HeardWord
from transcription.errors import Cancelled
from transcription.speech import RATE, Span, SpokenChannel

SPANS = ((1.0, 9.0), (11.0, 20.0), (25.0, 40.0), (50.0, 60.0))


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> tuple[SpokenChannel, ...]:
    random = np.random.default_rng(3)
    made = []
    for number in range(2):
        path = tmp_path_factory.mktemp("sound") / f"{number}.raw"
        random.normal(0, 3000, 62 * RATE).clip(-32768, 32767).astype("<i2").tofile(path)
        made.append(SpokenChannel(path, tuple(Span(*span) for span in SPANS)))
    return tuple(made)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhisperEngine:
    folder = build_whisper_model(tmp_path_factory.mktemp("whisper") / "random")
    return WhisperEngine.load(str(folder), threads=2, most_tokens=24)


def test_the_careful_way_gives_the_same_words_every_time_and_every_span(
    engine: WhisperEngine, channels: tuple[SpokenChannel, ...]
) -> None:
    seen: list[float] = []
    heard = engine.recognise(channels, "en", accuracy="high", on_progress=seen.append)
    assert heard == engine.recognise(channels, "en", accuracy="high")
    assert [[u.span for u in channel] for channel in heard.channels] == [list(c.spans) for c in channels]
    words = [word for channel in heard.channels for utterance in channel for word in utterance.words]
    assert {word.text for word in words} <= set(SAID)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_cancelling_stops_the_careful_way_between_windows(
    engine: WhisperEngine, channels: tuple[SpokenChannel, ...]
) -> None:
    seen: list[float] = []
    with pytest.raises(Cancelled):
        engine.recognise(channels, "en", accuracy="high", on_progress=seen.append, cancelled=lambda: bool(seen))
    assert len(seen) == 1


@pytest.mark.parametrize("accuracy", ["normal", "high"])
def test_nothing_reaches_for_a_network_once_the_model_is_here(
    engine: WhisperEngine,
    channels: tuple[SpokenChannel, ...],
    accuracy: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    loaded = WhisperEngine.load(str(build_whisper_model(tmp_path / "here")), threads=1, most_tokens=4)
    assert loaded.recognise(channels[:1], None, accuracy=accuracy, hotwords=["offerr"]).language is not None


def test_names_given_never_make_a_window_less_sure(engine: WhisperEngine, channels: tuple[SpokenChannel, ...]) -> None:
    names = [f"{word}x" for word in SAID]
    without, with_names = (engine.recognise(channels, "en", hotwords=given) for given in ((), names))
    for before, after in zip(without.channels, with_names.channels, strict=True):
        assert [u.span for u in before] == [u.span for u in after]
        sure = [[w.confidence or 0.0 for u in heard for w in u.words] for heard in (before, after)]
        assert sum(sure[1]) / max(1, len(sure[1])) >= sum(sure[0]) / max(1, len(sure[0])) - 1e-9


@dataclass
class Scripted:
    """Answers as it is told, and notes how it was asked: (tokens before, beam, no_repeat, windows encoded so far)."""

    answers: list[Hearing]
    asked: list[tuple[tuple[int, ...], int, int]] = field(default_factory=list)
    encoded: int = 0

    def encode(self, sounds: Any) -> Encoded:
        self.encoded += len(sounds)
        return Encoded(tuple(sounds), None, tuple(100 for _ in sounds))

    def hear(
        self, _encoded: Any, _language: Any, *, before: Any = (), no_repeat: int = 0, beam: int = 5
    ) -> list[Hearing]:
        self.asked.append((tuple(before), beam, no_repeat))
        return [self.answers.pop(0)]


def said(text: str, confidence: float, *, tokens: tuple[int, ...] = (7,), loops: bool = False) -> Hearing:
    words = tuple(HeardWord(word, n * 1.0, n * 1.0 + 0.5, confidence) for n, word in enumerate(text.split()))
    return Hearing(words, tokens, -0.3, 0.01, 9.0 if loops else 1.2, "en")


def run(listener: Scripted, channel: SpokenChannel) -> list[str]:
    call = AskedCall(listener, [channel], Spoken("en"), False, (), {})  # type: ignore[arg-type]
    return [
        " ".join(word.text for utterance in utterances for word in utterance.words)
        for _, utterances in hear_channel(call, fill_windows([channel]))
    ]


def test_a_window_is_heard_with_what_was_said_before_it(channels: tuple[SpokenChannel, ...]) -> None:
    listener = Scripted([said("good day", 0.9, tokens=(1, 2)), said("how are you", 0.9, tokens=(3,))])
    assert run(listener, channels[0]) == ["good day", "how are you"]
    assert listener.asked == [((), CAREFUL_BEAM, 0), ((1, 2), CAREFUL_BEAM, 0)]


def test_a_window_that_only_repeats_the_one_before_is_heard_by_itself(channels: tuple[SpokenChannel, ...]) -> None:
    answers = [said("good day", 0.9, tokens=(1, 2)), said("good day", 0.99, tokens=(1, 2)), said("how are you", 0.7)]
    listener = Scripted(answers)
    assert run(listener, channels[0]) == ["good day", "how are you"]
    assert [before for before, _, _ in listener.asked] == [(), (1, 2), ()]


def test_a_loop_is_heard_with_no_repetitions_allowed(channels: tuple[SpokenChannel, ...]) -> None:
    one = SpokenChannel(channels[0].path, channels[0].spans[:1])
    listener = Scripted([said("no no no no", 0.9, loops=True), said("no", 0.8)])
    assert run(listener, one) == ["no"]
    assert [no_repeat for _, _, no_repeat in listener.asked] == [0, 5]


def test_doubtful_spans_are_heard_again_with_their_pauses_and_not_passed_on(
    channels: tuple[SpokenChannel, ...],
) -> None:
    first = SpokenChannel(channels[0].path, channels[0].spans[:2])
    listener = Scripted([said("mumble mumble", 0.2), said("thank you", 0.8)])
    assert run(listener, first) == ["thank you"]
    assert listener.encoded == 2
    worse = Scripted([said("mumble mumble", 0.3), said("thank you", 0.2)])
    assert run(worse, first) == ["mumble mumble"]


def test_windows_with_pauses_hold_the_same_spans_at_their_own_distances(channels: tuple[SpokenChannel, ...]) -> None:
    for window in fill_windows(channels[:1]):
        spans = [piece.span for part in with_pauses(window) for piece in part.pieces]
        assert spans == [piece.span for piece in window.pieces]
        for part in with_pauses(window):
            assert part.length <= 30.0
            assert all(p.at == pytest.approx(p.span.start - part.pieces[0].span.start) for p in part.pieces)

"""Calls of any length for measuring the scorer, put together from the written sample calls.

Turns are cut at their sentences with the listener's "mhm" between them, as people talk on the telephone, which gives
about ninety turns in four minutes. Every word has a time and a confidence, as speech engines hand them over. The same
arguments give the same call.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import yaml

from transcription.transcript import Role, Transcript, Turn, Word

ROOT: Final = Path(__file__).resolve().parents[1]
LANGUAGES: Final = ("en", "ru", "ko", "zh")

_SENTENCE: Final = re.compile(r"[^.?!。？！]+[.?!。？！]*")
_LISTENING: Final = {
    "en": ("Mhm.", "Yeah.", "Okay.", "Right, yes.", "I see."),
    "ru": ("Угу.", "Да.", "Так.", "Понятно.", "Ага, да."),
    "ko": ("네.", "아 네.", "그렇죠.", "음.", "네네."),
    "zh": ("嗯。", "对。", "是的。", "好。", "哦这样。"),
}
_WORD_SECONDS: Final = {"en": 0.32, "ru": 0.38, "ko": 0.45, "zh": 0.4}
"""Seconds a word lasts on the telephone; in Chinese a piece of two characters, as engines cut it."""

_PAUSE: Final = 0.25
_LONGEST_PIECE: Final = 12  # words; longer sentences are cut at their commas
_BREATH: Final = 5  # a listener keeps quiet after a sentence of so few words


@dataclass
class _Clock:
    language: str
    at: float = 0.4
    said: int = 0
    turns: list[Turn] = field(default_factory=list)

    def take(self, role: str, sentence: str) -> None:
        """Say a sentence; behind a long one of the same speaker the other says "mhm" first."""
        if self.turns and self.turns[-1].role == role and len(self.turns[-1].words) > _BREATH:
            listening = _LISTENING[self.language]
            self.say("client" if role == "rep" else "rep", listening[len(self.turns) % len(listening)])
        self.say(role, sentence)

    def call(self) -> Transcript:
        """Everything said, as a transcript."""
        end = round(self.at, 2)
        return Transcript(tuple(self.turns), language=self.language, duration=end, engine="written", model="-")

    def say(self, role: str, text: str) -> None:
        """Add a turn: its words one after the other, of a confidence that comes and goes."""
        words = []
        for piece in _pieces(text, self.language):
            seconds = _WORD_SECONDS[self.language]
            confidence = 0.8 + 0.19 * ((self.said * 7) % 10) / 10
            words.append(Word(piece, round(self.at, 2), round(self.at + seconds - 0.04, 2), round(confidence, 3)))
            self.at += seconds
            self.said += 1
        if words:
            start, end = words[0].start, words[-1].end
            self.turns.append(Turn(cast(Role, role), text, start, end, 0.97, words=tuple(words)))
            self.at += _PAUSE


def build_call(language: str, seconds: float) -> Transcript:
    """A call of that length: the sample calls one after the other, round and round."""
    clock = _Clock(language)
    sentences = itertools.cycle(_sentences(language))
    while clock.at < seconds:
        clock.take(*next(sentences))
    return clock.call()


def build_calls(language: str, seconds: float) -> tuple[Transcript, ...]:
    """As many calls of that length as the sample calls give without saying anything twice."""
    calls = []
    clock = _Clock(language)
    for role, sentence in _sentences(language):
        clock.take(role, sentence)
        if clock.at >= seconds:
            calls.append(clock.call())
            clock = _Clock(language)
    return tuple(calls)


def _sentences(language: str) -> Iterator[tuple[str, str]]:
    """The sentences of all sample calls of a language."""
    for turns in sample_turns(language):
        for role, text in turns:
            for sentence in _SENTENCE.findall(text):
                for piece in _shorter(sentence.strip()):
                    yield role, piece


def _shorter(sentence: str) -> Iterator[str]:
    if len(sentence.split()) <= _LONGEST_PIECE and len(sentence) <= 6 * _LONGEST_PIECE:
        yield sentence
        return
    half = len(sentence) // 2
    places = [match.end() for match in re.finditer(r"[,，、;]\s*", sentence)]
    place = min(places, key=lambda at: abs(at - half), default=0)
    if not 0 < place < len(sentence):
        yield sentence
        return
    yield sentence[:place].strip()
    yield from _shorter(sentence[place:].strip())


@lru_cache(maxsize=8)
def sample_turns(language: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The turns of every written call of the language: those of the tests, then those of the demo."""
    files = sorted((ROOT / "tests" / "unit" / "scoring" / "dialogues" / language).glob("*.yaml"))
    files += sorted((ROOT / "workers" / "demo" / "scripts").glob(f"{language}-*.yaml"))
    return tuple(_people(yaml.safe_load(file.read_text(encoding="utf-8"))["turns"]) for file in files)


def _people(turns: Sequence[Sequence[Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((turn[0], turn[1]) for turn in turns if turn[0] in ("rep", "client"))


def _pieces(text: str, language: str) -> list[str]:
    if language != "zh":
        return text.split()
    return [piece for run in text.split() for piece in re.findall(r"[^\W\d_]{1,2}[^\w\s]*|\S+?(?=[^\W\d_]|$)", run)]

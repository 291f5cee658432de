"""Which language a window is heard in: the one given, the one detected over the call or, in a mixed call, its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transcription.engines.whisper_windows import Window

DETECT_WINDOWS: Final = 4
"""Windows the call's language is detected on, spread over it; each counts by its seconds of speech."""

SURE: Final = 0.85
RULED_OUT: Final = 0.10
"""A window is heard in a language of its own when the model is this sure of it and gives the call's language no more
than that: languages near each other (Russian and Ukrainian) share the probability and stay with the call's."""

LEAST_SECONDS: Final = 4.0
"""Speech a window must hold to have a language of its own: a name or "okay" is no proof of one."""

Probabilities = Mapping[str, float]
"""Probability 0..1 of each language."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The call's language; `probability` 0..1 when it was detected, None when it was given (or nobody speaks)."""

    language: str | None
    probability: float | None = None

    def of_window(self, window: Window, heard: Probabilities | None) -> tuple[str | None, float | None]:
        """(language, its probability there) a window is heard in; `heard` is what the model makes of that window."""
        if heard is None or self.language is None:
            return self.language, None
        best = likeliest(heard)
        ruled_out = heard.get(self.language, 0.0) <= RULED_OUT
        if heard[best] >= SURE and ruled_out and window.length >= LEAST_SECONDS:
            return best, heard[best]
        return self.language, heard.get(self.language, 0.0)


def spread(windows: Sequence[Window]) -> list[int]:
    """The windows to detect the call's language on, evenly over all of them."""
    count = min(DETECT_WINDOWS, len(windows))
    return [n * len(windows) // count for n in range(count)]


def vote(windows: Sequence[Window], heard: Sequence[Probabilities]) -> Spoken:
    """The language likeliest over several windows together, and its mean probability."""
    total = sum(window.length for window in windows)
    votes: dict[str, float] = {}
    for window, probabilities in zip(windows, heard, strict=True):
        for language, probability in probabilities.items():
            votes[language] = votes.get(language, 0.0) + probability * window.length / total
    best = likeliest(votes)
    return Spoken(best, min(1.0, votes[best]))


def likeliest(probabilities: Probabilities) -> str:
    """The language with the highest probability; of equals the first by name."""
    return max(sorted(probabilities), key=lambda language: probabilities[language])

"""Drift: are the calls of now still like the calls a judge was measured on? It alarms; it never retrains anything."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

PSI_ALARM: Final = 0.2  # "significant shift" in the usual reading of the index (Siddiqi 2006)
UNKNOWN_ALARM: Final = 0.05  # share of words not known, above the share when the judge was made
SPEECH_ALARM: Final = 0.1  # fall of the speech engine's mean confidence
KAPPA_ALARM: Final = 0.1  # fall of the smoothed kappa below the one measured at the test
FEWEST: Final = 30  # calls on either side of a comparison
EWMA_WEIGHT: Final = 0.3  # of the newest period
_LEAST: Final = 1e-4  # an empty bin counts as this share: the index's logarithm needs one
_BINS: Final = 10

Signal = Literal["answers", "unknown_words", "speech", "kappa"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a judge met over some calls: how often each answer, how sure, words it did not know, how clear the speech.

    `sure` counts the confidences in ten bins of 0..1; None where a figure is not to be had.
    """

    calls: int
    answers: Mapping[str, int]
    sure: tuple[int, ...] = ()
    unknown: float | None = None
    speech: float | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "calls": self.calls,
            "answers": dict(sorted(self.answers.items())),
            "sure": list(self.sure),
            "unknown": None if self.unknown is None else round(self.unknown, 4),
            "speech": None if self.speech is None else round(self.speech, 4),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """One comparison of now with then; None where a side has too few calls. `alarms` names what moved too far."""

    calls: int
    psi: float | None
    unknown: float | None
    speech: float | None
    kappa: float | None
    alarms: tuple[Signal, ...]


def read_snapshot(data: Mapping[str, object]) -> Snapshot:
    """A snapshot from its JSON form."""
    answers, sure = data.get("answers"), data.get("sure")
    unknown, speech, calls = data.get("unknown"), data.get("speech"), data.get("calls")
    return Snapshot(
        calls=calls if isinstance(calls, int) else 0,
        answers={str(k): int(v) for k, v in answers.items()} if isinstance(answers, Mapping) else {},
        sure=tuple(int(n) for n in sure) if isinstance(sure, Sequence) else (),
        unknown=float(unknown) if isinstance(unknown, int | float) else None,
        speech=float(speech) if isinstance(speech, int | float) else None,
    )


def snapshot(
    answers: Sequence[str],
    sure: Sequence[float | None] = (),
    unknown: Sequence[float] = (),
    speech: Sequence[float | None] = (),
) -> Snapshot:
    """The snapshot of these calls, one item of each list for a call."""
    counts: dict[str, int] = {}
    for answer in answers:
        counts[answer] = counts.get(answer, 0) + 1
    bins = [0] * _BINS
    for value in sure:
        if value is not None:
            bins[min(_BINS - 1, int(value * _BINS))] += 1
    heard = [value for value in speech if value is not None]
    return Snapshot(
        calls=len(answers),
        answers=counts,
        sure=tuple(bins) if any(bins) else (),
        unknown=sum(unknown) / len(unknown) if unknown else None,
        speech=sum(heard) / len(heard) if heard else None,
    )


def psi(then: Mapping[str, float], now: Mapping[str, float]) -> float:
    """Population stability index between two counts by name: sum of (now - then) x ln(now / then) over shares."""
    before, after = sum(then.values()), sum(now.values())
    if before <= 0 or after <= 0:
        return 0.0
    total = 0.0
    for name in sorted({*then, *now}):
        was = max(_LEAST, then.get(name, 0.0) / before)
        is_ = max(_LEAST, now.get(name, 0.0) / after)
        total += (is_ - was) * math.log(is_ / was)
    return total


def ewma(values: Sequence[float], weight: float = EWMA_WEIGHT) -> float | None:
    """The exponentially weighted mean, oldest first; None without values."""
    smoothed: float | None = None
    for value in values:
        smoothed = value if smoothed is None else weight * value + (1 - weight) * smoothed
    return smoothed


def compare(then: Snapshot, now: Snapshot, *, kappas: Sequence[float] = (), expected: float | None = None) -> Reading:
    """Now against then. `kappas` are by period, oldest first; `expected` is the kappa measured at the test.

    The index is the larger of the answers' and the confidences' own.
    """
    enough = then.calls >= FEWEST and now.calls >= FEWEST
    index = None
    if enough:
        index = psi(then.answers, now.answers)
        if then.sure and now.sure:
            index = max(index, psi(_named(then.sure), _named(now.sure)))
    unknown = now.unknown if enough else None
    speech = now.speech if enough else None
    smoothed = ewma(kappas)
    alarms: list[Signal] = []
    if index is not None and index > PSI_ALARM:
        alarms.append("answers")
    if unknown is not None and then.unknown is not None and unknown - then.unknown > UNKNOWN_ALARM:
        alarms.append("unknown_words")
    if speech is not None and then.speech is not None and then.speech - speech > SPEECH_ALARM:
        alarms.append("speech")
    if smoothed is not None and expected is not None and expected - smoothed > KAPPA_ALARM:
        alarms.append("kappa")
    return Reading(now.calls, index, unknown, speech, smoothed, tuple(alarms))


def _named(bins: Sequence[int]) -> dict[str, float]:
    """The bins in fives: ten bins of thirty calls would be empty by chance, and the index would shout."""
    return {str(n): float(bins[2 * n] + bins[2 * n + 1]) for n in range(len(bins) // 2)}

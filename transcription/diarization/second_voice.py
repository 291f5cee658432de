"""Whether one channel of a call is one person throughout, or somebody else took over (transfer) or joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from transcription.diarization.backend import VoiceBackend, choose_backend
from transcription.diarization.clustering import soften, tell_voices
from transcription.diarization.smoothing import certainty, most_likely
from transcription.diarization.stretches import Stretch, number_by_appearance
from transcription.diarization.windows import describe_spans, place_windows, window_seconds
from transcription.speech import Span, SpokenChannel

MARGIN: Final = 0.8
"""How much further apart than in `diarize` two voices must lie: most channels are one person's, and a second one that
is not there would split a rep's score."""

LEAST: Final = 5.0
"""Seconds each voice must speak."""

_STRAY: Final = 0.15  # share of the time after the change in which the first voice may still be heard, by mistake
_CHANGE: Final = 2.0  # cost of a change of voice between spans, natural logarithm


@dataclass(frozen=True, slots=True)
class SecondVoice:
    """Another person on a channel.

    `kind` is "taken_over" when the first voice is not heard again after `since` (seconds), "joined" when both are.
    `stretches` are the spans asked about, each with its speaker (0 the first heard) and confidence 0..1.
    """

    kind: Literal["taken_over", "joined"]
    since: float
    confidence: float
    stretches: tuple[Stretch, ...]


def tell_voices_apart(
    channel: SpokenChannel,
    spans: Sequence[Span] | None = None,
    *,
    backend: VoiceBackend | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SecondVoice | None:
    """The second person on one channel of a two-channel call, or None while it may be one person.

    `spans` (in order; default: the channel's own) are each taken as one person's: utterances of the engine do well.
    Conservative: it asks for more than `diarize` does, on a channel where one person is expected. Raises Cancelled.
    """
    from threadpoolctl import threadpool_limits

    asked = SpokenChannel(channel.path, tuple(spans) if spans is not None else channel.spans)
    with threadpool_limits(1):
        windows = [place_windows(span) for span in asked.spans]
        vectors = describe_spans(asked, windows, backend or choose_backend(None), cancelled)
        voices = tell_voices(vectors, margin=MARGIN)
    if voices.count < 2:
        return None
    softened = soften(voices.evidence, window_seconds(windows))
    edges = np.cumsum([0, *(len(places) for places in windows)])
    # Windows overlap and are not independent: a span counts as its mean, times the windows that fit side by side.
    evidence = np.stack([softened[a:b].mean(axis=0) * max(1.0, (b - a) / 4) for a, b in pairwise(edges)])
    changes = np.full(len(evidence), _CHANGE)
    path, sure = most_likely(evidence, changes), certainty(evidence, changes)
    stretches = number_by_appearance(
        Stretch(span, int(who), round(float(share[who]), 3))
        for span, who, share in zip(asked.spans, path, sure, strict=True)
    )
    return _judge(stretches, voices.sure)


def _judge(stretches: tuple[Stretch, ...], sure: float) -> SecondVoice | None:
    lengths = [sum(s.span.length for s in stretches if s.speaker == n) for n in (0, 1)]
    if min(lengths) < LEAST:
        return None
    first = next(n for n, stretch in enumerate(stretches) if stretch.speaker == 1)
    after = stretches[first:]
    stray = sum(s.span.length for s in after if s.speaker == 0) / sum(s.span.length for s in after)
    kind: Literal["taken_over", "joined"] = "taken_over" if stray < _STRAY else "joined"
    return SecondVoice(kind, stretches[first].span.start, round(sure, 3), stretches)

"""Which stretches of the recording must be silent because private words are spoken there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.speech import Span
from transcription.transcript import Redaction, Transcript

PAD: Final = 0.12
"""Seconds muted before and behind masked words: engines place word borders about a tenth of a second off."""

ESTIMATE_PAD: Final = 0.75
"""Seconds around words whose time is only a share of their turn's, never beyond the turn."""

ECHO: Final = 0.1
"""Echo between channels (0..1) above which the other side's words can be heard on this side."""

MuteSpan = tuple[int | None, Span]
"""A channel (None for all of them) and the stretch to silence in it."""


def mute_spans(source: Transcript | Sequence[Redaction]) -> tuple[MuteSpan, ...]:
    """Channel and time of everything masked, padded, merged and sorted; all channels where the channel is unknown.

    From a transcript the channel is the turn's, unless both channels carry the words (dual mono, or an echo).
    A mask without times mutes its whole turn; without a timed turn either, there is nothing to mute.
    """
    if not isinstance(source, Transcript):
        return _merge([(None, _padded(r.start, r.end, PAD)) for r in source if r.start is not None])
    shared = source.quality.dual_mono or (source.quality.echo or 0.0) > ECHO
    spans: list[MuteSpan] = []
    for redaction in source.redactions:
        turn = source.turns[redaction.turn] if 0 <= redaction.turn < len(source.turns) else None
        channel = None if shared or turn is None else turn.channel
        if redaction.start is None or redaction.end is None:
            if turn is not None and turn.start is not None:
                spans.append((channel, _padded(turn.start, turn.end, PAD)))
            continue
        timed = turn is not None and any(word.start is not None for word in turn.words)
        span = _padded(redaction.start, redaction.end, PAD if timed else ESTIMATE_PAD)
        if not timed and turn is not None and turn.start is not None and turn.end is not None:
            first, last = min(redaction.start, turn.start), max(redaction.end, turn.end)
            span = Span(max(span.start, first - PAD, 0.0), min(span.end, last + PAD))
        spans.append((channel, span))
    return _merge(spans)


def _padded(start: float | None, end: float | None, pad: float) -> Span:
    first = start or 0.0
    return Span(max(0.0, first - pad), max(first, end if end is not None else first) + pad)


def _merge(spans: Sequence[MuteSpan]) -> tuple[MuteSpan, ...]:
    merged: list[MuteSpan] = []
    for channel, span in sorted(spans, key=lambda s: (-1 if s[0] is None else s[0], s[1].start, s[1].end)):
        if merged and merged[-1][0] == channel and span.start <= merged[-1][1].end:
            last = merged[-1][1]
            merged[-1] = (channel, Span(last.start, max(last.end, span.end)))
        else:
            merged.append((channel, span))
    return tuple(merged)

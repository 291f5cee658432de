"""The careful way ("high" accuracy): one window of a channel after the other, each knowing what was said before it, a
wider search, and a second look at whatever stays in doubt. Slower, and the same words every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from transcription.engines.whisper_call import LOOP_TOKENS, LOOPING, AskedCall, Heard
from transcription.engines.whisper_hearing import MOST_BEFORE, Encoded, Hearing
from transcription.engines.whisper_hints import UNSURE
from transcription.engines.whisper_windows import Window, with_pauses
from transcription.speech import Utterance

CAREFUL_BEAM: Final = 8
"""Hypotheses kept while searching, where the usual way keeps 5."""

LOW_LOGPROB: Final = -1.0
"""Mean log probability of tokens under which Whisper itself would listen again."""

MOST_AGAIN: Final = 3
"""Windows a doubtful window is taken apart into for its second look."""

FEWEST_WORDS: Final = 0.5
"""Share of a span's words that a second look must have too: leaving out what is hard to hear is no better hearing."""


def hear_channel(call: AskedCall, windows: Sequence[Window]) -> Iterator[Heard]:
    """The windows of one channel in time order, each heard with what was said before it on that channel."""
    last: Hearing | None = None
    for window in windows:
        encoded = call.encode([window])
        ((language, probability),) = call.languages([window], encoded)
        hearing = _hear(call, encoded, language, last)
        hearing = call.with_hints(encoded, 0, hearing)
        utterances = call.utterances(window, hearing, probability)
        if _doubtful(hearing):
            utterances = _look_again(call, window, utterances, hearing.language, probability)
        # Doubtful text is not passed on: an error would be believed by the next window and the one after it.
        last = None if _doubtful(hearing) else hearing
        yield window, utterances


def _hear(call: AskedCall, encoded: Encoded, language: str | None, last: Hearing | None) -> Hearing:
    """The best of up to three hearings: after what was said before, by itself, and with no repetitions allowed."""
    before = last.tokens[-MOST_BEFORE:] if last is not None and last.language == (language or "en") else ()
    hearings = [call.listener.hear(encoded, language, before=before, beam=CAREFUL_BEAM)[0]]
    if before and (_doubtful(hearings[0]) or hearings[0].tokens == (last.tokens if last else ())):
        hearings.append(call.listener.hear(encoded, language, beam=CAREFUL_BEAM)[0])
        if hearings[0].tokens == (last.tokens if last else ()):
            del hearings[0]  # the model said the text before it once more
    if all(hearing.compression_ratio > LOOPING for hearing in hearings):
        hearings += call.listener.hear(encoded, language, no_repeat=LOOP_TOKENS, beam=CAREFUL_BEAM)
    return max(hearings, key=lambda h: (h.compression_ratio <= LOOPING, h.confidence))


def _look_again(
    call: AskedCall, window: Window, utterances: list[Utterance], language: str, probability: float | None
) -> list[Utterance]:
    """The doubtful spans heard as they were spoken, with their pauses; what is surer then is kept, span by span."""
    kept = {utterance.span: utterance for utterance in utterances}
    parts = with_pauses(window)
    if parts == (window,):
        return utterances
    doubts = [part for part in parts if any(_confidence(kept[piece.span]) < UNSURE for piece in part.pieces)]
    doubts.sort(key=lambda part: min(_confidence(kept[piece.span]) for piece in part.pieces))
    for part in doubts[:MOST_AGAIN]:
        hearing = call.listener.hear(call.encode([part]), language, beam=CAREFUL_BEAM)[0]
        if hearing.compression_ratio > LOOPING:
            continue
        for again in call.utterances(part, hearing, probability):
            first = kept[again.span]
            whole = len(again.words) >= FEWEST_WORDS * len(first.words)
            if _confidence(first) < UNSURE and _confidence(again) > _confidence(first) and whole:
                kept[again.span] = again
    return [kept[utterance.span] for utterance in utterances]


def _doubtful(hearing: Hearing) -> bool:
    return hearing.compression_ratio > LOOPING or hearing.avg_logprob < LOW_LOGPROB or hearing.confidence < UNSURE


def _confidence(utterance: Utterance) -> float:
    heard = [word.confidence or 0.0 for word in utterance.words]
    return sum(heard) / len(heard) if heard else 0.0

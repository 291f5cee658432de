"""One look of the model at windows of sound: encode, tell the language, write words down, find their times.

CTranslate2's model is used directly: faster-whisper loads it and makes its features, but its own ways of transcribing
either look at every second of a recording or take all of it into memory at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from transcription.engines.whisper_memory import give_back_memory
from transcription.engines.whisper_windows import WINDOW_SAMPLES
from transcription.errors import EngineFailed

BEAM: Final = 5
"""Hypotheses kept while searching, Whisper's own default."""

FRAME_SAMPLES: Final = 160
"""Samples per frame of features: 10 ms."""

MOST_TOKENS: Final = 448
"""Positions of the decoder; what is said before a window and what is heard in it share them."""

MOST_BEFORE: Final = MOST_TOKENS // 2 - 1
"""Tokens of text that may go before a window (Whisper's own limit)."""

TYPICAL_MOST: Final = 0.7
"""Seconds: the usual length of a word is its window's median, but no more than this (faster-whisper's own figure)."""

_OPENING: Final = "\"'“¿([{-"
_CLOSING: Final = "\"'.。,，!！?？:：”)]}、"
_SENTENCE_ENDS: Final = ".。!！?？"

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word with its times in seconds from the window's beginning and the model's confidence 0..1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the model made of one window: words, the tokens they came from, and its own figures about the whole."""

    words: tuple[HeardWord, ...]
    tokens: tuple[int, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    language: str

    @property
    def confidence(self) -> float:
        """The words' mean confidence, 0..1; 0 when there are none."""
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0


@dataclass(frozen=True, slots=True)
class Encoded:
    """Windows after the encoder, kept to be listened to more than once; `frames` are of 10 ms, without the padding."""

    sounds: tuple[NDArray[np.float32], ...]
    output: Any
    frames: tuple[int, ...]


class Listener:
    """A loaded faster-whisper model asked window by window. Several threads may ask at once.

    `most_tokens` bounds what is written down for a window (None: what the decoder has room for). So many threads at
    once are let to the encoder: it needs the most memory, and the others have windows to write down meanwhile.
    """

    def __init__(self, loaded: Any, *, most_tokens: int | None = None, encoding: int = 1) -> None:
        self._loaded = loaded
        self._encoding = threading.BoundedSemaphore(encoding)
        self._most_tokens = most_tokens
        self._lock = threading.Lock()
        self._silenced: tuple[int, ...] | None = None

    def encode(self, sounds: Sequence[NDArray[np.float32]]) -> Encoded:
        """The windows' sounds, (samples,) float32 in -1..1 and at most 30 s each, after the encoder."""

        def run() -> Any:
            with self._encoding:
                # Silence is added to the sound, as when the model was trained, not to the features.
                features = [self._loaded.feature_extractor(_to_30_seconds(sound), padding=0) for sound in sounds]
                give_back_memory()
                return self._loaded.encode(np.stack(features))

        frames = tuple(max(1, -(-min(sound.size, WINDOW_SAMPLES) // FRAME_SAMPLES)) for sound in sounds)
        return Encoded(tuple(sounds), guarded(run), frames)

    def part(self, encoded: Encoded, numbers: Sequence[int]) -> Encoded:
        """Some of the windows by themselves; they are encoded again unless they are all there are."""
        if list(numbers) == list(range(len(encoded.sounds))):
            return encoded
        return self.encode([encoded.sounds[number] for number in numbers])

    def languages(self, encoded: Encoded) -> list[dict[str, float]]:
        """Probability 0..1 of each language, per window."""
        answers = guarded(lambda: self._loaded.model.detect_language(encoded.output))
        return [{token[2:-2]: float(probability) for token, probability in answer} for answer in answers]

    def text_tokens(self, text: str) -> list[int]:
        """A text as the model's tokens."""
        return list(self._loaded.hf_tokenizer.encode(" " + text.strip(), add_special_tokens=False).ids)

    def hear(
        self,
        encoded: Encoded,
        language: str | None,
        *,
        before: Sequence[int] = (),
        no_repeat: int = 0,
        beam: int = BEAM,
    ) -> list[Hearing]:
        """One hearing per window, the same every time: no drawing of words at random.

        `before` are the tokens of a text that goes before the window (what was said last, or names to listen for); the
        words' confidence is with that text in mind. With `no_repeat`, no run of so many tokens comes twice.
        """
        return guarded(lambda: self._hear(encoded, language, before, no_repeat, beam))

    def _hear(
        self, encoded: Encoded, language: str | None, before: Sequence[int], no_repeat: int, beam: int
    ) -> list[Hearing]:
        tokenizer = self._tokenizer(language, before[-MOST_BEFORE:])
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        answers = self._loaded.model.generate(
            encoded.output,
            [prompt] * len(encoded.sounds),
            beam_size=beam,
            max_length=_max_length(self._most_tokens, len(prompt)),
            no_repeat_ngram_size=no_repeat,
            suppress_tokens=self._silenced_tokens(tokenizer),
            return_scores=True,
            return_no_speech_prob=True,
        )
        heard = [tuple(token for token in answer.sequences_ids[0] if token < tokenizer.eot) for answer in answers]
        words = self._align(tokenizer, heard, encoded)
        return [
            Hearing(
                words[n],
                tokens,
                # The score is the mean over the tokens; Whisper counts the end of the text as one more.
                answer.scores[0] * len(answer.sequences_ids[0]) / (len(answer.sequences_ids[0]) + 1),
                float(answer.no_speech_prob),
                _compression(tokenizer.decode(list(tokens)).strip()),
                tokenizer.language_code,
            )
            for n, (answer, tokens) in enumerate(zip(answers, heard, strict=True))
        ]

    def _align(self, tokenizer: Any, heard: Sequence[Sequence[int]], encoded: Encoded) -> list[tuple[HeardWord, ...]]:
        if not any(heard):
            return [()] * len(heard)
        aligned = self._loaded.find_alignment(
            tokenizer, [list(tokens) for tokens in heard], encoded.output, list(encoded.frames)
        )
        return [_words(timings) for timings in aligned]

    def _tokenizer(self, language: str | None, before: Sequence[int]) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        class AfterText(Tokenizer):  # type: ignore[misc]
            """faster-whisper's tokenizer for a window with a text before it."""

            @property
            def sot_sequence(self) -> list[int]:
                return [self.sot_prev, *before, *super().sot_sequence]

        kind = AfterText if before else Tokenizer
        many = self._loaded.model.is_multilingual
        return kind(self._loaded.hf_tokenizer, many, task="transcribe", language=language or "en")

    def _silenced_tokens(self, tokenizer: Any) -> tuple[int, ...]:
        """Tokens that are no speech: brackets, notes of music, the model's own marks (faster-whisper's list)."""
        from faster_whisper.transcribe import get_suppressed_tokens

        with self._lock:
            if self._silenced is None:
                self._silenced = tuple(get_suppressed_tokens(tokenizer, [-1]))
            return self._silenced


def guarded(work: Callable[[], _Answer]) -> _Answer:
    """What `work` returns; faults of CTranslate2 and faster-whisper become EngineFailed."""
    try:
        return work()
    except MemoryError as error:
        raise EngineFailed("whisper", "there was not enough memory") from error
    except OSError as error:
        raise EngineFailed("whisper", f"the decoded sound could not be read ({error.strerror})") from error
    except (RuntimeError, ValueError, IndexError) as error:
        raise EngineFailed("whisper", first_line(error)) from error


def first_line(error: Exception) -> str:
    """The first line of an error of somebody else's, as the end of a sentence."""
    lines = str(error).strip().splitlines()
    first = lines[0] if lines else type(error).__name__
    if "out of memory" in first:
        return "the graphics card ran out of memory"
    return first.rstrip(".")


def _to_30_seconds(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    whole = np.zeros(WINDOW_SAMPLES, dtype=np.float32)
    whole[: min(sound.size, WINDOW_SAMPLES)] = sound[:WINDOW_SAMPLES]
    return whole


def _max_length(most_tokens: int | None, prompt: int) -> int:
    """CTranslate2's maximum length: a text gets half of it, and no more than the prompt leaves."""
    if most_tokens is None:
        return MOST_TOKENS
    return min(MOST_TOKENS, max(2 * most_tokens, most_tokens + prompt - 1))


def _compression(text: str) -> float:
    from faster_whisper.transcribe import get_compression_ratio

    return float(get_compression_ratio(text)) if text else 0.0


def _words(timings: Sequence[dict[str, Any]]) -> tuple[HeardWord, ...]:
    """Words with punctuation joined to them; those stretched over a pause are cut to twice the usual length."""
    from faster_whisper.transcribe import merge_punctuations

    timings = [dict(timing) for timing in timings]
    lengths = [timing["end"] - timing["start"] for timing in timings if timing["end"] > timing["start"]]
    longest = 2 * min(TYPICAL_MOST, float(np.median(lengths))) if lengths else 0.0
    merge_punctuations(timings, _OPENING, _CLOSING)
    words: list[HeardWord] = []
    for timing in timings:
        text = timing["word"].strip()
        if not text:
            continue
        start, end = float(timing["start"]), float(timing["end"])
        # The pause before a sentence is given to its first word, the one after it to its last.
        if end - start > longest > 0:
            if text[-1] in _SENTENCE_ENDS:
                end = start + longest
            elif not words or words[-1].text[-1] in _SENTENCE_ENDS:
                start = end - longest
        confidence = float(timing["probability"])
        words.append(HeardWord(text, start, end, min(1.0, max(0.0, confidence)) if confidence == confidence else 0.0))
    return tuple(words)

"""One look of the model at windows of sound: encode, tell the language, write words down, find their times.

CTranslate2's model is used directly: faster-whisper's ways of transcribing either look at every second of a recording
or take all of it into memory at once.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from transcription.engines.whisper_memory import give_back_memory
from transcription.engines.whisper_model import LoadedModel, first_line
from transcription.engines.whisper_windows import WINDOW_SAMPLES
from transcription.engines.whisper_words import HeardWord, timed_words
from transcription.errors import EngineFailed

BEAM: Final = 5
"""Hypotheses kept while searching, Whisper's own default."""

FRAME_SAMPLES: Final = 160
"""Samples per frame of features: 10 ms."""

MOST_TOKENS: Final = 448
"""Positions of the decoder; what is said before a window and what is heard in it share them."""

MOST_BEFORE: Final = MOST_TOKENS // 2 - 1
"""Tokens of text that may go before a window (Whisper's own limit)."""

_Answer = TypeVar("_Answer")


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
    """A loaded model asked window by window. Several threads may ask at once.

    `most_tokens` bounds what is written down for a window (None: what the decoder has room for). So many threads at
    once are let to the encoder and to finding the words' times: these need the most memory, and the others have
    windows to write down meanwhile. With `lean`, what the encoder needed is given back at once.
    """

    def __init__(
        self, loaded: LoadedModel, *, most_tokens: int | None = None, encoding: int = 1, lean: bool = False
    ) -> None:
        self._loaded = loaded
        self._lean = lean
        self._encoding = threading.BoundedSemaphore(encoding)
        self._most_tokens = most_tokens

    def encode(self, sounds: Sequence[NDArray[np.float32]]) -> Encoded:
        """The windows' sounds, (samples,) float32 in -1..1 and at most 30 s each, after the encoder."""

        def run() -> Any:
            with self._encoding:
                # Silence is added to the sound, as when the model was trained, not to the features.
                features = [self._loaded.features(_to_30_seconds(sound)) for sound in sounds]
                give_back_memory()
                output = self._loaded.encode(np.stack(features))
                if self._lean:
                    give_back_memory()
                return output

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
        return self._loaded.tokens.encode(" " + text.strip())

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
        tokens, model = self._loaded.tokens, self._loaded.model
        begun = tokens.prompt(language, before[-MOST_BEFORE:])
        prompt = [*begun, tokens.no_times]
        answers = model.generate(
            encoded.output,
            [prompt] * len(encoded.sounds),
            beam_size=beam,
            max_length=_max_length(self._most_tokens, len(prompt)),
            no_repeat_ngram_size=no_repeat,
            suppress_tokens=tokens.silenced,
            return_scores=True,
            return_no_speech_prob=True,
        )
        heard = [tuple(token for token in answer.sequences_ids[0] if token < tokens.end) for answer in answers]
        language = (language or "en") if model.is_multilingual else "en"
        words = self._align(begun, heard, encoded, language)
        return [
            Hearing(
                words[n],
                said,
                # The score is the mean over the tokens; Whisper counts the end of the text as one more.
                answer.scores[0] * len(answer.sequences_ids[0]) / (len(answer.sequences_ids[0]) + 1),
                float(answer.no_speech_prob),
                _compression(tokens.decode(said).strip()),
                language,
            )
            for n, (answer, said) in enumerate(zip(answers, heard, strict=True))
        ]

    def _align(
        self, begun: Sequence[int], heard: Sequence[Sequence[int]], encoded: Encoded, language: str
    ) -> list[tuple[HeardWord, ...]]:
        if not any(heard):
            return [()] * len(heard)
        texts, frames = [list(tokens) for tokens in heard], list(encoded.frames)
        with self._encoding:
            aligned = self._loaded.model.align(encoded.output, list(begun), texts, frames, median_filter_width=7)
        words = [self._loaded.tokens.words(tokens, language) for tokens in heard]
        return [timed_words(own, answer) for own, answer in zip(words, aligned, strict=True)]


def guarded(work: Callable[[], _Answer]) -> _Answer:
    """What `work` returns; faults of CTranslate2 become EngineFailed."""
    try:
        return work()
    except MemoryError as error:
        raise EngineFailed("whisper", "there was not enough memory") from error
    except OSError as error:
        raise EngineFailed("whisper", f"the decoded sound could not be read ({error.strerror})") from error
    except (RuntimeError, ValueError, IndexError) as error:
        raise EngineFailed("whisper", first_line(error)) from error


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
    """How many times smaller the text is when compressed, as Whisper measures it; 0 of no text."""
    said = text.encode("utf-8")
    return len(said) / len(zlib.compress(said)) if said else 0.0

"""The engine of the product: Whisper by faster-whisper, on windows of speech only, with the same answer every time."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from transcription.engines.protocol import Accuracy, Progress
from transcription.engines.protocol import Cancelled as CancelledCheck
from transcription.engines.whisper_folder import MODEL, TOKENIZER, broken_folder
from transcription.engines.whisper_models import bring_model
from transcription.engines.whisper_windows import WINDOW_SAMPLES, WINDOW_SECONDS, Window, fill_windows
from transcription.errors import Cancelled, EngineFailed, NeedsModel
from transcription.speech import Recognition, SpokenChannel, Utterance, primary_language
from transcription.transcript import Word

BEAM: Final = 5
"""Hypotheses kept while searching, Whisper's own default."""

LOOPING: Final = 2.4
"""Text that shrinks more than this when compressed is the model going round in circles (Whisper's own threshold)."""

LOOP_TOKENS: Final = 5
"""A looping window is heard once more with every run of so many tokens allowed only once.

Whisper's own way out is to draw words at random at rising temperatures; then the same call would give other words each
time. Here the temperature is 0 always, and the second hearing is kept only if it compresses less than the first.
"""

DETECT_WINDOWS: Final = 3
"""Windows the language is detected on, spread over the call."""

AT_ONCE: Final = {"cpu": 1, "cuda": 8}
"""Windows decoded together. On a few CPU cores more at once is no faster (measured with the base size on 2 cores: 1, 2
and 4 at once 18, 20 and 26 s), and progress and cancelling would come in larger steps."""

_Answer = TypeVar("_Answer")


class WhisperEngine:
    """A loaded Whisper model. Keep it for many calls; never fork after loading; not for two threads at once.

    Words depend on the spans, the language, the model and the number of threads, on nothing heard before.
    """

    name = "whisper"
    draft = False

    def __init__(self, loaded: Any, model: str, *, at_once: int) -> None:
        self._loaded = loaded
        self._at_once = at_once
        self.model = model

    @classmethod
    def load(
        cls,
        model: str,
        *,
        models_dir: Path | None = None,
        threads: int | None = None,
        at_once: int | None = None,
        hub: str | None = None,
    ) -> WhisperEngine:
        """Load a model given by folder or name, fetching it first when only the hub has it.

        `int8` on the processor with `threads` threads (None: all cores of this process), `float16` on a graphics card
        when CTranslate2 sees one. Raises NeedsModel and EngineFailed.
        """
        called, folder = bring_model(model, models_dir=models_dir, hub=hub)
        import ctranslate2
        from faster_whisper import WhisperModel
        from tokenizers import Tokenizer

        device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        supported = ctranslate2.get_supported_compute_types(device)
        compute = "float16" if device == "cuda" and "float16" in supported else "int8"
        file = TOKENIZER
        try:
            Tokenizer.from_file(str(folder / TOKENIZER))  # once by itself, so that a fault names the right file
            file = MODEL
            loaded = WhisperModel(
                str(folder),
                device=device,
                compute_type=compute,
                cpu_threads=threads or len(os.sched_getaffinity(0)),
                local_files_only=True,
            )
        except MemoryError as error:
            raise EngineFailed("whisper", f"there is not enough memory for the model {called}") from error
        except Exception as error:  # both libraries raise bare exceptions on a file they cannot use
            if device == "cuda" and file == MODEL:
                raise EngineFailed("whisper", _sentence(error)) from error
            raise broken_folder(folder, f"{file} does not load ({_sentence(error)})") from error
        stored = f"{called} (faster-whisper {version('faster-whisper')}, {compute})"
        return cls(loaded, stored, at_once=at_once or AT_ONCE[device])

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Progress | None = None,
        cancelled: CancelledCheck | None = None,
        hotwords: Sequence[str] = (),
        accuracy: Accuracy = "normal",
    ) -> Recognition:
        """Words of every span, with times inside it; a span over 30 s becomes several utterances.

        An utterance's facts are its window's: `avg_logprob`, `no_speech_prob`, `compression_ratio`, and
        `language_probability` (0..1, the mean over the windows asked) when the language was detected. Sound is read
        window by window. Raises Cancelled between windows, NeedsModel for a language the model does not know.
        """
        windows = fill_windows(channels)
        spoken, probability = self._language(windows, channels, primary_language(language), cancelled)
        utterances: list[list[Utterance]] = [[] for _ in channels]
        total = sum(window.length for window in windows)
        done = 0.0
        for first in range(0, len(windows), self._at_once):
            _check(cancelled)
            batch = windows[first : first + self._at_once]
            for window, segment in zip(batch, self._hear(batch, channels, spoken), strict=True):
                utterances[window.channel] += _utterances(window, segment, probability)
                done += window.length
            if on_progress is not None:
                on_progress(1.0 if first + len(batch) == len(windows) else min(1.0, done / total))
        return Recognition(tuple(tuple(channel) for channel in utterances), spoken, probability)

    def _language(
        self,
        windows: Sequence[Window],
        channels: Sequence[SpokenChannel],
        language: str | None,
        cancelled: CancelledCheck | None,
    ) -> tuple[str | None, float | None]:
        """(language, probability): as given (probability None), or the likeliest over several windows."""
        if language is not None:
            self._check_language(language)
            return language, None
        if not self._loaded.model.is_multilingual:
            raise NeedsModel(
                f"The model {self.model} understands only English and the call's language is not known.",
                "Say that the call is English (the source's language, or --language en), or use a model for many "
                "languages.",
            )
        if not windows:
            return None, None
        votes: dict[str, float] = {}
        chosen = windows[:: max(1, -(-len(windows) // DETECT_WINDOWS))]
        for window in chosen:
            _check(cancelled)
            sound = window.samples(channels[window.channel])
            for name, probability in _guarded(lambda sound=sound: self._loaded.detect_language(audio=sound))[2]:  # type: ignore[misc]
                votes[name] = votes.get(name, 0.0) + probability / len(chosen)
        best = max(sorted(votes), key=lambda name: votes[name])
        return best, round(votes[best], 4)

    def _check_language(self, language: str) -> None:
        known = language in self._loaded.supported_languages
        if self._loaded.model.is_multilingual:
            known = known and self._loaded.hf_tokenizer.token_to_id(f"<|{language}|>") is not None
        if not known:
            raise NeedsModel(
                f"The model {self.model} does not know the language '{language}'.",
                "Check the language of the call's source, or use a model for many languages.",
            )

    def _hear(self, windows: Sequence[Window], channels: Sequence[SpokenChannel], language: str | None) -> list[Any]:
        """One segment of faster-whisper per window; looping windows are heard a second time."""
        segments = self._decode(windows, channels, language, 0)
        looping = [n for n, segment in enumerate(segments) if segment.compression_ratio > LOOPING]
        if looping:
            again = self._decode([windows[n] for n in looping], channels, language, LOOP_TOKENS)
            for n, segment in zip(looping, again, strict=True):
                if segment.compression_ratio < segments[n].compression_ratio:
                    segments[n] = segment
        return segments

    def _decode(
        self, windows: Sequence[Window], channels: Sequence[SpokenChannel], language: str | None, no_repeat: int
    ) -> list[Any]:
        from faster_whisper import BatchedInferencePipeline

        # Each window gets 30 s of its own, so that a segment's place says whose it is and its times are exact.
        sound = np.zeros(len(windows) * WINDOW_SAMPLES, dtype=np.float32)
        clips = []
        for n, window in enumerate(windows):
            samples = _guarded(lambda window=window: window.samples(channels[window.channel]))  # type: ignore[misc]
            sound[n * WINDOW_SAMPLES : n * WINDOW_SAMPLES + samples.size] = samples
            clips.append({"start": n * WINDOW_SECONDS, "end": n * WINDOW_SECONDS + min(window.length, WINDOW_SECONDS)})

        def run() -> list[Any]:
            segments, _ = BatchedInferencePipeline(self._loaded).transcribe(
                sound,
                language=language,
                clip_timestamps=clips,
                batch_size=len(windows),
                word_timestamps=True,
                beam_size=BEAM,
                temperature=0.0,
                condition_on_previous_text=False,
                no_repeat_ngram_size=no_repeat,
            )
            return list(segments)

        segments = sorted(_guarded(run), key=lambda segment: segment.seek)
        if [round(segment.seek / WINDOW_SECONDS / 100) for segment in segments] != list(range(len(windows))):
            raise EngineFailed("whisper", "it did not answer for every window of speech")
        return segments


def _utterances(window: Window, segment: Any, language_probability: float | None) -> list[Utterance]:
    """The window's words, given back to the spans they were spoken in."""
    facts = {
        "avg_logprob": round(float(segment.avg_logprob), 4),
        "no_speech_prob": round(float(segment.no_speech_prob), 4),
        "compression_ratio": round(float(segment.compression_ratio), 4),
    }
    if language_probability is not None:
        facts["language_probability"] = language_probability
    offset = segment.seek / 100  # faster-whisper counts frames of 10 ms
    words: list[list[Word]] = [[] for _ in window.pieces]
    number, reached = 0, window.pieces[0].span.start
    for heard in segment.words or ():
        text = heard.word.strip()
        if not text:
            continue
        piece, start, end = window.place(heard.start - offset, heard.end - offset)
        if piece > number:
            number, reached = piece, window.pieces[piece].span.start
        # A word never lies before the one spoken before it: faster-whisper widens some words backwards.
        start = max(start, reached)
        end = max(start, end)
        if piece < number:
            start = end = reached
        reached = end
        confidence = round(min(1.0, max(0.0, float(heard.probability))), 4)
        words[number].append(Word(text, round(float(start), 3), round(float(end), 3), confidence))
    return [Utterance(piece.span, tuple(words[n]), dict(facts)) for n, piece in enumerate(window.pieces)]


def _guarded(work: Callable[[], _Answer]) -> _Answer:
    """What `work` returns; faults of CTranslate2 and faster-whisper become EngineFailed."""
    try:
        return work()
    except MemoryError as error:
        raise EngineFailed("whisper", "there was not enough memory") from error
    except OSError as error:
        raise EngineFailed("whisper", f"the decoded sound could not be read ({error.strerror})") from error
    except (RuntimeError, ValueError, IndexError) as error:
        raise EngineFailed("whisper", _sentence(error)) from error


def _sentence(error: Exception) -> str:
    """The first line of an error of somebody else's, as the end of a sentence."""
    lines = str(error).strip().splitlines()
    first = lines[0] if lines else type(error).__name__
    if "out of memory" in first:
        return "the graphics card ran out of memory"
    return first.rstrip(".")


def _check(cancelled: CancelledCheck | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled

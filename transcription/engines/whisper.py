"""The product's engine: faster-whisper, kept loaded; it is given speech only, in windows of up to 28 seconds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from transcription.engines.protocol import Cancelled as CancelledCheck
from transcription.engines.protocol import Progress
from transcription.engines.whisper_models import ADVICE, fetch_model
from transcription.errors import Cancelled, EngineFailed, NeedsModel
from transcription.speech import RATE, Recognition, Span, SpokenChannel, Utterance, primary_language
from transcription.transcript import Word

WINDOW: Final = 28.0
"""Seconds of speech per window. Whisper works through 30 seconds however little is said, so short spans share one."""

BATCH: Final = {"cpu": 4, "cuda": 16}
"""Windows recognised together; progress and cancelling go by batches."""


@dataclass(frozen=True, slots=True)
class Window:
    """Spans of one channel laid end to end."""

    channel: int
    spans: tuple[Span, ...]

    @property
    def length(self) -> float:
        """Seconds of sound."""
        return sum(span.length for span in self.spans)


class WhisperEngine:
    """A loaded Whisper model. Load it in the process that uses it: a process forked after loading hangs."""

    name = "whisper"
    draft = False

    def __init__(self, model: Any, name: str, device: str, compute_type: str) -> None:
        self._model = model
        self._batch = BATCH[device]
        self.model = f"{name} (faster-whisper {version('faster-whisper')}, {compute_type})"

    @classmethod
    def load(cls, model: str, *, models_dir: Path | None = None, threads: int | None = None) -> WhisperEngine:
        """Load a local folder, or a hub name (fetched on first use). Raises NeedsModel with advice.

        int8 on the processor, float16 on CUDA; `threads` None means every core this process may use.
        """
        folder = fetch_model(model, models_dir=models_dir)
        import ctranslate2
        from faster_whisper import WhisperModel

        device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        compute_type = "float16" if device == "cuda" else "int8"
        try:
            loaded = WhisperModel(
                str(folder),
                device=device,
                compute_type=compute_type,
                cpu_threads=threads or len(os.sched_getaffinity(0)),
                local_files_only=True,
            )
        except Exception as error:  # the libraries raise bare Exception and RuntimeError on a broken model
            why = str(error).strip().splitlines()[:1] or [type(error).__name__]
            raise NeedsModel(f"The Whisper model {model} cannot be loaded ({why[0][:200]}).", ADVICE) from error
        return cls(loaded, Path(model).name, device, compute_type)

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Progress | None = None,
        cancelled: CancelledCheck | None = None,
    ) -> Recognition:
        """Words of every span; without a language the one heard on the channel with most speech is taken."""
        windows = [window for n, channel in enumerate(channels) for window in lay_windows(n, channel.spans)]
        if not windows:
            return Recognition(((),) * len(channels), primary_language(language))
        try:
            spoken = self._language(channels, windows, primary_language(language))
            heard: list[list[Utterance]] = [[] for _ in channels]
            done, total = 0.0, sum(window.length for window in windows) or 1.0
            for start in range(0, len(windows), self._batch):
                if cancelled is not None and cancelled():
                    raise Cancelled
                batch = windows[start : start + self._batch]
                for channel, utterance in self._recognise_batch(channels, batch, spoken):
                    heard[channel].append(utterance)
                done += sum(window.length for window in batch)
                if on_progress is not None:
                    on_progress(min(1.0, done / total))
        except (RuntimeError, MemoryError, ValueError) as error:
            raise EngineFailed("whisper", str(error).strip()[:200] or type(error).__name__) from error
        return Recognition(tuple(tuple(sorted(u, key=lambda x: x.span.start)) for u in heard), spoken)

    def _language(self, channels: Sequence[SpokenChannel], windows: Sequence[Window], language: str | None) -> str:
        if language is None and self._model.model.is_multilingual:
            most = max(range(len(channels)), key=lambda n: channels[n].speech_seconds)
            first = next(window for window in windows if window.channel == most)
            return str(self._model.detect_language(audio=_sound(channels[most], first))[0])
        language = language or "en"
        if language not in self._model.supported_languages:
            raise NeedsModel(
                f"The Whisper model {self.model} does not know the language '{language}'.",
                "Name another model (one without '.en' knows many languages), or correct the call's language.",
            )
        return language

    def _recognise_batch(
        self, channels: Sequence[SpokenChannel], windows: Sequence[Window], language: str
    ) -> Iterator[tuple[int, Utterance]]:
        from faster_whisper import BatchedInferencePipeline

        sounds = [_sound(channels[window.channel], window) for window in windows]
        starts = np.concatenate(([0], np.cumsum([sound.size for sound in sounds]))) / RATE
        clips = [{"start": float(a), "end": float(b)} for a, b in pairwise(starts)]
        # The library marks every segment with its window's beginning in hundredths of a second.
        number_of = {int(int(clip["start"] * RATE) / RATE * 100): n for n, clip in enumerate(clips)}
        segments, _info = BatchedInferencePipeline(self._model).transcribe(
            np.concatenate(sounds),
            language=language,
            clip_timestamps=clips,
            batch_size=len(windows),
            word_timestamps=True,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        for segment in segments:
            number = number_of[segment.seek]
            yield from _utterances(segment, windows[number], clips[number]["start"])


def lay_windows(channel: int, spans: Sequence[Span]) -> list[Window]:
    """The spans of a channel in order, as many to a window as fit."""
    windows: list[list[Span]] = []
    for span in spans:
        if windows and sum(s.length for s in windows[-1]) + span.length <= WINDOW:
            windows[-1].append(span)
        else:
            windows.append([span])
    return [Window(channel, tuple(group)) for group in windows]


def place(window: Window, time: float) -> tuple[int, float]:
    """Where a time inside a window lies in the call: which of its spans, and the time from the call's beginning."""
    before = 0.0
    for number, span in enumerate(window.spans):
        if time < before + span.length or number == len(window.spans) - 1:
            return number, min(span.end, span.start + max(0.0, time - before))
        before += span.length
    raise ValueError("a window has at least one span")


def _utterances(segment: Any, window: Window, offset: float) -> Iterator[tuple[int, Utterance]]:
    facts = {
        "avg_logprob": segment.avg_logprob,
        "no_speech_prob": segment.no_speech_prob,
        "compression_ratio": segment.compression_ratio,
    }
    placed = []
    for word in segment.words or ():
        if not word.word.strip():
            continue
        # A word's middle says in which span it lies; its edges are kept inside that span.
        number, _ = place(window, (word.start + word.end) / 2 - offset)
        span = window.spans[number]
        inside = sum(s.length for s in window.spans[:number])
        start = min(span.end, max(span.start, span.start + float(word.start) - offset - inside))
        end = min(span.end, max(start, span.start + float(word.end) - offset - inside))
        confidence = min(1.0, max(0.0, float(word.probability)))
        placed.append((number, Word(word.word.strip(), round(start, 3), round(end, 3), confidence)))
    for number, group in groupby(placed, key=lambda pair: pair[0]):
        yield window.channel, Utterance(window.spans[number], tuple(word for _, word in group), facts)


def _sound(channel: SpokenChannel, window: Window) -> NDArray[np.float32]:
    samples = np.concatenate([channel.samples(span) for span in window.spans])
    return samples.astype(np.float32) / np.float32(32768)

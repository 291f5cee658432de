"""One side of the speed comparison, run in a process of its own: our pipeline, or faster-whisper as its README shows.

Each side gets the same legs of a call, the same model, threads, beam and number of tokens a window, and word times.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

SIDES: Final = ("ours", "sequential", "batched")
BEAM: Final = 5
README_BATCH: Final = 16
"""Windows a batch in faster-whisper's README."""

WARM_SECONDS: Final = 3
"""A piece of the first leg that each side hears before the clock starts: libraries are then loaded, as in a worker."""


class Counted:
    """CTranslate2's model with its work counted, and every window's text held to one length."""

    def __init__(self, model: Any, tokens: int | None) -> None:
        self._model = model
        self._tokens = tokens
        self.windows = 0
        self.hearings = 0
        self.said = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode(self, features: Any, to_cpu: bool = False) -> Any:
        self.windows += features.shape[0]
        return self._model.encode(features, to_cpu=to_cpu)

    def generate(self, features: Any, prompts: list[list[int]], **options: Any) -> Any:
        if self._tokens is not None:
            # CTranslate2 gives a text half of this length, and no more than the prompt leaves.
            options["max_length"] = max(2 * self._tokens, self._tokens + len(prompts[0]) - 1)
        answers = self._model.generate(features, prompts, **options)
        self.hearings += len(answers)
        self.said += sum(len(answer.sequences_ids[0]) for answer in answers)
        return answers


class Running:
    """Wall time during which at least one window is before the model: features, encoder, decoder, word times.

    Waiting for the next window is not in it, nor is any work on the sound that nothing goes on beside.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()
        self._at_once = 0
        self._since = 0.0

    def watch(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, with its time counted."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                self._at_once += 1
                if self._at_once == 1:
                    self._since = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                with self._lock:
                    self._at_once -= 1
                    if self._at_once == 0:
                        self.seconds += time.perf_counter() - self._since

        return watched


def run_side(
    side: str, legs: list[Path], model: Path, threads: int, tokens: int | None, language: str
) -> dict[str, Any]:
    """Figures of one run: seconds (in all, and outside the engine), windows, tokens, words, peak megabytes."""
    with tempfile.TemporaryDirectory(prefix="callcoach-bench-") as folder:
        work = Path(folder)
        beginning = _beginning(legs[0], work / "warm.wav")  # before any side sets up how it keeps memory
        prepare = _ours if side == "ours" else _theirs
        counted, hear = prepare(side, model, threads, tokens, language, work)
        hear([beginning] * len(legs))
        counted.windows = counted.hearings = counted.said = 0
        before, begun = _processor_seconds(), time.perf_counter()
        words, outside = hear(legs)
        took, worked = time.perf_counter() - begun, _processor_seconds() - before
    return {
        "seconds": took,
        "processor_seconds": worked,
        "outside": outside,
        "windows": counted.windows,
        "hearings": counted.hearings,
        "tokens": counted.said,
        "words": words,
        "peak_mb": _peak_mb(),
    }


_Hear = Callable[[list[Path]], tuple[int, float | None]]


def _ours(
    _side: str, model: Path, threads: int, tokens: int | None, language: str, work: Path
) -> tuple[Counted, _Hear]:
    from transcription.engines.whisper import WhisperEngine
    from transcription.pipeline import TranscribeOptions, transcribe

    # One temperature on every side: faster-whisper then hears nothing twice, so neither do we.
    work_folder = work / "work"
    engine = WhisperEngine.load(str(model), threads=threads, most_tokens=tokens, once=True)
    counted = engine._loaded.model = Counted(engine._loaded.model, tokens)
    running = Running()
    for name in ("encode", "hear"):
        setattr(engine._listener, name, running.watch(getattr(engine._listener, name)))

    def hear(legs: list[Path]) -> tuple[int, float | None]:
        running.seconds = 0.0
        begun = time.perf_counter()
        transcript = transcribe(legs, engine, TranscribeOptions(language=language), workdir=work_folder)
        whole = time.perf_counter() - begun
        return sum(len(turn.words) for turn in transcript.turns), whole - running.seconds

    return counted, hear


def _theirs(
    side: str, model: Path, threads: int, tokens: int | None, language: str, _work: Path
) -> tuple[Counted, _Hear]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
    counted = loaded.model = Counted(loaded.model, tokens)
    # Equal settings: one temperature, word times, and no text of the window before (which would only cost time here).
    equal = {
        "language": language,
        "beam_size": BEAM,
        "word_timestamps": True,
        "temperature": 0.0,
        "condition_on_previous_text": False,
    }

    def segments(leg: Path) -> Iterator[Any]:
        if side == "sequential":
            found, _ = loaded.transcribe(str(leg), **equal)
        else:
            found, _ = BatchedInferencePipeline(loaded).transcribe(str(leg), batch_size=README_BATCH, **equal)
        yield from found

    def hear(legs: list[Path]) -> tuple[int, float | None]:
        return sum(len(segment.words or ()) for leg in legs for segment in segments(leg)), None

    return counted, hear


def _beginning(leg: Path, path: Path) -> Path:
    """Made by a process of its own: what decodes it is in no side's memory before that side loads it itself."""
    subprocess.run([sys.executable, "-m", "benchmarks.transcription_sides", "--beginning", leg, path], check=True)
    return path


def _write_beginning(leg: Path, path: Path) -> None:
    from faster_whisper import decode_audio

    sound = decode_audio(str(leg))[: WARM_SECONDS * 16_000]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((sound * 32767).astype(np.int16).tobytes())


def _processor_seconds() -> float:
    """Of this process and of those it started; ours decodes in children of a helper, which says what they took."""
    from transcription.children import server_seconds

    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used) + server_seconds()


def _peak_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Run one side and print its figures as JSON."""
    if sys.argv[1:2] == ["--beginning"]:
        _write_beginning(*map(Path, sys.argv[2:]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("legs", nargs="+", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--tokens", type=int)
    parser.add_argument("--language", default="en")
    args = parser.parse_args()
    print(json.dumps(run_side(args.side, args.legs, args.model, args.threads, args.tokens, args.language)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

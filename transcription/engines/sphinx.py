"""The stand-in engine: pocketsphinx with the English model its wheel carries. Real recognition, draft quality."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transcription.engines.cores import usable_cores
from transcription.engines.protocol import Accuracy, Progress
from transcription.engines.protocol import Cancelled as CancelledCheck
from transcription.errors import Cancelled, EngineFailed, NeedsModel
from transcription.speech import RATE, Recognition, Span, SpokenChannel, Utterance, primary_language
from transcription.transcript import Word

MOST_WORKERS = 4
LOOK_SECONDS = 0.2  # between two looks at whether to stop, while segments are being recognised


class SphinxEngine:
    """Recognises English with one decoder process per core; a segment's words depend on that segment alone.

    Keep it for many calls and `close` it at the end (it also closes when it is collected). Not for use from two
    threads at once.
    """

    name = "sphinx"
    draft = True

    def __init__(self, workers: int | None = None) -> None:
        cores = usable_cores()
        self._count = max(1, min(workers or cores, cores, MOST_WORKERS))
        self._children: list[_Child] = []
        self.model = f"pocketsphinx {version('pocketsphinx')} en-us"
        self._finalizer = weakref.finalize(self, _close_all, self._children)

    def close(self) -> None:
        """End the decoder processes."""
        _close_all(self._children)

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
        """English words of every span. Raises NeedsModel for any other language, known or not.

        It knows one way of working and its dictionary is closed, so `hotwords` and `accuracy` change nothing.

        When `cancelled` turns true, the decoder processes are ended in the middle of their segments: one segment may
        take longer than whoever asked has time.
        """
        del hotwords, accuracy
        if primary_language(language) != "en":
            raise NeedsModel(
                "The stand-in engine understands only English.",
                "Say that the call is English (--language en), or provide a Whisper model.",
            )
        jobs = [(c, n, span) for c, channel in enumerate(channels) for n, span in enumerate(channel.spans)]
        # Longest first: the last segment to finish is then a short one and no core waits for the other.
        jobs.sort(key=lambda job: -job[2].length)
        run = _Run(channels, jobs, on_progress, cancelled)
        self._start(min(self._count, len(jobs)))
        feeders = [threading.Thread(target=run.work, args=(child,)) for child in self._children[: len(jobs)]]
        try:
            for feeder in feeders:
                feeder.start()
            for feeder in feeders:
                while feeder.is_alive():
                    run.look()
                    feeder.join(LOOK_SECONDS)
            if run.error is not None:
                raise run.error
        except BaseException:
            # Whatever ends the waiting ends the work: a killed process ends the wait of the thread that feeds it.
            run.stop(Cancelled())
            for child in self._children:
                child.kill()
            for feeder in feeders:
                if feeder.is_alive():
                    feeder.join()
            self.close()
            raise
        heard = tuple(tuple(run.heard[c, n] for n in range(len(channel.spans))) for c, channel in enumerate(channels))
        return Recognition(heard, "en")

    def _start(self, count: int) -> None:
        self._children[:] = [child for child in self._children if child.alive()]
        while len(self._children) < count:
            self._children.append(_Child())


class _Run:
    """One call's segments, shared by the threads that each feed one decoder process."""

    def __init__(
        self,
        channels: Sequence[SpokenChannel],
        jobs: list[tuple[int, int, Span]],
        on_progress: Progress | None,
        cancelled: CancelledCheck | None,
    ) -> None:
        self._channels = channels
        self._jobs = jobs
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._lock = threading.Lock()
        self._next = 0
        self._done = 0.0
        self._total = sum(span.length for _, _, span in jobs) or 1.0
        self.heard: dict[tuple[int, int], Utterance] = {}
        self.error: Exception | None = None

    def look(self) -> None:
        """Raises what one of the threads met, or Cancelled: the others need not finish their segments then."""
        if self.error is not None:
            raise self.error
        if self._cancelled is not None and self._cancelled():
            raise Cancelled

    def stop(self, error: Exception) -> None:
        """No further segment is begun; the first error is the one that counts."""
        with self._lock:
            self.error = self.error or error

    def work(self, child: _Child) -> None:
        try:
            while (job := self._take()) is not None:
                channel, number, span = job
                self._put(channel, number, child.recognise(self._channels[channel].path, span))
        except Exception as error:  # noqa: BLE001 - kept for the thread that waits, which raises it
            self.stop(error)

    def _take(self) -> tuple[int, int, Span] | None:
        with self._lock:
            if self.error is not None or self._next >= len(self._jobs):
                return None
            if self._cancelled is not None and self._cancelled():
                self.error = Cancelled()
                return None
            self._next += 1
            return self._jobs[self._next - 1]

    def _put(self, channel: int, number: int, utterance: Utterance) -> None:
        with self._lock:
            self.heard[channel, number] = utterance
            self._done += utterance.span.length
            if self._on_progress is not None:
                self._on_progress(min(1.0, self._done / self._total))


class _Child:
    """One decoder process; requests and answers are lines of JSON."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "transcription.engines.sphinx_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "PATH": os.defpath,
                "LC_ALL": "C.UTF-8",
            },
        )
        self._ready = False

    def alive(self) -> bool:
        return self._process.poll() is None

    def recognise(self, path: Path, span: Span) -> Utterance:
        if not self._ready:
            self._answer()
            self._ready = True
        first = max(0, round(span.start * RATE))
        request = {"path": str(path.absolute()), "first": first, "count": max(0, round(span.end * RATE) - first)}
        self._ask(request)
        words = tuple(
            Word(text, round(span.start + start, 3), round(span.start + end, 3), confidence)
            for text, start, end, confidence in self._answer()["words"]
        )
        return Utterance(span, words)

    def kill(self) -> None:
        # Killed, not asked: it holds nothing worth saving, and a segment may take seconds to finish.
        self._process.kill()

    def close(self) -> None:
        self.kill()
        self._process.communicate()

    def _ask(self, request: dict[str, Any]) -> None:
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
        except OSError:
            raise self._died() from None

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise self._died()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _died(self) -> EngineFailed:
        return EngineFailed("sphinx", f"its process ended with code {self._process.wait()}")


def _close_all(children: list[_Child]) -> None:
    while children:
        children.pop().close()

"""How well two people on one channel are told apart, without any engine's words in between.

    python -m benchmarks.diarization [--backend encoder cepstra] [--line all] [--words] [--json]
    python -m benchmarks.diarization FOLDER [--models-dir FOLDER] [--json]

Without a folder the sample calls are mixed down to one channel, over each kind of line; who speaks when is then known
from the unmixed channels. A folder holds recordings with references (RTTM, or a transcript with times; see
benchmarks/references.py); recordings of several channels are mixed down. Per recording: diarization error rate (0.25 s
around changes not counted), share of the seconds spoken on the right person, share of words on the right person where
words have times (`--words` lets the draft engine hear the unmixed channels of English calls; for the others the words
are those of the transcript that came with the call, each on the person whose channel speaks then), how sure the
stretches are, and computing time as a share of the recording's length.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import LINES, over_line
from benchmarks.normalisation import BY_CHARACTERS
from benchmarks.references import BadReference, read_folder, sample_references
from benchmarks.speaker_measures import Stretch, diarization_error
from transcription.audio import DecodedCall, decode_call
from transcription.diarization import Stretch as Heard
from transcription.diarization import VoiceBackend, choose_backend, diarize
from transcription.diarization.cepstral import CepstralBackend
from transcription.diarization.shipped import ShippedBackend
from transcription.engines.imported import read_transcript
from transcription.engines.sphinx import SphinxEngine
from transcription.errors import TranscriptionError
from transcription.speech import SpokenChannel
from transcription.transcript import Turn
from transcription.vad import find_speech
from workers.demo.manifest import sample_calls

Spoken = tuple[str, float, float]
"""A word's person, start and end."""


@dataclass(frozen=True, slots=True)
class Case:
    """One channel with the truth about it, on disk as raw 16 kHz samples."""

    name: str
    line: str
    path: Path
    truth: tuple[Stretch, ...]
    words: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One recording's figures with one back end; shares are None where nothing can be counted."""

    name: str
    line: str
    backend: str
    people: int
    der: float | None
    seconds_right: float | None
    words: int
    words_right: float | None
    sure: float
    length: float
    load: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or JSON; 2 when there is nothing to measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.diarization")
    parser.add_argument("folder", nargs="?", type=Path, help="recordings with references; without it the sample calls")
    parser.add_argument("--backend", nargs="+", choices=("encoder", "cepstra", "models"), default=["encoder"])
    parser.add_argument("--models-dir", type=Path, help="models' folder with speakers/*.onnx, for --backend models")
    parser.add_argument("--line", nargs="+", choices=(*LINES, "all"), default=["equal"])
    parser.add_argument("--language", help="language of references, or of the sample calls to take")
    parser.add_argument("--words", action="store_true", help="hear the unmixed channels of English calls for words")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    lines = LINES if "all" in options.line else tuple(options.line)
    try:
        backends = [_backend(name, options.models_dir) for name in options.backend]
        with tempfile.TemporaryDirectory(prefix="diarization-") as folder:
            results = [
                measure(case, backend)
                for case in _cases(options.folder, options.language, lines, options.words, Path(folder))
                for backend in backends
            ]
    except (BadReference, TranscriptionError) as error:
        print(f"diarization: {error}", file=sys.stderr)
        return 2
    if not results:
        print("diarization: no recording with a reference was found", file=sys.stderr)
        return 2
    print(json.dumps([asdict(result) for result in results], indent=1) if options.json else table(results))
    return 0


def measure(case: Case, backend: VoiceBackend) -> Result:
    """Tell the people of one channel apart and compare with the truth; voice activity is not in the computing time."""
    channel = SpokenChannel(case.path, find_speech(case.path))
    before = time.process_time()
    found = diarize(channel, backend=backend)
    took = time.process_time() - before
    length = case.path.stat().st_size / 32_000
    named = [Stretch(str(stretch.speaker), stretch.span.start, stretch.span.end) for stretch in found]
    spoken = sum(stretch.span.length for stretch in found)
    return Result(
        name=case.name,
        line=case.line,
        backend=backend.name,
        people=len({stretch.speaker for stretch in found}),
        der=diarization_error(case.truth, named).rate,
        seconds_right=_seconds_right(case.truth, found),
        words=len(case.words),
        words_right=words_right(case.words, found),
        sure=sum(s.confidence * s.span.length for s in found) / spoken if spoken else 0.0,
        length=length,
        load=took / length if length else 0.0,
    )


def words_right(words: Sequence[Spoken], found: Sequence[Heard]) -> float | None:
    """Share of words whose middle lies in a stretch of their person, at the best naming; None without words."""
    pairs = []
    for person, start, end in words:
        middle = (start + end) / 2
        who = next((s.speaker for s in found if s.span.start <= middle < s.span.end), None)
        pairs.append((person, who))
    return _best_share(pairs, [1.0] * len(pairs))


def _seconds_right(truth: Sequence[Stretch], found: Sequence[Heard]) -> float | None:
    """Share of the time in which one person alone speaks, and was heard, on the right person."""
    pairs: list[tuple[str, int | None]] = []
    weights: list[float] = []
    for one in truth:
        for other in found:
            shared = min(one.end, other.span.end) - max(one.start, other.span.start)
            if shared > 0:
                pairs.append((one.who, other.speaker))
                weights.append(shared)
    return _best_share(pairs, weights)


def _best_share(pairs: Sequence[tuple[str, int | None]], weights: Sequence[float]) -> float | None:
    from scipy.optimize import linear_sum_assignment

    if not pairs:
        return None
    people = sorted({person for person, _ in pairs})
    numbers = sorted({who for _, who in pairs if who is not None})
    counts = np.zeros((len(people), max(1, len(numbers))))
    for (person, who), weight in zip(pairs, weights, strict=True):
        if who is not None:
            counts[people.index(person), numbers.index(who)] += weight
    rows, columns = linear_sum_assignment(-counts)
    return float(counts[rows, columns].sum() / sum(weights))


def _backend(name: str, models_dir: Path | None) -> VoiceBackend:
    if name == "models":
        return choose_backend(models_dir)
    return ShippedBackend() if name == "encoder" else CepstralBackend()


def _cases(
    folder: Path | None, language: str | None, lines: Sequence[str], hear: bool, workdir: Path
) -> Iterator[Case]:
    references = sample_references(language) if folder is None else read_folder(folder, language)
    engine = SphinxEngine() if hear else None
    for number, reference in enumerate(references):
        call = decode_call(list(reference.audio), workdir / str(number))
        truth, words = reference.stretches, _words_of(reference.turns)
        channels = [SpokenChannel(channel.path, find_speech(channel.path)) for channel in call.channels]
        if len(channels) == 2:
            truth = truth or tuple(
                Stretch(str(n), span.start, span.end) for n, channel in enumerate(channels) for span in channel.spans
            )
            if engine is not None and reference.language == "en":
                words = _heard_words(engine, channels)
            elif hear and folder is None:
                words = _words_with_times(reference.name, truth)
        for line in lines if len(channels) == 2 else ("as it is",):
            target = workdir / f"{number}-{line}.raw"
            over_line([_samples(call, n) for n in range(len(call.channels))], line).tofile(target)
            yield Case(reference.name, line, target, truth, words)
            target.unlink()
    if engine is not None:
        engine.close()


def _words_of(turns: Sequence[object] | None) -> tuple[Spoken, ...]:
    return tuple(
        (turn.speaker or turn.role, word.start, word.end)
        for turn in turns or ()
        if isinstance(turn, Turn)
        for word in turn.words
        if word.start is not None and word.end is not None
    )


def _heard_words(engine: SphinxEngine, channels: Sequence[SpokenChannel]) -> tuple[Spoken, ...]:
    return tuple(
        (str(number), word.start, word.end)
        for number, utterances in enumerate(engine.recognise(channels, "en").channels)
        for utterance in utterances
        for word in utterance.words
        if word.start is not None and word.end is not None
    )


def _words_with_times(name: str, truth: Sequence[Stretch]) -> tuple[Spoken, ...]:
    """Words of the transcript that came with a sample call, each on the person whose channel speaks at its middle.

    Words while both or neither speak are left out. A turn without times of its words has them one after another.
    """
    sample = next(call for call in sample_calls() if call.name == name)
    if sample.transcript is None:
        return ()
    read = read_transcript(sample.transcript.read_bytes(), name=sample.transcript.name, language=sample.language)
    spoken: list[Spoken] = []
    for turn in read.turns:
        for start, end in _times(turn):
            people = {stretch.who for stretch in truth if stretch.start <= (start + end) / 2 < stretch.end}
            if len(people) == 1:
                spoken.append((people.pop(), start, end))
    return tuple(spoken)


def _times(turn: Turn) -> Iterator[tuple[float, float]]:
    """Start and end of each word, or of each letter's share where words have no times."""
    timed = [(word.start, word.end) for word in turn.words if word.start is not None and word.end is not None]
    if timed or turn.start is None or turn.end is None:
        yield from timed
        return
    count = max(1, len(turn.text.split()) if turn.language not in BY_CHARACTERS else len(turn.text))
    step = (turn.end - turn.start) / count
    for n in range(count):
        yield turn.start + n * step, turn.start + (n + 1) * step


def _samples(call: DecodedCall, number: int) -> NDArray[np.int16]:
    return np.fromfile(call.channels[number].path, dtype="<i2")


def table(results: Sequence[Result]) -> str:
    """Lines of fixed columns, and a mean for every back end and line."""
    rows = [
        f"{'recording':<26}{'line':<10}{'back end':<12}{'people':>6}"
        f"{'DER':>8}{'seconds':>9}{'words':>8}{'sure':>7}{'load':>7}"
    ]
    rows += [
        _row(r.name, r.line, r.backend, str(r.people), r.der, r.seconds_right, r.words_right, r.sure, r.load)
        for r in results
    ]
    for backend, line in sorted({(r.backend, r.line) for r in results}):
        group = [r for r in results if (r.backend, r.line) == (backend, line)]
        means = [
            _mean([getattr(r, key) for r in group]) for key in ("der", "seconds_right", "words_right", "sure", "load")
        ]
        rows.append(_row(f"mean of {len(group)}", line, backend, "", *means))
    return "\n".join(rows)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _row(name: str, line: str, backend: str, people: str, *shares: float | None) -> str:
    der, seconds, words, sure, load = ("-" if share is None else f"{share:.1%}" for share in shares)
    return f"{name:<26}{line:<10}{backend[:11]:<12}{people:>6}{der:>8}{seconds:>9}{words:>8}{sure:>7}{load:>7}"


if __name__ == "__main__":
    raise SystemExit(main())

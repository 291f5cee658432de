"""How right transcripts are, on any folder of recordings with references, or on the sample calls.

    python -m benchmarks.accuracy FOLDER [--engine sphinx --language en] [--model FOLDER] [--json]
    python -m benchmarks.accuracy --samples --engine sphinx --language en [--mixed]

Per recording and over all: errors (words, or characters in Chinese and Korean; of several people each person's words
on their own, so that a word on the wrong person counts), the share of words on the right person, diarization error
(0.25 s around changes not counted), and words written where nobody speaks. `--mixed` mixes the channels into one first.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, Final

from benchmarks.mixing import mix_down
from benchmarks.normalisation import BY_CHARACTERS, said_words
from benchmarks.references import BadReference, Reference, read_folder, sample_references
from benchmarks.speaker_measures import Diarization, Stretch, diarization_error, words_on_the_right_person
from transcription.engines import EngineRequest, choose_engine, load_engine
from transcription.errors import TranscriptionError
from transcription.pipeline import TranscribeOptions, transcribe
from transcription.transcript import Transcript, Turn

ON_SILENCE: Final = 0.5
"""Seconds a word's middle may lie outside all speech of the reference before it counts as written on silence."""


@dataclass(frozen=True, slots=True)
class Result:
    """One recording's figures; None where the reference cannot tell."""

    name: str
    language: str | None
    unit: str
    wrong: int | None
    said: int | None
    right_person: int | None
    person_words: int | None
    named_right: int | None
    der: float | None
    der_seconds: float
    on_silence: int
    sure: float | None
    seconds: float
    took: float

    @property
    def rate(self) -> float | None:
        """Errors per word (or character) said; None without a text, or when nothing is said."""
        return self.wrong / self.said if self.said and self.wrong is not None else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or JSON; 2 when there is nothing to measure or an engine cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy")
    parser.add_argument("folder", nargs="?", type=Path, help="recordings with references beside them")
    parser.add_argument("--samples", action="store_true", help="the sample calls with their scripts instead")
    parser.add_argument("--engine", choices=("auto", "whisper", "sphinx"), default="auto")
    parser.add_argument("--model", help="a Whisper model's folder, or its name on the hub")
    parser.add_argument("--language", help="language of recordings whose reference does not say")
    parser.add_argument("--mixed", action="store_true", help="mix all channels into one before transcribing")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.samples == (options.folder is not None):
        parser.error("give a folder, or --samples")
    try:
        references = list(
            sample_references(options.language) if options.samples else read_folder(options.folder, options.language)
        )
    except BadReference as error:
        print(f"accuracy: {error}", file=sys.stderr)
        return 2
    if not references:
        print("accuracy: there is no recording with a reference.", file=sys.stderr)
        return 2
    try:
        results = list(_measure_all(references, options))
    except TranscriptionError as error:
        print(f"accuracy: {error}", file=sys.stderr)
        return 2
    _print(results, as_json=options.json)
    return 0


def _measure_all(references: Iterable[Reference], options: argparse.Namespace) -> Iterable[Result]:
    engines: dict[tuple[str, str], Any] = {}
    for reference in references:
        request = EngineRequest(engine=options.engine, model=options.model, language=reference.language)
        choice = choose_engine(request)
        key = (choice.name, choice.model)
        if key not in engines:
            engines[key] = load_engine(choice, threads=None)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="accuracy-") as folder:
            audio: tuple[Path, ...] = reference.audio
            if options.mixed:
                audio = (mix_down(audio, Path(folder) / "mixed.wav"),)
            language = reference.language
            transcript = transcribe(audio, engines[key], TranscribeOptions(language=language), workdir=Path(folder))
        yield measure(reference, transcript, took=time.monotonic() - began)


def measure(reference: Reference, transcript: Transcript, *, took: float = 0.0) -> Result:
    """Compare one transcript with the truth."""
    language = reference.language or transcript.language
    heard = [turn for turn in transcript.turns if turn.role != "system"]
    wrong = said = None
    if reference.turns is not None:
        said = sum(len(said_words(turn.text, language)) for turn in reference.turns)
        wrong = _errors(reference.turns, heard, language)
    right = words = named = None
    if len(reference.people) > 1:
        truth, guess = _labelled(reference.turns or (), language), _labelled(heard, language)
        best = words_on_the_right_person(truth, guess, named=False)
        right, words = best.right, best.words
        if reference.people <= {"rep", "client"}:
            named = words_on_the_right_person(truth, guess, named=True).right
    der: Diarization | None = None
    if reference.stretches:
        der = diarization_error(reference.stretches, _stretches(heard))
    return Result(
        name=reference.name,
        language=language,
        unit="characters" if language in BY_CHARACTERS else "words",
        wrong=wrong,
        said=said,
        right_person=right,
        person_words=words,
        named_right=named,
        der=der.rate if der else None,
        der_seconds=der.total if der else 0.0,
        on_silence=_on_silence(reference, heard),
        sure=transcript.quality.word_confidence,
        seconds=transcript.duration or 0.0,
        took=took,
    )


def _errors(truth: Sequence[Turn], heard: Sequence[Turn], language: str | None) -> int:
    """Words added, left out and changed, each person's words on their own at the best matching of persons."""
    first, second = _by_person(truth, language), _by_person(heard, language)
    if len(first) < 2 or len(second) < 2:
        return _distance(*([word for _, word in _labelled(turns, language)] for turns in (truth, heard)))
    names = sorted(second)
    while len(names) < len(first):
        names.append("")  # a person of the truth whom the transcript does not know
    best = min(
        sum(_distance(words, second.get(name, [])) for words, name in zip(first.values(), order, strict=False))
        + sum(len(second[name]) for name in set(second) - set(order[: len(first)]))
        for order in permutations(names, len(first))
    )
    return best


def _by_person(turns: Sequence[Turn], language: str | None) -> dict[str, list[str]]:
    people: dict[str, list[str]] = {}
    for turn in turns:
        people.setdefault(turn.speaker or turn.role, []).extend(said_words(turn.text, language))
    return people


def _distance(said: Sequence[str], heard: Sequence[str]) -> int:
    if not said:
        return len(heard)
    import jiwer

    result: Any = jiwer.process_words(" ".join(said), " ".join(heard))
    return int(result.substitutions + result.deletions + result.insertions)


def _labelled(turns: Sequence[Turn], language: str | None) -> list[tuple[str, str]]:
    return [(turn.speaker or turn.role, word) for turn in turns for word in said_words(turn.text, language)]


def _stretches(turns: Sequence[Turn]) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(turn.speaker or turn.role, turn.start, turn.end)
        for turn in turns
        if turn.start is not None and turn.end is not None
    )


def _on_silence(reference: Reference, heard: Sequence[Turn]) -> int:
    """Words written where nobody speaks: all of them in a silent recording, else those far from all known speech."""
    words = [word for turn in heard for word in turn.words]
    if reference.silent:
        return sum(len(turn.text.split()) for turn in heard)
    if not reference.stretches:
        return 0
    middles = [(w.start + w.end) / 2 for w in words if w.start is not None and w.end is not None]
    return sum(all(not s.start - ON_SILENCE <= m <= s.end + ON_SILENCE for s in reference.stretches) for m in middles)


def _print(results: Sequence[Result], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"recordings": [asdict(r) for r in results], "all": _total(results)}, ensure_ascii=False))
        return
    print(f"{'recording':<28}{'lang':>5}{'wrong':>8}{'right person':>14}{'DER':>7}{'silence':>9}{'sure':>7}{'took':>8}")
    for r in results:
        person = r.right_person / r.person_words if r.right_person is not None and r.person_words else None
        print(
            f"{r.name[:27]:<28}{r.language or '?':>5}{_share(r.rate):>8}{_share(person):>14}{_share(r.der):>7}"
            f"{r.on_silence:>9}{'' if r.sure is None else f'{r.sure:.2f}':>7}{r.took:>7.0f}s"
        )
    total = _total(results)
    for name, value in total.items():
        print(f"{name}: {'not known' if value is None else f'{value:.4g}'}")


def _total(results: Sequence[Result]) -> dict[str, float | None]:
    def ratio(pairs: Iterable[tuple[int | None, int | None]]) -> float | None:
        known = [(a, b) for a, b in pairs if a is not None and b]
        return sum(a for a, _ in known) / sum(b for _, b in known) if known else None

    measured = [r for r in results if r.der is not None]
    scored = sum(r.der_seconds for r in measured)
    return {
        "word error rate": ratio((r.wrong, r.said) for r in results if r.unit == "words"),
        "character error rate": ratio((r.wrong, r.said) for r in results if r.unit == "characters"),
        "words on the right person": ratio((r.right_person, r.person_words) for r in results),
        "words on the right role": ratio((r.named_right, r.person_words) for r in results if r.named_right is not None),
        "diarization error rate": sum((r.der or 0.0) * r.der_seconds for r in measured) / scored if scored else None,
        "words on silence": float(sum(r.on_silence for r in results)),
    }


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


if __name__ == "__main__":
    sys.exit(main())

"""How well the stand-in engine understands the English sample calls: words wrong per call and per person.

`python -m benchmarks.demo_speech [NAME...]` transcribes each call through the pipeline as the product does and compares
it with the script. Words wrong is the word error rate: (substituted + left out + added) / words of the script, counted
per person and added up. Ends with code 1 when a call reaches 20 %.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapidfuzz.distance import Levenshtein

from transcription.engines import EngineRequest, choose_engine, load_engine
from transcription.pipeline import TranscribeOptions, transcribe
from transcription.transcript import Transcript
from workers.demo.manifest import SampleCall, sample_calls
from workers.demo.script import Script, read_scripts

MOST_WRONG: Final = 0.20


@dataclass(frozen=True, slots=True)
class Errors:
    """Words wrong and words said."""

    wrong: int
    said: int

    @property
    def rate(self) -> float:
        """Share of words wrong, 0 when nothing was said."""
        return self.wrong / self.said if self.said else 0.0


def plain_words(text: str) -> list[str]:
    """Lower-case words without punctuation, hyphens read as spaces."""
    return re.sub(r"[^\w' ]+", " ", text.lower().replace("-", " ")).split()


def count_errors(script: Script, transcript: Transcript) -> dict[str, Errors]:
    """Words wrong of the rep and of the client."""
    errors = {}
    for role in ("rep", "client"):
        said = [word for line in script.lines if line.role == role for word in plain_words(line.text)]
        heard = [word for turn in transcript.turns if turn.role == role for word in plain_words(turn.text)]
        errors[role] = Errors(int(Levenshtein.distance(said, heard)), len(said))
    return errors


def english_calls(names: list[str]) -> list[SampleCall]:
    """The English sample calls, or those named."""
    return [call for call in sample_calls() if call.language == "en" and (not names or call.name in names)]


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 when a call has too many words wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demo_speech")
    parser.add_argument("names", nargs="*", metavar="NAME", help="sample calls (default: every English one)")
    parser.add_argument("--show", action="store_true", help="print what was heard")
    options = parser.parse_args(arguments)
    scripts = {script.id: script for script in read_scripts()}
    engine = load_engine(choose_engine(EngineRequest(engine="sphinx", language="en")), threads=None)
    worst = 0.0
    print(f"{'call':<20}{'seconds':>8}{'rep':>8}{'client':>8}{'both':>8}{'sure':>8}{'took':>8}")
    for call in english_calls(options.names):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            transcript = transcribe(
                call.files,
                engine,
                TranscribeOptions(language="en", direction=None, channel_roles=None),
                workdir=Path(folder),
            )
        errors = count_errors(scripts[call.name], transcript)
        both = Errors(sum(e.wrong for e in errors.values()), sum(e.said for e in errors.values()))
        worst = max(worst, both.rate)
        print(
            f"{call.name:<20}{call.seconds:>8.0f}{errors['rep'].rate:>8.1%}{errors['client'].rate:>8.1%}"
            f"{both.rate:>8.1%}{transcript.quality.word_confidence or 0:>8.2f}{time.monotonic() - began:>7.0f}s",
            flush=True,
        )
        if options.show:
            for turn in transcript.turns:
                print(f"    {turn.start:7.2f} {turn.role:<7}{turn.text}")
    return 1 if worst >= MOST_WRONG else 0


if __name__ == "__main__":
    sys.exit(main())

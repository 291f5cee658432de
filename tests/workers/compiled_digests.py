"""Run by itself: which scoring it runs on, and the hash of every assessment it makes of the written sample calls."""

from __future__ import annotations

import hashlib
import json

from benchmarks.telephone_calls import LANGUAGES, build_call, build_calls
from scoring import engine
from scoring.standards import list_standards, load_standard
from transcription.transcript import Transcript, Turn
from transcription.transcript_text import write_json


def main() -> None:
    """Print it as JSON."""
    found: dict[str, str] = {}
    names = [info.name for info in list_standards()]
    for language in LANGUAGES:
        calls = [*build_calls(language, 240.0), build_call(language, 900.0)]
        calls += [Transcript((), language=language), *map(_without_times, calls)]
        for number, call in enumerate(calls):
            for name in names:
                text = write_json(engine.score(call, load_standard(name)).to_json())
                found[f"{language} {number} {name}"] = hashlib.sha256(text).hexdigest()
    print(json.dumps({"engine": engine.__file__, "found": found}))


def _without_times(call: Transcript) -> Transcript:
    return Transcript(tuple(Turn(turn.role, turn.text) for turn in call.turns), language=call.language)


if __name__ == "__main__":
    main()

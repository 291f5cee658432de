"""Seconds per stage of one call, from recording to score: `python -m benchmarks.stages [AUDIO [SECOND_LEG]]`.

Without a recording it takes the longest English sample call, repeated or cut to exactly four minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from transcription.assembly import build_transcript
from transcription.audio import DecodedCall, decode_call
from transcription.channels import name_voices
from transcription.engines import EngineRequest, choose_engine, load_engine
from transcription.listening import listen_to_call
from transcription.pipeline import TranscribeOptions, recognise, role_hints
from transcription.speech import RATE
from transcription.transcript import Transcript
from transcription.web_audio import make_web_audio_from

SAMPLES = Path(__file__).resolve().parents[1] / "workers" / "demo" / "calls"
MINUTES = 4


def main() -> int:
    """Print the table, or JSON with --json; 2 when there is no recording to measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", nargs="*", type=Path, help="one recording, or two legs")
    parser.add_argument("--engine", choices=("auto", "whisper", "sphinx"), default="sphinx")
    parser.add_argument("--model", help="a Whisper model's folder, or its name on the hub")
    parser.add_argument("--language", default="en")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if len(args.audio) > 2:
        parser.error("a call has one or two recordings")
    with tempfile.TemporaryDirectory(prefix="callcoach-bench-") as folder:
        paths = args.audio or _sample_call(Path(folder))
        if not paths:
            print(f"There is no sample call in {SAMPLES}: name a recording.", file=sys.stderr)
            return 2
        request = EngineRequest(engine=args.engine, model=args.model, language=args.language)
        seconds, call, transcript, engine = measure(paths, Path(folder) / "work", request)
    facts = {
        "call_seconds": round(call.duration, 1),
        "speech_seconds": round(transcript.quality.speech_seconds or 0.0, 1),
        "channels": len(call.channels),
        "engine": engine,
        "machine": f"{len(os.sched_getaffinity(0))} cores, {_processor()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps({**facts, "seconds": seconds}, indent=2) if args.json else _table(facts, seconds))
    return 0


def measure(
    paths: list[Path], work: Path, request: EngineRequest
) -> tuple[dict[str, float], DecodedCall, Transcript, str]:
    """Seconds per stage (in order), the decoded call, its transcript and the engine that made it."""
    seconds: dict[str, float] = {}
    choice = choose_engine(request)
    with _timed(seconds, "load the engine (once per worker)"):
        engine = load_engine(choice)
    try:
        with _timed(seconds, "decode"):
            call = decode_call(paths, work)
        options = TranscribeOptions(language=request.language)
        voices = name_voices(len(call.channels))
        with _timed(seconds, "marks, voice activity, people on one channel"):
            listened = listen_to_call(call, voices)
        with _timed(seconds, "speech engine"):
            heard = recognise(listened, engine, options)
        with _timed(seconds, "clean up, bleed, roles, turns"):
            transcript = build_transcript(call, listened, heard, engine, role_hints(options, voices))
    finally:
        close = getattr(engine, "close", None)
        if close is not None:
            close()
    with _timed(seconds, "web audio and peaks"):
        make_web_audio_from(call, work / "web")
    _score(transcript, seconds)
    return seconds, call, transcript, engine.model


def _score(transcript: Transcript, seconds: dict[str, float]) -> None:
    from scoring.engine import score
    from scoring.standards import default_standard_name, load_standard

    standard = load_standard(default_standard_name())
    with _timed(seconds, "score"):
        score(transcript, standard)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - begun, 2)


def _sample_call(folder: Path) -> list[Path]:
    """Four minutes of the largest stereo sample call in English, as a 16 kHz WAV."""
    samples = sorted(SAMPLES.glob("en-*.ogg"), key=lambda p: p.stat().st_size)
    stereo = [path for path in samples if not path.stem.endswith((".rep", ".client"))]
    if not stereo:
        return []
    call = decode_call([stereo[-1]], folder / "sample")
    length = min(channel.samples for channel in call.channels)
    sound = np.array([np.fromfile(channel.path, dtype="<i2", count=length) for channel in call.channels])
    wanted = MINUTES * 60 * RATE
    sound = np.tile(sound, (1, -(-wanted // length)))[:, :wanted]
    path = folder / "four-minutes.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.ascontiguousarray(sound.T).tobytes())
    return [path]


def _table(facts: dict[str, object], seconds: dict[str, float]) -> str:
    width = max(map(len, seconds))
    lines = [f"{name}: {value}" for name, value in facts.items()]
    lines += ["", f"| {'stage':{width}} | seconds |", f"|-{'-' * width}-|--------:|"]
    lines += [f"| {stage:{width}} | {took:7.2f} |" for stage, took in seconds.items()]
    total = sum(took for stage, took in seconds.items() if not stage.startswith("load"))
    return "\n".join([*lines, f"| {'whole call':{width}} | {total:7.2f} |"])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())

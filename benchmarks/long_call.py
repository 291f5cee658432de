"""A call of hours through the whole pipeline, with peak memory and time per stage: `python -m benchmarks.long_call`.

Decoding, voice activity, marks, speakers, roles, redaction and web audio are the real ones. The engine reads every
window of speech as Whisper does and says a fixed number of words for it; a real model is taken with --model.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.long_sound import CountingEngine, write_call
from tests.corpus.memory import watch_children
from transcription.assembly import build_transcript
from transcription.audio import decode_call
from transcription.channels import name_voices
from transcription.engines.protocol import Engine
from transcription.listening import listen_to_call
from transcription.pipeline import TranscribeOptions, recognise, role_hints
from transcription.redaction import redact
from transcription.web_audio import make_web_audio_from

LIMIT_MB = 600
"""What a call of four hours may take above the model."""


def main() -> int:
    """Print the table, or JSON with --json; 1 when the limit was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--channels", type=int, choices=(1, 2), default=2, help="1: both people on one channel")
    parser.add_argument("--model", help="a Whisper model's folder; without it the engine counts windows")
    parser.add_argument("--without-web-audio", action="store_true", help="leave out the slowest stage")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callcoach-long-") as folder:
        facts, stages = measure(
            Path(folder), args.hours, args.channels, _engine(args.model), web_audio=not args.without_web_audio
        )
    if args.json:
        print(json.dumps({**facts, "stages": stages}, indent=2))
    else:
        print(_table(facts, stages))
    return 0 if float(facts["above_the_model_mb"]) < LIMIT_MB else 1


def _engine(model: str | None) -> Engine:
    if model is None:
        return CountingEngine()
    from transcription.engines.whisper import WhisperEngine

    return WhisperEngine.load(model)


def measure(
    folder: Path, hours: float, channels: int, engine: Engine, *, web_audio: bool = True
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Facts of the call, and seconds and peak memory (MB) of every stage in order, of this process and of its child.

    The kernel's high-water mark is set back before each stage, so that a stage answers for itself alone.
    """
    stages: dict[str, dict[str, float]] = {}
    path = folder / "call.wav"
    with _stage(stages, "write the recording"):
        write_call(path, hours * 3600, channels)
    loaded = _memory("VmRSS")
    options = TranscribeOptions(language="en")
    with _stage(stages, "decode and measure"):
        call = decode_call([path], folder / "work")
    voices = name_voices(len(call.channels))
    with _stage(stages, "voice activity, marks, speakers"):
        listened = listen_to_call(call, voices)
    with _stage(stages, "speech engine"):
        heard = recognise(listened, engine, options)
    with _stage(stages, "clean-up, roles, turns"):
        transcript = build_transcript(call, listened, heard, engine, role_hints(options, voices))
    with _stage(stages, "redaction"):
        redacted = redact(transcript).transcript
    if web_audio:
        with _stage(stages, "web audio and peaks"):
            make_web_audio_from(call, folder / "web")
    with _stage(stages, "transcript as JSON"):
        size = len(json.dumps(redacted.to_json(), ensure_ascii=False).encode())
    peak = max(stage["peak_mb"] for name, stage in stages.items() if name != "write the recording")
    return {
        "call_hours": round(call.duration / 3600, 3),
        "channels": float(len(call.channels)),
        "speech_hours": round((transcript.quality.speech_seconds or 0.0) / 3600, 3),
        "turns": float(len(transcript.turns)),
        "words": float(sum(len(turn.words) for turn in transcript.turns)),
        "transcript_mb": round(size / 1e6, 1),
        "before_the_call_mb": round(loaded, 1),
        "peak_mb": round(peak, 1),
        "above_the_model_mb": round(peak - loaded, 1),
    }, stages


@contextmanager
def _stage(stages: dict[str, dict[str, float]], name: str) -> Iterator[None]:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # sets VmHWM back to what is in use now
    begun = time.perf_counter()
    with watch_children(b"transcription.") as children:
        yield
    stages[name] = {
        "seconds": round(time.perf_counter() - begun, 1),
        "peak_mb": round(_memory("VmHWM"), 1),
        "child_mb": round(max(children.values(), default=0.0), 1),
    }


def _memory(field: str) -> float:
    """A field of this process's status in MB: VmRSS in use now, VmHWM the most since it was set back."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def _table(facts: dict[str, float], stages: dict[str, dict[str, float]]) -> str:
    width = max(map(len, stages))
    lines = [f"{name}: {value:g}" for name, value in facts.items()]
    lines += [
        "",
        f"| {'stage':{width}} | seconds | peak MB | child MB |",
        f"|-{'-' * width}-|--------:|--------:|---------:|",
    ]
    for name, stage in stages.items():
        took, here, child = stage["seconds"], stage["peak_mb"], stage["child_mb"]
        lines.append(f"| {name:{width}} | {took:7.1f} | {here:7.1f} | {child:8.1f} |")
    total = sum(stage["seconds"] for name, stage in stages.items() if name != "write the recording")
    return "\n".join([*lines, f"| {'whole call':{width}} | {total:7.1f} | {facts['peak_mb']:7.1f} |          |"])


if __name__ == "__main__":
    sys.exit(main())

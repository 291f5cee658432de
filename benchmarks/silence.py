"""Words written where nobody speaks: `python -m benchmarks.silence [--minutes 30] [--engine sphinx] [AUDIO...]`.

Generates half an hour of each kind of line noise at several levels, of ring-back tones and of hold music, sends each
through the pipeline as a channel of its own, and counts spans left for the engine and words written. Recordings named
on the command line, in which nobody speaks, are counted too. Ends with code 1 when a single word came out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import line_sounds
from benchmarks.line_sounds import BUSY, MUSIC, NOISE, RATE, RINGING, Sound
from transcription.audio import DecodedCall, DecodedChannel, decode_call
from transcription.engines import EngineRequest, choose_engine, load_engine
from transcription.engines.protocol import Engine
from transcription.pipeline import TranscribeOptions, transcribe_decoded
from transcription.sounds import listen_channel
from transcription.transcript import AudioQuality

LEVELS = (0.0005, 0.005, 0.05)
"""RMS of the noise: -66, -46 and -26 dBFS."""

PIECE = 60.0
"""Seconds generated at once."""


def kinds() -> Iterator[tuple[str, Callable[[int], Sound]]]:
    """Name and generator of the n-th minute of every kind of sound."""
    for name, noise in NOISE.items():
        for level in LEVELS:
            yield f"{name}, rms {level:g}", lambda n, noise=noise, level=level: _seeded(noise, n, level)  # type: ignore[misc]
    for name, (tones, pattern) in {**RINGING, **{f"busy {k}": v for k, v in BUSY.items()}}.items():
        yield (
            f"ring-back {name}" if name in RINGING else name,
            lambda _n, t=tones, p=pattern: line_sounds.cadence(  # type: ignore[misc]
                t, p, PIECE
            ),
        )
    for name, music in MUSIC.items():
        yield f"hold music, {name}", lambda n, name=name, music=music: _music(name, music, n)  # type: ignore[misc]


def _seeded(noise: Callable[..., Sound], minute: int, level: float) -> Sound:
    """Another minute of the noise each time; hum is the same every minute."""
    try:
        return noise(PIECE, level, seed=1000 + minute)
    except TypeError:
        return noise(PIECE, level)


def _music(name: str, music: Callable[[float], Sound], minute: int) -> Sound:
    """Another tune each minute where there is one; every other minute as a telephone line lets it through."""
    if name in ("melody", "violin"):
        sound = line_sounds.melody(PIECE, vibrato=0.012 if name == "violin" else 0.0, seed=minute)
    elif name == "ballad":
        sound = line_sounds.ballad(PIECE, seed=minute)
    else:
        sound = music(PIECE)
    return line_sounds.mu_law(line_sounds.telephone(sound)) if minute % 2 else sound


def main() -> int:
    """Print the table, or JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", nargs="*", type=Path, help="recordings in which nobody speaks")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--engine", choices=("auto", "whisper", "sphinx"), default="sphinx")
    parser.add_argument("--model", help="a Whisper model's folder, or its name on the hub")
    parser.add_argument("--language", default="en")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    engine = load_engine(choose_engine(EngineRequest(engine=args.engine, model=args.model, language=args.language)))
    rows: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="callcoach-silence-") as folder:
        for name, make in kinds():
            path = Path(folder) / "channel.raw"
            with open(path, "wb") as file:
                for minute in range(max(1, round(args.minutes * 60 / PIECE))):
                    file.write(line_sounds.samples(make(minute)).tobytes())
            call = DecodedCall((DecodedChannel(path, path.stat().st_size // 2, None),), AudioQuality(channels=1))
            rows[name] = _count(call, engine, args.language)
            _show(name, rows[name], args.json)
        for recording in args.audio:
            rows[recording.name] = _count(decode_call([recording], Path(folder) / "decoded"), engine, args.language)
            _show(recording.name, rows[recording.name], args.json)
    words = sum(int(str(row["words"])) for row in rows.values())
    if args.json:
        print(json.dumps({"words": words, "rows": rows}, indent=2))
    else:
        print(f"words in all: {words}")
    close = getattr(engine, "close", None)
    if close is not None:
        close()
    return 1 if words else 0


def _count(call: DecodedCall, engine: Engine, language: str) -> dict[str, object]:
    began = time.perf_counter()
    spans, marks = listen_channel(call.channels[0].path)
    took = time.perf_counter() - began
    transcript = transcribe_decoded(call, engine, TranscribeOptions(language=language))
    marked: dict[str, float] = {}
    for mark in marks:
        marked[mark.kind] = round(marked.get(mark.kind, 0.0) + mark.end - mark.start, 1)
    return {
        "seconds": round(call.channels[0].samples / RATE, 1),
        "spans": len(spans),
        "words": sum(len(turn.words) for turn in transcript.turns),
        "marked": marked,
        "listening": round(took, 2),
    }


def _show(name: str, row: dict[str, object], quiet: bool) -> None:
    if not quiet:
        print(
            f"{name:<28}{row['seconds']:>8} s{row['spans']:>4} spans{row['words']:>4} words  "
            f"listened {row['listening']:>6} s  marked {row['marked']}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())

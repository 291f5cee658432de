"""Makes the sample calls from their scripts: `python -m workers.demo.generate [ID...] [--exchange]`.

Needs flite and espeak-ng (`apt-get install flite espeak-ng`); the product itself needs neither, the recordings are
shipped. Writes `calls/<id>.*` and the list `calls/calls.json`; the same scripts and programs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from workers.demo.encode import SUFFIXES, write_recording
from workers.demo.exchange.manifest import HERE as EXCHANGE
from workers.demo.script import FOLDER, Script, read_scripts
from workers.demo.telephone import RATE, record
from workers.demo.transcripts import SHAPES

CALLS: Final = Path(__file__).parent / "calls"


def make_call(script: Script, folder: Path) -> dict[str, Any]:
    """Write the recording (and transcript) of one script; gives its entry for `calls.json`."""
    channels, placed = record(script)
    suffix = SUFFIXES[script.container]
    names = (
        [f"{script.id}{suffix}"] if script.legs == 1 else [f"{script.id}.{who}{suffix}" for who in ("rep", "client")]
    )
    parts = [channels] if script.legs == 1 else [channels[:1], channels[1:]]
    for name, part in zip(names, parts, strict=True):
        write_recording(folder / name, part, script.container)
    seconds = channels.shape[1] / RATE
    transcript = None
    if script.transcript:
        ending, write = SHAPES[script.transcript]
        transcript = script.id + ending
        (folder / transcript).write_text(write(script, placed, seconds), encoding="utf-8")
    turns = [[item.line.role, round(item.start, 2), round(item.end, 2)] for item in placed]
    return {
        "id": script.id,
        "files": names,
        "transcript": transcript,
        "seconds": round(seconds, 2),
        "spoken": script.spoken(),
        "turns": turns,
    }


def main(arguments: list[str] | None = None) -> int:
    """Make the calls named, or all; entries of calls not made this time are kept."""
    parser = argparse.ArgumentParser(prog="python -m workers.demo.generate", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="scripts to record (default: all)")
    parser.add_argument("--exchange", action="store_true", help="the calls of the demo's telephone exchange instead")
    parser.add_argument("--out", type=Path, help="folder to write to")
    options = parser.parse_args(arguments)
    options.out = options.out or (EXCHANGE / "calls" if options.exchange else CALLS)
    folder = EXCHANGE / "scripts" if options.exchange else FOLDER
    scripts = {script.id: script for script in read_scripts(folder)}
    if unknown := set(options.ids) - set(scripts):
        parser.error(f"no script named {', '.join(sorted(unknown))}")
    options.out.mkdir(parents=True, exist_ok=True)
    list_path = options.out / "calls.json"
    entries = {}
    if list_path.exists():
        entries = {item["id"]: item for item in json.loads(list_path.read_text(encoding="utf-8"))}
    for name in options.ids or scripts:
        entries[name] = make_call(scripts[name], options.out)
        sizes = sum((options.out / file).stat().st_size for file in entries[name]["files"])
        print(f"{name}: {entries[name]['seconds']:.0f} s, {sizes / 1024:.0f} KiB", flush=True)
    lines = ",\n".join(json.dumps(entries[name], ensure_ascii=False) for name in sorted(entries) if name in scripts)
    list_path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The conversations the demo's exchange plays: who speaks, and the recording as it ships."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from workers.demo.script import read_script

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation: its recording (rep left, client right), length in seconds, and the two parties."""

    name: str
    recording: Path
    seconds: float
    direction: str
    rep: str
    client_phone: str


@cache
def conversations() -> dict[str, Conversation]:
    """Every conversation by its name."""
    found = {}
    for entry in json.loads((HERE / "calls" / "calls.json").read_text(encoding="utf-8")):
        script = read_script(HERE / "scripts" / f"{entry['id']}.yaml")
        found[script.id] = Conversation(
            name=script.id,
            recording=HERE / "calls" / entry["files"][0],
            seconds=float(entry["seconds"]),
            direction=script.facts["direction"],
            rep=script.facts["rep"],
            client_phone=script.facts["client_phone"],
        )
    return found

"""The sample calls and the demo CRM as they ship: files, call facts and what each call shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from workers.demo.script import COMPANY_NAMES, SOURCE, read_script

HERE: Final = Path(__file__).parent
__all__ = ["COMPANY_NAMES", "SOURCE", "SampleCall", "crm_folder", "sample_calls"]


@dataclass(frozen=True, slots=True)
class SampleCall:
    """One sample call: its recording (two files when the legs came apart, the rep's first), transcript and facts."""

    name: str
    files: tuple[Path, ...]
    transcript: Path | None
    facts: dict[str, str]  # as `review.services.intake.read_facts` takes them
    language: str
    seconds: float
    shows: str  # one sentence for people


@cache
def sample_calls() -> tuple[SampleCall, ...]:
    """Every sample call, the shortest first."""
    folder = HERE / "calls"
    calls = []
    for entry in json.loads((folder / "calls.json").read_text(encoding="utf-8")):
        script = read_script(HERE / "scripts" / f"{entry['id']}.yaml")
        calls.append(
            SampleCall(
                name=script.id,
                files=tuple(folder / name for name in entry["files"]),
                transcript=folder / entry["transcript"] if entry["transcript"] else None,
                facts=script.call_facts(),
                language=script.language,
                seconds=float(entry["seconds"]),
                shows=script.title,
            )
        )
    return tuple(sorted(calls, key=lambda call: (call.seconds, call.name)))


def crm_folder() -> Path:
    """The folder of the demo CRM's CSV files, for `review.services.crm_import.import_crm`."""
    return HERE / "crm"

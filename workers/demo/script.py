"""The demo's scripts: what each sample call says, who says it, its call facts and what it is there to show.

A script is one YAML file in `scripts/`. Its turns are lists `[role, text, pause]` or `[role, text, pause, overlap]`:
`pause` is seconds of silence after the turn before; with an `overlap` above zero the turn starts that many seconds
before the turn before has ended, and `pause` is not used.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, cast

import yaml

FOLDER: Final = Path(__file__).parent / "scripts"
SOURCE: Final = "demo"
COMPANY_NAMES: Final = ("Riverside Furniture", "Riverside", "Риверсайд", "리버사이드", "河滨家具")
OBJECTION_TYPES: Final = ("price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other")
SITUATIONS: Final = frozenset(
    {"model_call", "wrong_rejection", "hopeless", "dead_air", "talk_over", "promise_kept", "promise_broken"}
    | {f"objection:{kind}:{how}" for kind in OBJECTION_TYPES for how in ("well", "badly")}
)
FACTS: Final = ("direction", "rep", "client_phone", "queue", "disposition", "loss_reason", "client", "deal")


class BadScript(ValueError):
    """A script cannot be used; names the script, the part and what is wrong."""

    def __init__(self, script: str, part: str, why: str) -> None:
        super().__init__(f"demo script {script}: {part}: {why}")
        self.script = script
        self.part = part
        self.why = why


@dataclass(frozen=True, slots=True)
class Line:
    """What one person says without a break; `pause` and `overlap` in seconds (see the top of this file)."""

    role: Literal["rep", "client"]
    text: str
    pause: float
    overlap: float = 0.0


@dataclass(frozen=True, slots=True)
class Script:
    """One sample call. `rep_voice` and `client_voice` name entries of `voices.VOICES`."""

    id: str
    language: str
    title: str
    notes: str
    shows: frozenset[str]
    started_at: datetime
    facts: dict[str, str]
    rep_voice: str
    client_voice: str
    lines: tuple[Line, ...]
    container: Literal["ogg", "webm", "wav"] = "ogg"
    legs: int = 1  # 2: the call is delivered as two mono files, the rep's first
    transcript: str | None = None  # the shape in which the imported transcript is written (see transcripts.SHAPES)
    seed: int = field(default=0, compare=False)

    def spoken(self) -> str:
        """A short digest of all that makes the recording (voices, words, timing): it tells a stale recording."""
        parts = (self.language, self.rep_voice, self.client_voice, self.container, self.legs, self.transcript)
        lines = [(line.role, line.text, line.pause, line.overlap) for line in self.lines]
        return hashlib.sha256(repr((parts, lines)).encode()).hexdigest()[:16]

    def call_facts(self) -> dict[str, str]:
        """The facts as a telephony source would deliver them, in the words of `review.services.intake.read_facts`."""
        return {
            "source": SOURCE,
            "external_id": f"demo-{self.id}",
            "started_at": self.started_at.isoformat(),
            "language": self.language,
            **self.facts,
        }


def read_scripts(folder: Path = FOLDER) -> tuple[Script, ...]:
    """Every script of the folder in the order of their ids. Raises BadScript."""
    return tuple(read_script(path) for path in sorted(folder.glob("*.yaml")))


def read_script(path: Path) -> Script:
    """Read one script file. Raises BadScript."""
    name = path.stem
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadScript(name, "the file", f"it is not YAML ({error})") from error
    if not isinstance(data, dict):
        raise BadScript(name, "the file", "it is not a mapping")
    for key in ("id", "language", "title", "notes", "shows", "started_at", "rep", "voices", "turns"):
        if key not in data:
            raise BadScript(name, key, "it is missing")
    if data["id"] != name:
        raise BadScript(name, "id", f"{data['id']!r} is not the file's name")
    shows = frozenset(str(item) for item in data["shows"])
    if unknown := shows - SITUATIONS:
        raise BadScript(name, "shows", f"unknown situation {', '.join(sorted(unknown))}")
    started_at = datetime.fromisoformat(str(data["started_at"]))
    if started_at.tzinfo is None:
        raise BadScript(name, "started_at", "it has no zone")
    return Script(
        id=name,
        language=str(data["language"]),
        title=str(data["title"]),
        notes=str(data["notes"]).strip(),
        shows=shows,
        started_at=started_at,
        facts={key: str(data[key]) for key in FACTS if data.get(key) is not None},
        rep_voice=str(data["voices"]["rep"]),
        client_voice=str(data["voices"]["client"]),
        lines=tuple(_read_line(name, number, item) for number, item in enumerate(data["turns"])),
        container=data.get("container", "ogg"),
        legs=int(data.get("legs", 1)),
        transcript=data.get("transcript"),
        seed=sum(name.encode()),
    )


def _read_line(script: str, number: int, item: Any) -> Line:
    part = f"turns[{number}]"
    if not isinstance(item, list) or len(item) not in (3, 4):
        raise BadScript(script, part, "a turn is [role, text, pause] or [role, text, pause, overlap]")
    role, text, pause, overlap = (*item, 0.0)[:4]
    if role not in ("rep", "client"):
        raise BadScript(script, part, f"role {role!r} is neither rep nor client")
    if not isinstance(text, str) or not text.strip():
        raise BadScript(script, part, "the turn has no text")
    if not isinstance(pause, int | float) or not isinstance(overlap, int | float) or pause < 0 or overlap < 0:
        raise BadScript(script, part, "pause and overlap are seconds, not below zero")
    return Line(cast(Literal["rep", "client"], role), text.strip(), float(pause), float(overlap))

"""How far the exchange's day is, kept in a file so that a demo started again goes on where it was."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from workers.demo.exchange.crm import closed, set_deal, won
from workers.demo.exchange.day import LEAD

FOLDER = "exchange"  # in the data folder


@dataclass
class State:
    """`moments` that have been; when the deal of the story was closed and won (ISO 8601), and by whom."""

    moments: int = 0
    closed_at: str = ""
    won_at: str = ""
    won_by: str = ""


def read_state(data: Path) -> State:
    """The state of this data folder; a new one when there is none."""
    path = data / FOLDER / "state.json"
    return State(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else State()


def write_state(data: Path, state: State) -> None:
    """Keep the state."""
    path = data / FOLDER / "state.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(state)) + "\n", encoding="utf-8")
    os.replace(part, path)


def apply_story(session: Session, state: State, *, region: str) -> None:
    """What became of the deal of the story, put onto the demo's CRM as it ships. Does not commit."""
    if state.won_at:
        set_deal(session, LEAD, won(state.won_at, state.won_by), region=region)
    elif state.closed_at:
        set_deal(session, LEAD, closed(state.closed_at), region=region)

"""What the demo's exchange needs before it plays: its two sources, its folders, and the processes to run."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from review.services.sources import change_source, ensure_source
from review.settings import Settings
from review.telephony.doors import Vault, make_door, open_door
from workers.demo.exchange.state import FOLDER
from workers.supervisor import ChildPlan, own_command

FOLDER_SOURCE: Final = "office-exchange"
WEBHOOK_SOURCE: Final = "cloud-telephony"
STOP_SECONDS: Final = 10.0


def prepare_exchange(session: Session, settings: Settings, company_names: tuple[str, ...]) -> None:
    """Make both sources; what is there is left as it is. Does not commit."""
    (settings.data / FOLDER / "monitor").mkdir(parents=True, exist_ok=True)
    (settings.data / FOLDER / "Master.csv").touch()
    vault = Vault(settings.secret_key())
    if open_door(session, vault, WEBHOOK_SOURCE) is None:
        token = secrets.token_urlsafe(24)
        # The exchange is on this machine: recordings may come from it and from nowhere else.
        given = {"recording_token": token, "hosts": "127.0.0.1", "own_network": "1"}
        make_door(session, vault, WEBHOOK_SOURCE, "generic", given)
    for name, door in ((FOLDER_SOURCE, "folder"), (WEBHOOK_SOURCE, "webhook")):
        ensure_source(session, name, door, company_names=company_names)
        # The conversations are English, and the demo's engine never guesses a language.
        change_source(session, name, language="en", rep_channel=0, standard=None, company_names=company_names)


def exchange_plans(settings: Settings) -> list[ChildPlan]:
    """The exchange itself, and the watcher of its folder, which leaves the folder as it is."""
    folder = settings.data / FOLDER / "monitor"
    return [
        ChildPlan("exchange", [sys.executable, "-m", "workers.demo.exchange.run"], STOP_SECONDS),
        ChildPlan("folder", own_command("watch", f"{FOLDER_SOURCE}={folder}", "--leave"), STOP_SECONDS),
    ]


def exchange_environment(settings: Settings) -> dict[str, str]:
    """Settings of a demo with its exchange, for all its processes.

    The exchange's own call records; and no untouched control group: the one lead of the story might be drawn for it,
    and then nobody would see it come back.
    """
    own = (FOLDER_SOURCE, settings.data / FOLDER / "Master.csv")
    named: list[tuple[str, Path]] = [*settings.call_records, own]
    return {
        "CALLCOACH_CALL_RECORDS": ",".join(f"{name}={path}" for name, path in named),
        "CALLCOACH_WIN_BACK_CONTROL": "0",
    }

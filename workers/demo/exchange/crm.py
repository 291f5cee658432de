"""The demo's CRM beside its exchange: it closes the deal of the story, and wins it when the client has come back."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from review.services.crm_import import import_crm
from workers.demo.manifest import crm_folder


def set_deal(session: Session, deal: str, changes: Mapping[str, str], *, region: str) -> None:
    """Bring one deal of the demo's CRM in again, with these columns changed. Does not commit."""
    with (crm_folder() / "deals.csv").open(encoding="utf-8", newline="") as file:
        line = next(row for row in csv.DictReader(file) if row["id"] == deal)
    with tempfile.TemporaryDirectory(prefix="callcoach-demo-crm-") as folder:
        with (Path(folder) / "deals.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(line))
            writer.writeheader()
            writer.writerow({**line, **changes})
        import_crm(session, Path(folder), region=region)


def closed(at: str) -> dict[str, str]:
    """The columns of a deal its rep closed as not interested at that time (ISO 8601)."""
    return {
        "stage": "closed",
        "stage_since": at,
        "status": "closed_lost",
        "loss_reason": "not_interested",
        "closed_at": at,
    }


def won(at: str, rep: str) -> dict[str, str]:
    """The columns of a deal its new owner won at that time."""
    return {"stage": "closed", "stage_since": at, "status": "won", "loss_reason": "", "closed_at": at, "rep": rep}

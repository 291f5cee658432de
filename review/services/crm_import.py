"""Bring clients, deals, loss reasons, tasks and reps in from a folder of CSV files; run it again at any time.

Files (each may be absent; read in this order). UTF-8 with or without a byte-order mark; the separator is a comma
or a semicolon, seen from the first line; the first line names the columns, in any order; columns not listed here
are left alone. `*` = must have a value. An empty cell means "not known" and clears what an earlier import said.

`loss_reasons.csv`
    `code*`            as deals name it, e.g. `no_budget`
    `name*`            as people read it, e.g. `No budget`
`reps.csv`             a rep is found again by extension, else e-mail, else name
    `name*`            e.g. `Jonas Weber`
    `extension`        inner telephone number, e.g. `201`; unique
    `email`            also joins the rep to the sign-in with this address, when there is one
    `team`             name of the team; made when new
    `active`           `yes` (the default) or `no`
`clients.csv`          found again by `id`
    `id*`              the CRM's own id
    `name*`            the contact person; may be empty when `company` is given
    `company`
    `email`
    `phones`           one or several, separated by `|`; any usual spelling, stored as E.164; one that is no number
                       is reported and left out, the rest of the line is imported
    `potential`        `low`, `middle` or `high`
    `group`            client group, e.g. `office furniture`
    `product_group`
    `note`
    `created_at`
`deals.csv`            found again by `id`
    `id*`
    `client*`          `id` of a line in clients.csv, or of a client imported before
    `title*`           e.g. `12 desks`
    `stage`            e.g. `offer sent`
    `stage_since`
    `amount`           a number: `4800`, `4800.50` or `4 800,50`
    `currency`         three letters, e.g. `EUR`
    `rep`              name, extension or e-mail of a rep
    `status`           `open` (the default), `won`, `closed_lost` or `unqualified`
    `loss_reason`      a `code` of loss_reasons.csv, or free text
    `opened_at`
    `closed_at`
`tasks.csv`            found again by `id`
    `id*`
    `client*`          `id` of a client
    `deal`             `id` of a deal of that client
    `rep`              name, extension or e-mail of a rep
    `title*`           e.g. `send the offer`
    `due_at`
    `done_at`          empty while it is not done

Times are ISO 8601: `2026-11-17T10:42:00+01:00`, or without a zone (read as UTC), or a date alone (midnight UTC).
A line that cannot be used is skipped and reported by file, line and why; the other lines are imported. A rep who is
not known is reported and left out, the rest of the line is imported. At the end, calls that are already there find
their rep, client and deal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.services import audit
from review.services.crm_files import CrmFile, CrmProblem
from review.services.crm_rows import ClientRows, Counts, DealRows, LossReasonRows, RepRows, TaskRows
from review.services.matching import Linked, link_calls

FILES: Final[dict[str, tuple[str, ...]]] = {
    "loss_reasons.csv": ("code", "name"),
    "reps.csv": ("name",),
    "clients.csv": ("id",),
    "deals.csv": ("id", "client", "title"),
    "tasks.csv": ("id", "client", "title"),
}
"""The files in the order they are read, and the columns each must have."""


class NoCrmFiles(ReviewError):
    """The folder is none, or holds none of the files."""

    code = "no_crm_files"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"'{folder.name}' holds none of {', '.join(FILES)}, so nothing was imported. Give their folder."
        )
        self.folder = folder


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file brought."""

    file: str
    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class CrmImportReport:
    """What an import brought, over all files and file by file, and what could not be used."""

    created: int
    updated: int
    unchanged: int
    problems: tuple[CrmProblem, ...]
    files: tuple[FileReport, ...]
    linked: Linked  # calls that found their rep, client or deal


def import_crm(session: Session, folder: Path, *, region: str = "DE", by: int | None = None) -> CrmImportReport:
    """Import the folder's files. `region` is the country of phone numbers without a prefix; `by` the acting user.

    Bad lines never stop it. Raises NoCrmFiles. Does not commit.
    """
    present = [name for name in FILES if (folder / name).is_file()]
    if not present:
        raise NoCrmFiles(folder)
    makers: dict[str, Callable[[CrmFile], LossReasonRows | RepRows | ClientRows | DealRows | TaskRows]] = {
        "loss_reasons.csv": lambda file: LossReasonRows(session, file),
        "reps.csv": lambda file: RepRows(session, file),
        "clients.csv": lambda file: ClientRows(session, file, region),
        "deals.csv": lambda file: DealRows(session, file),
        "tasks.csv": lambda file: TaskRows(session, file),
    }
    problems: list[CrmProblem] = []
    files: list[FileReport] = []
    for name in present:
        file = CrmFile(folder / name, FILES[name])
        rows = makers[name](file)
        file.each(rows.take)
        session.flush()
        problems += file.problems
        files.append(_report(name, rows.counts))
    report = CrmImportReport(
        created=sum(file.created for file in files),
        updated=sum(file.updated for file in files),
        unchanged=sum(file.unchanged for file in files),
        problems=tuple(sorted(problems, key=lambda problem: (present.index(problem.file), problem.line))),
        files=tuple(files),
        linked=link_calls(session),
    )
    audit.record(
        session,
        by,
        "crm.imported",
        "crm",
        "files",
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        problems=len(report.problems),
    )
    return report


def _report(name: str, counts: Counts) -> FileReport:
    return FileReport(name, counts.created, counts.updated, counts.unchanged)

"""The audit log over the API: who did what, filtered as on its page, with the seals; and whether the chain is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.audit_chain.keeping import KeptCheck, check_all, keep_check, last_check
from review.queries.audit_log import LogFilter, LogRow, count_events, read_log
from web.api.doing import answer, area
from web.api.fields import Moment, RowId, Word
from web.api.paging import NEXT, PageQuery, cut
from web.api.problems import Problem
from web.blueprints.audit import MOST_AT_ONCE
from web.errors import Refused
from web.parts import parts

blueprint = area("audit", "installation", "Sampling rules, sources, the audit log, and how far the calls are.")


class AuditQuery(PageQuery):
    """Which events, the newest first; everything that is given must hold."""

    user_id: RowId | None = Field(None, description="Who did it; also of accounts that are gone.")
    area: Word | None = Field(None, description="What stands before the point of an action, e.g. user.")
    action: Word | None = Field(None, description="E.g. user.roles_changed.")
    subject_kind: Word | None = Field(None, description="E.g. call.")
    subject_id: Word | None = Field(None, description="The subject's id, as text.")
    since: Moment | None = Field(None, description="From this time on.")
    until: Moment | None = Field(None, description="Before this time.")


class AuditOut(BaseModel):
    """One event of the audit log; `user_id` is null for acts of the command line and of the system.

    `number`, `previous` and `seal` are its place in the chain; null for events from before the log was sealed.
    """

    id: int
    at: datetime
    user_id: int | None
    user_name: str | None
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    number: int | None
    previous: str | None
    seal: str | None


class AuditList(BaseModel):
    """A page of events."""

    events: list[AuditOut]
    next: str | None = Field(description=NEXT)


class FaultOut(BaseModel):
    """One thing wrong with the audit log: what, and from and to which event of the chain."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    number: int | None
    until: int | None
    event: int | None


class AuditCheckOut(BaseModel):
    """The last check of the audit log's chain; `at` is null before the first."""

    at: datetime | None
    whole: bool | None
    events: int
    faults: list[FaultOut]


@blueprint.get("/audit-events", responses={200: AuditList, 422: Problem})
def list_audit_events(query: AuditQuery) -> Response:
    """List who did what to which thing, the newest first. Never what a client said, a passphrase or a token."""
    chosen = LogFilter(
        actor=query.user_id,
        area=query.area or "",
        action=query.action or "",
        subject_kind=query.subject_kind or "",
        subject_id=query.subject_id or "",
        since=query.since,
        until=query.until,
    )
    place = query.place(int)
    with parts().database.read() as db:
        rows = read_log(db, chosen, before=None if place is None else place[1], limit=query.limit + 1).rows
    shown, following = cut(rows, query.limit, lambda row: (row.id, row.id))
    return answer(AuditList(events=[_event(row) for row in shown], next=following))


@blueprint.get("/audit-check", responses={200: AuditCheckOut})
def read_audit_check() -> Response:
    """Read what the last check of the audit log found."""
    with parts().database.read() as db:
        return answer(_check(last_check(db)))


@blueprint.post("/audit-check", responses={201: AuditCheckOut, 409: Problem})
def start_audit_check() -> Response:
    """Check the whole chain now and read what was found. A very long log is checked by night only (409)."""
    here = parts()
    with here.database.read() as db:
        if count_events(db) > MOST_AT_ONCE:
            raise Refused(
                409,
                _("The log is too long to check while you wait. It is checked daily, and by: callcoach audit check"),
                code="too_long",
            )
    with here.database.read() as db:  # begun only now: nothing may be written down outside that this does not see
        found = check_all(db, here.settings.secret_key(), here.settings.anchors)
    with here.database.session() as db:
        keep_check(db, found)
        return answer(_check(last_check(db)), 201)


def _event(row: LogRow) -> AuditOut:
    plain = ("id", "at", "action", "subject_kind", "subject_id", "details", "number", "previous", "seal")
    return AuditOut(**{name: getattr(row, name) for name in plain}, user_id=row.actor, user_name=row.name)


def _check(kept: KeptCheck | None) -> AuditCheckOut:
    if kept is None:
        return AuditCheckOut(at=None, whole=None, events=0, faults=[])
    faults = [FaultOut.model_validate(fault) for fault in kept.found.faults]
    return AuditCheckOut(at=kept.at, whole=kept.whole, events=kept.found.events, faults=faults)

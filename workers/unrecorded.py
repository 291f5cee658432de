"""Calls that a telephone system tells of and that have no recording: missed ones, and those that were not recorded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.db import Database
from review.doorbell import ring
from review.errors import IntakeRefused
from review.models import Delivery
from review.services.intake import accept_missed_call
from review.settings import Settings
from review.telephony.pbx_call import PbxCall
from workers.call_records import CallRecords

log = logging.getLogger("workers")

LOOK_BACK: Final = timedelta(days=7)
"""How old a call without a recording may be to be taken: the first look at records must not bring in years of them."""

_AT_ONCE: Final = 200  # ids in one question to the database


def take_unrecorded(
    records: CallRecords,
    database: Database,
    client: Redis,
    settings: Settings,
    source: str,
    *,
    now: datetime | None = None,
) -> int:
    """Take in what the records tell of and no delivery brought yet; how many calls. Each in its own transaction."""
    now = now or datetime.now(UTC)
    waiting = records.without_recording(now - LOOK_BACK, now)
    taken = 0
    for start in range(0, len(waiting), _AT_ONCE):
        part = waiting[start : start + _AT_ONCE]
        with database.read() as session:
            known = _delivered(session, source, part)
        for call in part:
            if not known.isdisjoint((call.external_id, *call.ids)):
                records.settle(call)
                continue
            taken += _take(call, database, client, settings, source)
            records.settle(call)
    return taken


def _take(call: PbxCall, database: Database, client: Redis, settings: Settings, source: str) -> bool:
    try:
        with database.session() as session:
            accepted = accept_missed_call(session, call.facts(source), door="folder", region=settings.region)
    except IntakeRefused as error:
        log.warning("a call in the records of %s cannot be taken (lines %s): %s", source, call.lines, error)
        return False
    log.info("call %d %s without a recording: %s", accepted.call_id, call.result, call.external_id)
    ring(client, accepted.ring)
    return True


def _delivered(session: Session, source: str, calls: Sequence[PbxCall]) -> set[str]:
    """Which of these ids a delivery of this source brought already."""
    ids = {unique_id for call in calls for unique_id in (call.external_id, *call.ids)}
    found = select(Delivery.external_id).where(Delivery.source == source, Delivery.external_id.in_(ids)).distinct()
    return set(session.scalars(found))

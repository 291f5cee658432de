"""Closed leads at work: finding and judging them, watching what becomes of them; as a process beside the sweep."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.learning.in_use import read_in_use
from review.models import Call, Deal, StoredAssessment, WinBackLead, utc_now
from review.settings import Settings
from review.win_back.candidates import CLOSED, anything_new
from review.win_back.finding import JUDGED_STATES, Pass, Terms, keep, plan
from review.win_back.outcomes import OPEN_STATES, watch_outcomes
from review.win_back.ranking import rank_anew
from workers.own_process import OwnProcess

log = logging.getLogger("workers")

CHECK_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 90.0  # between two passes at least, so that leads that must wait do not keep one running
LONGEST_SECONDS: Final = 3600.0
DAILY: Final = timedelta(hours=20)  # tasks fall due and watches end though nothing else happens


def terms_of(settings: Settings) -> Terms:
    """How leads are found here."""
    return Terms(
        control_share=settings.win_back_control, watch_days=settings.win_back_watch_days, days=settings.win_back_days
    )


def find_leads(
    database: Database, settings: Settings, *, again: bool = False, fresh: bool = False, now: datetime | None = None
) -> Pass:
    """One pass: outcomes first (what came back is not judged), then finding, then the order. Twice does no harm.

    `again` and `fresh` as for `review.win_back.finding.plan`.
    """
    now = now or utc_now()
    terms, done = terms_of(settings), Pass()
    with database.session() as session:
        watch_outcomes(session, now)
    with database.read() as session:
        heads = read_in_use(session, settings.data).closed_leads
        for chunk in plan(session, terms, heads, now, again=again, fresh=fresh):
            with database.session() as writing:
                keep(writing, chunk, terms, now, done)
    with database.session() as session:
        rank_anew(session)
    if done.found or done.judged_again:
        log.info("win-back: %d closed leads found, %d judged again", done.found, done.judged_again)
    return done


class WinBacks:
    """Starts `callcoach win-back find` when a lead was closed or a call of one scored, and once a day."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.process = OwnProcess("finding leads", LONGEST_SECONDS)
        self._checked = -CHECK_SECONDS
        self._started = -AGAIN_SECONDS
        self._passed: datetime | None = None
        self._all: datetime | None = None

    def tick(self, settings: Settings, now: datetime | None = None) -> bool:
        """Look whether a pass is due; True when it was started now."""
        clock = time.monotonic()
        if self.process.runs or clock - self._checked < CHECK_SECONDS or clock - self._started < AGAIN_SECONDS:
            return False
        self._checked = clock
        now = now or utc_now()
        try:
            due = self.what_is_due(settings, now)
        except SQLAlchemyError as error:
            log.warning("whether leads are to be found could not be asked: %s", error)
            return False
        if due is None:
            return False
        self._started, self._passed = clock, now
        if due == "all":
            self._all = now
        self.process.start(settings, ("win-back", "find", *(("--fresh",) if due == "fresh" else ())))
        return True

    def what_is_due(self, settings: Settings, now: datetime) -> Literal["all", "fresh"] | None:
        """`fresh` when a lead was closed, came back, or had a call scored since the last pass; `all` once a day."""
        with self.database.read() as session:
            judged = session.scalar(select(func.max(WinBackLead.judged_at)))
            if judged is not None and now - max(judged, self._all or judged) > DAILY:
                return "all"
            if anything_new(session, terms_of(settings).since(now)):
                return "fresh"
            if judged is None:
                return None
            last = max(judged, self._passed or judged)
            scored = exists().where(
                StoredAssessment.call_id == Call.id,
                StoredAssessment.created_at > last,
                or_(WinBackLead.deal_id == Call.deal_id, WinBackLead.client_id == Call.client_id),
                WinBackLead.state.in_(OPEN_STATES),
            )
            back = exists().where(
                WinBackLead.deal_id == Deal.id,
                WinBackLead.state.in_(JUDGED_STATES),
                Deal.status.not_in(CLOSED),
            )
            return "fresh" if session.scalar(select(or_(scored, back))) else None

    def stop(self) -> None:
        """End a running pass; the next one begins where it was."""
        self.process.stop()

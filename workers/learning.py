"""Learning at work, every night: train candidates, draw what to ask, check for drift. Nothing is promoted here."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from review.agreement.automatic import withdraw_failing
from review.db import Database
from review.learning.ask import draw_requests
from review.learning.data import CriterionLabels
from review.learning.rejection import LeadLabels, read_lead_labels
from review.learning.rejection_gate import LEADS
from review.learning.rejection_training import FittedLeads, fit_leads, gather_leads, keep_leads
from review.learning.training import Fitted, Report, fit, gather, keep, wanted_labels
from review.learning.watch import DriftRow, look_for_drift
from review.services.standards import find_standard, list_choices
from review.settings import Settings

log = logging.getLogger("workers")


@dataclass(frozen=True, slots=True)
class Night:
    """What one night did."""

    reports: tuple[Report, ...]
    asked: int
    alarms: tuple[DriftRow, ...]
    withdrawn: tuple[str, ...] = ()  # criteria whose automatic mode no longer passes


def learn_nightly(database: Database, settings: Settings) -> Night:
    """Train where there are new labels, draw what to ask next, look at drift and automatic mode. Twice does no harm."""
    reports = train_candidates(database, settings)
    with database.session() as session:
        asked = draw_requests(session, [find_standard(session, choice.name) for choice in list_choices(session)])
    with database.session() as session:
        alarms = look_for_drift(session, settings.data)
    with database.session() as session:
        withdrawn = withdraw_failing(session)
    for name in withdrawn:
        log.warning("automatic mode withdrawn: %s", name)
    for row in alarms:
        log.warning("drift: %s (%s) %s", row.criterion, row.language, ", ".join(row.alarms))
    trained = [report for report in reports if report.outcome == "trained"]
    log.info("learning: %d candidates trained, %d calls to ask about, %d alarms", len(trained), asked, len(alarms))
    return Night(reports, asked, alarms, withdrawn)


def train_candidates(
    database: Database, settings: Settings, *, criterion: str | None = None, user_id: int | None = None
) -> tuple[Report, ...]:
    """A candidate for every criterion (or one) whose labels suffice and are new; closed leads count as one.

    No lock is held while training.
    """
    with database.read() as session:
        every = wanted_labels(session, criterion) if criterion != LEADS else ()
        leads = read_lead_labels(session) if criterion in (None, LEADS) else ()
    reports = [_train(database, settings, labels, user_id) for labels in every if labels.settled]
    return (*reports, *(_train_leads(database, settings, labels, user_id) for labels in leads))


def _train(database: Database, settings: Settings, labels: CriterionLabels, user_id: int | None) -> Report:
    with database.read() as session:
        gathered = gather(session, labels)
    fitted = fit(gathered)
    if not isinstance(fitted, Fitted):
        return fitted
    with database.session() as session:
        return keep(session, settings.data, fitted, user_id)


def _train_leads(database: Database, settings: Settings, labels: LeadLabels, user_id: int | None) -> Report:
    with database.read() as session:
        gathered = gather_leads(session, labels)
    fitted = fit_leads(gathered)
    if not isinstance(fitted, FittedLeads):
        return fitted
    with database.session() as session:
        return keep_leads(session, settings.data, fitted, user_id)

"""A new installation at work: the sample calls somebody asked for on the first day, and the words for the terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from review.accounts.first_run import SAMPLE_SOURCE, is_first, setup_code
from review.accounts.installation import ROW, read_installation
from review.db import Database
from review.errors import StorageFull
from review.models import Installation, utc_now
from review.services.sources import change_source, ensure_source
from review.settings import Settings
from review.storage import AudioStore
from workers.bringing import bring_in
from workers.bundles import Bundle
from workers.demo.manifest import COMPANY_NAMES, SampleCall, sample_calls

log = logging.getLogger("workers")

SAMPLES = 4  # calls: enough for every list to have a few lines, heard in some minutes by a machine without a GPU


def samples_for(language: str) -> tuple[SampleCall, ...]:
    """A few sample calls in the language, else in English; those whose words are known first: they need no engine."""
    fitting = [call for call in sample_calls() if call.language == language]
    fitting = fitting or [call for call in sample_calls() if call.language == "en"]
    return tuple(sorted(fitting, key=lambda call: (call.transcript is None, call.seconds, call.name))[:SAMPLES])


def bring_asked_samples(database: Database, store: AudioStore, settings: Settings) -> int:
    """Bring the sample calls that were asked for and are not here yet; how many were taken in.

    Safe with two sweeps at once: each call has its own external id, so a second taking-in finds the first one's.
    """
    with database.read() as session:
        kept = read_installation(session)
    if kept.samples_at is None or kept.samples_done_at is not None:
        return 0
    with database.session() as session:
        ensure_source(session, SAMPLE_SOURCE, "import", company_names=COMPANY_NAMES)
        change_source(session, SAMPLE_SOURCE, language=None, rep_channel=0, standard=None, company_names=COMPANY_NAMES)
    taken = 0
    for sample in samples_for(kept.language):
        # Their clients and deals are in the demo's CRM, which this installation does not have.
        facts = {name: value for name, value in sample.facts.items() if name not in ("client", "deal")}
        facts["source"] = SAMPLE_SOURCE
        made = bring_in(
            database, store, settings, Bundle(sample.files, transcript=sample.transcript), facts, door="import"
        )
        taken += made.created
    with database.session() as session:
        session.execute(
            update(Installation)
            .where(Installation.id == ROW, Installation.samples_done_at.is_(None))
            .values(samples_done_at=utc_now())
        )
    log.info("brought %d sample calls", taken)
    return taken


def tick(database: Database, store: AudioStore, settings: Settings) -> None:
    """Called by the sweep every few seconds; what fails is tried again by the next one."""
    try:
        bring_asked_samples(database, store, settings)
    except (SQLAlchemyError, OSError, StorageFull) as error:
        log.warning("the sample calls were not brought, trying again: %s", error)


def tell_first(database: Database, settings: Settings, address: str, say: Callable[[str], None]) -> bool:
    """Say the set-up code while nobody can sign in; False once somebody can."""
    with database.read() as session:
        if not is_first(session):
            return False
    say("nobody can sign in yet. To make the first account:")
    say(f"  open {address.rstrip('/')}/first")
    say(f"  and type the set-up code {setup_code(settings.secret_key())}")
    return True


def first_address(settings: Settings) -> str:
    """Where a browser finds this installation, as far as the settings say."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 (compared, not bound)
    shown = f"[{host}]" if ":" in host else host
    return settings.public_url or f"http://{shown}:{settings.port}"

"""Recordings that telephone systems keep, fetched beside the sweep; and deliveries that nobody could take at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from redis import Redis
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.doorbell import ring
from review.errors import IntakeRefused, ReviewError, StorageFull
from review.models import utc_now
from review.services.call_facts import CallFacts
from review.services.intake import IncomingFile, accept_recording
from review.settings import Settings
from review.states import Step
from review.storage import AudioStore
from review.telephony.deliveries import due_deliveries, note_failed_attempt, prune_deliveries, take_delivery
from review.telephony.doors import Vault, hosts_of, open_door, own_hosts
from review.telephony.fetches import FetchClaim, claim_fetch, fail_fetch, finish_fetch, give_back
from review.telephony.provider import NoRecording, WrongSignature
from review.telephony.safe_http import WHOLE_SECONDS, Fetcher, FetchFailed, Resolve, look_up

log = logging.getLogger("workers")

PRUNE_SECONDS: Final = 3600.0
IDLE_SECONDS: Final = 5.0
STOP_SECONDS: Final = 5.0
MOST_AT_ONCE: Final = 8  # sources; each waits for the net, not for this machine
FULL_SECONDS: Final = 600.0  # until a full disk is asked again


class ClaimLost(Exception):
    """Somebody else fetches it by now: what was stored is not kept with the call."""


@dataclass
class Fetching:
    """A thread beside the sweep that takes what waits, and one for each source whose recordings are being fetched.

    Of one source one recording after the other is fetched, of at most `most` sources at once: a provider that hangs
    holds up nobody else, and for WHOLE_SECONDS at most.
    """

    database: Database
    store: AudioStore
    client: Redis
    settings: Settings
    resolve: Resolve = look_up
    most: int = MOST_AT_ONCE
    stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _turns: dict[str, tuple[threading.Thread, FetchClaim]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)  # a turn ended, or it is time to stop

    def start(self) -> None:
        """Begin; a thread that ended is started anew."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="fetching", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End. What is still being fetched after STOP_SECONDS is given back, and nothing that comes of it is kept."""
        self.stopping.set()
        self._over.set()
        until = time.monotonic() + STOP_SECONDS
        with self._lock:
            turns = dict(self._turns)
        for thread in (self._thread, *(thread for thread, _claim in turns.values())):
            if thread is not None:
                thread.join(timeout=max(0.0, until - time.monotonic()))
        left = [claim for thread, claim in turns.values() if thread.is_alive()]
        if not left:
            return
        try:
            with self.database.session() as session:
                for claim in left:
                    give_back(session, claim)
        except SQLAlchemyError as error:  # they come back when their lease is over
            log.warning("%d recordings that were being fetched could not be given back: %s", len(left), error)
        else:
            log.info("%d recordings that were being fetched are given back", len(left))

    def _run(self) -> None:
        pruned = -PRUNE_SECONDS
        while not self.stopping.is_set():
            done = 0
            try:
                self._over.clear()
                done = take_waiting(self.database, self.client, self.settings) + self.start_turns()
                if time.monotonic() - pruned > PRUNE_SECONDS:
                    pruned = time.monotonic()
                    with self.database.session() as session:
                        prune_deliveries(session, utc_now())
            except SQLAlchemyError as error:
                log.warning("recordings could not be fetched now, trying again: %s", error)
            except Exception:  # the thread goes on; what was claimed comes back when its lease is over
                log.exception("fetching a recording failed in a way nobody foresaw")
            if not done:
                self._over.wait(IDLE_SECONDS)

    def once(self) -> int:
        """Take what waits and fetch one recording of each source; how much was done."""
        done = take_waiting(self.database, self.client, self.settings) + self.start_turns()
        with self._lock:
            turns = list(self._turns.values())
        for thread, _claim in turns:
            thread.join()
        return done

    def start_turns(self) -> int:
        """Begin to fetch a recording of every source that has one due and none under way; how many began."""
        begun = 0
        while not self.stopping.is_set():
            with self._lock:
                busy = frozenset(self._turns)
            if len(busy) >= self.most:
                break
            with self.database.session() as session:
                claim = claim_fetch(session, without=busy)
            if claim is None:
                break
            thread = threading.Thread(target=self._turn, args=(claim,), name=f"fetching {claim.source}", daemon=True)
            with self._lock:
                self._turns[claim.source] = (thread, claim)
            thread.start()
            begun += 1
        return begun

    def _turn(self, claim: FetchClaim) -> None:
        try:
            fetch_one(
                self.database,
                self.store,
                self.client,
                self.settings,
                claim,
                resolve=self.resolve,
                stopping=self.stopping.is_set,
            )
        except SQLAlchemyError as error:
            log.warning("a recording could not be fetched now, trying again: %s", error)
        except Exception:  # what was claimed comes back when its lease is over
            log.exception("fetching a recording failed in a way nobody foresaw")
        finally:
            with self._lock:
                self._turns.pop(claim.source, None)
            self._over.set()


def vault_of(settings: Settings) -> Vault:
    """What opens the secrets of this installation's sources."""
    return Vault(settings.secret_key(), settings.public_url or f"http://{settings.host}:{settings.port}")


def take_waiting(database: Database, client: Redis, settings: Settings) -> int:
    """Take deliveries that were kept and not taken: the disk was full, the web server died; how many were looked at."""
    with database.read() as session:
        due = due_deliveries(session)
    if not due:
        return 0
    vault = vault_of(settings)
    for delivery_id, source in due:
        rings: tuple[tuple[int, Step], ...] = ()
        try:
            with database.session() as session:
                opened = open_door(session, vault, source)
                if opened is None:
                    note_failed_attempt(session, delivery_id, "its source has no telephone system any more")
                    continue
                rings = take_delivery(session, opened, delivery_id, region=settings.region).ring
        except ReviewError as error:
            with database.session() as session:
                note_failed_attempt(session, delivery_id, str(error))
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("delivery %d could not be taken", delivery_id)
            with database.session() as session:
                note_failed_attempt(session, delivery_id, "a fault of ours, see the log of the sweep")
        ring(client, rings)
    return len(due)


def fetch_one(
    database: Database,
    store: AudioStore,
    client: Redis,
    settings: Settings,
    claim: FetchClaim,
    *,
    resolve: Resolve = look_up,
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Fetch a claimed recording into its call; whether it is there. Whatever fails is noted beside the call."""
    try:
        with database.read() as session:
            opened = open_door(session, vault_of(settings), claim.source)
        if opened is None:
            raise NoRecording("its source has no telephone system any more", later=False)
        door, provider = opened.door, opened.provider
        own = own_hosts(provider, door) if door.settings.get("own_network") else ()
        until = time.monotonic() + WHOLE_SECONDS  # for all of it: less than the lease
        fetcher = Fetcher(hosts=hosts_of(provider, door), own=own, resolve=resolve, until=until, stopping=stopping)
        wanted = provider.where(claim.reference, door, fetcher.ask_json)
        with fetcher.open(wanted, settings.max_upload_bytes) as body:
            name = wanted.url.partition("?")[0].rpartition("/")[2][:100] or "recording"
            file = IncomingFile(name, cast(BinaryIO, body))
            with database.session() as session:
                accepted = accept_recording(
                    session,
                    store,
                    [file],
                    CallFacts(source=claim.call_source, external_id=claim.external_id),
                    door="webhook",
                    region=settings.region,
                    limit=settings.max_upload_bytes,
                )
                if not finish_fetch(session, claim) or accepted.call_id != claim.call_id:
                    raise ClaimLost
        ring(client, accepted.ring)
    except ClaimLost:
        log.info("recording %d is fetched by somebody else", claim.id)
        return False
    except FetchFailed as error:
        if stopping():
            with database.session() as session:
                give_back(session, claim)
            return False
        return _failed(database, claim, error.reason, error.why, error.advice, last=error.last, wait=error.wait)
    except NoRecording as error:
        advice = "It is tried again." if error.later else "See what the provider says of this call."
        return _failed(database, claim, error.code, error.why, advice, last=not error.later)
    except WrongSignature as error:
        return _failed(database, claim, error.code, error.why, "Enter it on the source's page, then retry.", last=True)
    except StorageFull as error:
        return _failed(database, claim, error.code, "the disk is almost full", "Free some space.", wait=FULL_SECONDS)
    except IntakeRefused as error:
        return _failed(database, claim, error.code, str(error), "It is tried again; the file may not be whole yet.")
    except ReviewError as error:
        return _failed(database, claim, error.code, str(error), "Mend it on the source's page, then retry.", last=True)
    except SQLAlchemyError:
        with database.session() as session:
            give_back(session, claim)
        raise
    except Exception as error:  # counted as a try, or it would come back without end
        log.exception("recording of call %d could not be fetched", claim.call_id)
        why = f"a fault of ours ({type(error).__name__}) is in the log"
        return _failed(database, claim, "fault", why, "It is tried again.")
    log.info("recording of call %d fetched from %s", claim.call_id, claim.source)
    return True


def _failed(
    database: Database,
    claim: FetchClaim,
    code: str,
    why: str,
    advice: str,
    *,
    last: bool = False,
    wait: float | None = None,
) -> bool:
    with database.session() as session:
        fail_fetch(session, claim, code=code, message=why, advice=advice, last=last, wait=wait)
    log.warning("recording of call %d not fetched (try %d): %s", claim.call_id, claim.attempt, why)
    return False

"""The demo's telephone exchange as a process: a call a minute, by a watched folder or by a signed webhook.

`python -m workers.demo.exchange.run`, started by `callcoach demo`. When somebody reopens the lead of the story, its
client is called again by the new owner, and the CRM wins the deal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import signal
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx2
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database, open_database
from review.logs import set_up_logs
from review.models import Deal, Rep, WinBackLead
from review.settings import Settings, read_settings
from review.telephony.doors import OpenDoor, Vault, open_door
from workers.demo.exchange.crm import closed, set_deal, won
from workers.demo.exchange.day import BACK, LEAD, Moment, moment
from workers.demo.exchange.manifest import Conversation, conversations
from workers.demo.exchange.records import ExchangeCall, write_down
from workers.demo.exchange.served import Recordings
from workers.demo.exchange.setup import WEBHOOK_SOURCE
from workers.demo.exchange.sound import as_wav
from workers.demo.exchange.state import FOLDER, read_state, write_state

log = logging.getLogger("workers")

MINUTE: Final = 60.0
FIRST: Final = 20.0  # seconds until the first call
LOOK: Final = 5.0  # between two looks whether the lead of the story was reopened


@dataclass
class Exchange:
    """Plays the day. `now` is told, so that a test can hurry."""

    settings: Settings
    database: Database
    served: Recordings
    door: OpenDoor

    def __post_init__(self) -> None:
        self.folder = self.settings.data / FOLDER
        self.state = read_state(self.settings.data)

    def play(self, now: datetime) -> bool:
        """The next event of the day; False when the day is over."""
        happens = moment(self.state.moments)
        if happens is None:
            return False
        self._happen(happens, now)
        self.state.moments += 1
        if happens.closes and not self.state.closed_at:
            self.state.closed_at = now.isoformat(timespec="seconds")
            with self.database.session() as session:
                set_deal(session, happens.closes, closed(self.state.closed_at), region=self.settings.region)
            log.info("the demo's CRM: deal %s was closed as not interested", happens.closes)
        write_state(self.settings.data, self.state)
        return True

    def call_back(self, now: datetime) -> bool:
        """When the lead of the story was reopened: its new owner calls, and wins it. True when that happened now."""
        if not self.state.closed_at or self.state.won_at:
            return False
        with self.database.read() as session:
            owner = session.scalar(
                select(Rep)
                .join(WinBackLead, WinBackLead.new_owner_id == Rep.id)
                .join(Deal, Deal.id == WinBackLead.deal_id)
                .where(Deal.external_id == LEAD, WinBackLead.state == "reopened")
            )
            if owner is None:
                return False
            name, extension = owner.name, owner.extension or "201"
        talk = conversations()[BACK]
        call = self._call(talk.direction, extension, talk.client_phone, talk.seconds, now)
        self._on_folder(call, as_wav(talk.recording))
        self.state.won_at, self.state.won_by = now.isoformat(timespec="seconds"), name
        with self.database.session() as session:
            set_deal(session, LEAD, won(self.state.won_at, name), region=self.settings.region)
        write_state(self.settings.data, self.state)
        log.info("the demo's exchange: %s called the reopened lead, and the CRM won deal %s", name, LEAD)
        return True

    def _happen(self, happens: Moment, now: datetime) -> None:
        if happens.conversation is None:
            call = self._call("inbound", happens.extension, happens.client_phone or "", 0.0, now)
            write_down(self.folder, call, None)
            log.info("the demo's exchange: nobody took the call from %s", call.client_phone)
            return
        talk = conversations()[happens.conversation]
        call = self._call(talk.direction, self._extension(talk), talk.client_phone, talk.seconds, now)
        sound = as_wav(talk.recording)
        if happens.way == "folder":
            self._on_folder(call, sound)
        else:
            self._by_webhook(call, sound)

    def _on_folder(self, call: ExchangeCall, sound: bytes) -> None:
        write_down(self.folder, call, sound)
        log.info("the demo's exchange: wrote %s", call.recording_name)

    def _by_webhook(self, call: ExchangeCall, sound: bytes) -> None:
        address = self.served.add(call.recording_name, sound)
        body = json.dumps(
            {
                "event": "call",
                "id": call.unique_id,
                "direction": call.direction,
                "started_at": call.started_at.isoformat(timespec="seconds"),
                "rep": call.extension,
                "client_phone": call.client_phone,
                "result": "answered",
                "talk_seconds": call.seconds,
                "recording_url": address,
            }
        ).encode()
        at = str(int(time.time()))
        mac = hmac.new(self.door.door.secret("secret").encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Callcoach-Signature": f"t={at},v1={mac}"}
        answer = httpx2.post(self.door.addresses()[0], content=body, headers=headers, timeout=10, trust_env=False)
        answer.raise_for_status()
        log.info("the demo's exchange: posted call %s (%d)", call.unique_id, answer.status_code)

    def _call(self, direction: str, extension: str, phone: str, seconds: float, now: datetime) -> ExchangeCall:
        started = (now - timedelta(seconds=seconds + 10)).replace(microsecond=0)
        return ExchangeCall(self.state.moments + 1, direction, extension, phone, started, round(seconds))

    def _extension(self, talk: Conversation) -> str:
        with self.database.read() as session:
            return session.scalar(select(Rep.extension).where(Rep.name == talk.rep)) or "201"


def main() -> int:
    """Play until SIGTERM; a minute that fails is told and the next one comes."""
    settings = read_settings()
    set_up_logs(settings, "exchange")
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signum, _frame: ended.set())
    signal.signal(signal.SIGINT, lambda _signum, _frame: ended.set())
    database = open_database(settings)
    vault = Vault(settings.secret_key(), f"http://{settings.host}:{settings.port}")
    with database.read() as session:
        door = open_door(session, vault, WEBHOOK_SOURCE)
    if door is None:
        log.error("the source %r is gone: the demo's exchange stays silent", WEBHOOK_SOURCE)
        ended.wait()
        return 0
    served = Recordings(door.door.secret("recording_token"))
    served.start()
    exchange = Exchange(settings, database, served, door)
    next_call = time.monotonic() + FIRST
    while not ended.wait(LOOK):
        try:
            exchange.call_back(datetime.now(UTC))
            if time.monotonic() >= next_call:
                next_call += MINUTE
                exchange.play(datetime.now(UTC))
        except (OSError, SQLAlchemyError, httpx2.HTTPError) as error:
            log.warning("the demo's exchange: this call did not go through (%s); the next one comes in a minute", error)
    served.stop()
    database.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

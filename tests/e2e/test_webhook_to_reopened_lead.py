"""From a telephone system's signed webhook to a lead open again in the CRM: every part of the way, nothing in between.

The call comes in by its webhook, the CRM closes its deal as lost, the lead is found, a head of sales agrees and hands
it to somebody else by keys, the CRM is told, and the new owner reads what to say. An installation of its own: leads,
connections and reps of this test are nobody else's.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from review.migrations.run import upgrade
from review.models import Call, Deal, OutboxItem, Rep, WinBackLead
from review.services.call_facts import CallFacts
from review.services.crm_connections import add_connection
from review.services.crm_secrets import SecretBox
from review.services.intake import IncomingFile, accept_recording
from review.services.people import add_rep
from review.services.users import create_user
from review.settings import read_settings
from review.telephony.doors import OpenDoor, Vault, make_door
from tests.crm_fakes.amocrm import FakeAmo
from tests.e2e.site import PASSWORD, Site, close_site, sample_audio, sample_transcript
from tests.waiting import wait_until
from web.app import create_app
from workers.crm import sync_connections
from workers.jobs import score_work, transcribe_work
from workers.outbox import send_outbox
from workers.runtime import open_runtime
from workers.steps import run_step
from workers.win_back import find_leads

pytestmark = pytest.mark.browser

SAMPLE = "en-call-in-march"  # the client asks to be called in March, the rep takes it for a no
PHONE = "+4930901810"
CLOSER, OWNER = 11, 12  # as the CRM calls Anna, who closes the lead, and Vera, who gets it
NOW = datetime.now(UTC).replace(microsecond=0)
SAID_BY_HEAD = "She decides in March, for sixty rooms."


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application behind a socket, a head of sales and three reps. No worker: the test does each step itself."""
    settings = read_settings(
        {
            "CALLCOACH_DATA": str(tmp_path_factory.mktemp("webhook") / "data"),
            "CALLCOACH_ENGINE": "sphinx",  # never asked: the words come with the call
            "CALLCOACH_REGION": "DE",
            "CALLCOACH_COMPANY_NAMES": "Riverside Furniture",
            "CALLCOACH_WIN_BACK_CONTROL": "0",
            "CALLCOACH_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody answers there
        }
    )
    runtime = open_runtime(settings)
    upgrade(runtime.database)
    with runtime.database.session() as session:
        for name, role in (("Ingrid", "head_of_sales"), ("Vera", "rep")):
            create_user(session, email=f"{name.lower()}@example.com", name=name, password=PASSWORD, roles=[role])
        for name, extension in (("Anna", "201"), ("Tom", "202"), ("Vera", "203")):
            add_rep(session, name=name, extension=extension, email=f"{name.lower()}@example.com")
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    made = Site(settings, runtime, server, threading.Event(), threading.Event())
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
    yield made
    close_site(made)


@pytest.fixture
def amo() -> Iterator[FakeAmo]:
    """A CRM with one client and one open lead, Anna's, three weeks old."""
    with FakeAmo() as fake:
        fake.users[1] = {**fake.users[1], "name": "Vera", "email": "vera@example.com"}
        then = stamp(NOW - timedelta(days=21))
        fake.companies.append({"id": 301, "name": "Hotel Nord", "created_at": then, "updated_at": then})
        fake.contact(501, then, PHONE, name="Marta Nord")
        fake.lead(1, then, name="Sixty rooms")
        yield fake


@pytest.fixture
def sign_in(site: Site, browser: Any) -> Iterator[Callable[[str], Any]]:
    """A signed-in person's page; at the end none of them may have logged an error."""
    contexts: list[Any] = []
    heard: list[str] = []

    def signed_in(email: str) -> Any:
        context = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto("/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("form.card button")
        page.wait_for_selector("#nav", state="attached")
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert heard == []


def stamp(at: datetime) -> int:
    """A time as the CRM writes it."""
    return int(at.timestamp())


def connect(site: Site, amo: FakeAmo) -> int:
    settings, secrets = amo.connection()
    box = SecretBox(site.settings.secret_key())
    with site.runtime.database.session() as session:
        return add_connection(session, box, kind="amocrm", name="amo", settings=settings, secrets=secrets)


def sync(site: Site, connection_id: int) -> None:
    (report,) = sync_connections(site.runtime.database, site.settings, [connection_id])
    assert report.error == ""


def deliver(site: Site, opened: OpenDoor, call: dict[str, str], sound: bytes) -> int:
    """Post a call with its recording as the telephone system does, signed over the whole body; the call's id."""
    parts = (('name="call"', json.dumps(call).encode()), ('name="file"; filename="77.wav"', sound))
    body = b"".join(
        b"--cut\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
        for head, data in parts
    )
    body += b"--cut--\r\n"
    at = stamp(datetime.now(UTC))
    mac = hmac.new(opened.door.secrets["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "multipart/form-data; boundary=cut", "X-Callcoach-Signature": f"t={at},v1={mac}"}
    address = f"{site.address}/hooks/generic/{opened.token}"
    forged = httpx2.post(address, content=body.replace(b"201", b"202", 1), headers=headers, trust_env=False)
    assert forged.status_code == 401
    answer = httpx2.post(address, content=body, headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    (call_id,) = answer.json()["calls"]
    return int(call_id)


def write_down_and_score(site: Site, call_id: int) -> None:
    """The words of the recording come after it, and the two steps of the queue are done."""
    words = IncomingFile("77.json", io.BytesIO(sample_transcript(SAMPLE)))
    with site.runtime.database.session() as session:
        facts = CallFacts(source="pbx", external_id="77")
        again = accept_recording(session, site.runtime.store, [], facts, door="api", transcript=words)
    assert (again.call_id, again.created) == (call_id, False)
    assert run_step(site.runtime, call_id, "transcribe", transcribe_work) == "done"
    assert run_step(site.runtime, call_id, "score", score_work) == "done"


def close_as_lost(amo: FakeAmo, at: datetime) -> None:
    """Anna closes the lead in the CRM: too dear, she says there."""
    amo.lead(1, stamp(at), status_id=143, loss_reason_id=5, closed_at=stamp(at))
    before, after = ([{"lead_status": {"id": status, "pipeline_id": 1}}] for status in (101, 143))
    event = {"id": "01", "type": "lead_status_changed", "entity_id": 1, "entity_type": "lead", "created_by": CLOSER}
    amo.events.append({**event, "created_at": stamp(at), "value_before": before, "value_after": after})


def read_lead(site: Site) -> WinBackLead:
    with site.runtime.database.read() as session:
        lead = session.scalars(select(WinBackLead)).one()
        session.expunge_all()
    return lead


def read_deal(site: Site) -> tuple[str, str | None]:
    """(status, whose it is) of the only deal, as we know it."""
    with site.runtime.database.read() as session:
        status, name = session.execute(select(Deal.status, Rep.name).outerjoin(Rep, Rep.id == Deal.rep_id)).one()
    return status, name


def test_a_call_of_the_webhook_ends_as_an_open_lead_of_somebody_else(
    site: Site, amo: FakeAmo, sign_in: Callable[[str], Any]
) -> None:
    database = site.runtime.database
    connection_id = connect(site, amo)
    sync(site, connection_id)
    assert read_deal(site) == ("open", "Anna")

    with database.session() as session:
        opened = make_door(session, Vault(site.settings.secret_key(), site.address), "pbx", "generic", {})
    facts = {"id": "77", "direction": "outbound", "rep": "201", "client_phone": PHONE, "result": "answered"}
    facts |= {"started_at": (NOW - timedelta(hours=3)).isoformat(), "language": "en"}
    call_id = deliver(site, opened, facts, sample_audio(f"{SAMPLE}.ogg"))
    write_down_and_score(site, call_id)
    with database.read() as session:
        call = session.get_one(Call, call_id)
        assert (call.state, call.deal_id is not None, call.disposition) == ("scored", True, None)

    close_as_lost(amo, NOW - timedelta(hours=2))
    sync(site, connection_id)
    assert read_deal(site) == ("closed_lost", "Anna")
    assert find_leads(database, site.settings).found == 1
    lead = read_lead(site)
    assert (lead.arm, lead.excluded, lead.last_call_id) == ("queue", None, call_id)

    head = sign_in("ingrid@example.com")
    head.goto("/win-back")
    line = f"#lead{lead.id}"
    shown = head.text_content(line)
    assert "Marta Nord" in shown
    assert "closed “Дорого” by Anna" in shown
    assert "in March" in shown
    head.keyboard.press("j")
    head.keyboard.press("y")
    head.wait_for_selector(f"{line}.confirmed.here")
    assert read_lead(site).verdict == "wrong"
    head.keyboard.press("o")
    head.wait_for_url(f"**/win-back/{lead.id}/reopen")
    owners = {option.partition(" · ")[0] for option in head.locator("#owner option").all_text_contents()}
    assert owners == {"Tom", "Vera"}
    with database.read() as session:
        vera = session.scalars(select(Rep.id).where(Rep.name == "Vera")).one()
    head.select_option("#owner", str(vera))
    head.fill("#brief", f"{SAID_BY_HEAD}\n{head.input_value('#brief')}")
    head.press("#brief", "Control+Enter")
    head.wait_for_url("**/win-back?tab=reopened")
    head.wait_for_selector(f"{line} >> text=/waits to be sent/")
    assert amo.state_of("1") == (False, str(CLOSER))  # the CRM is told by the worker, not by the page

    send_outbox(database, site.settings)
    assert amo.state_of("1") == (True, str(OWNER))
    assert sum(SAID_BY_HEAD in text for text in amo.texts()) == 1
    with database.read() as session:
        states = dict(session.execute(select(OutboxItem.kind, OutboxItem.state)).all())
    assert states == {"crm.call_note": "sent", "crm.reopen": "sent"}
    head.reload()
    head.wait_for_selector(f"{line} dd >> text=/^told$/")

    # The CRM tells of it in turn: that is our own doing, not the lead coming back by itself.
    amo.lead(1, stamp(NOW), closed_at=None)
    sync(site, connection_id)
    assert read_deal(site) == ("open", "Vera")
    find_leads(database, site.settings)
    after = read_lead(site)
    assert (after.state, after.outcome, after.returned_at) == ("reopened", "none", None)

    owner = sign_in("vera@example.com")
    owner.goto("/win-back/mine")
    brief = owner.text_content(f"{line} .brief")
    assert brief.startswith(SAID_BY_HEAD)
    assert "in March" in brief
    assert owner.get_attribute(f"{line} a[href^='tel:']", "href") == f"tel:{PHONE}"
    owner.click(f"{line} button[value=reached]")
    owner.wait_for_selector(f"{line} >> text=/^reached$/")
    wait_until(lambda: read_lead(site).outcome == "reached", what="Vera's word")

"""Every telephone system keeps the same promises: who may deliver, one call whatever comes in whatever order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import AudioFetch, Call, CallLeg, SourceDoor, WebhookDelivery
from review.redis_address import connect
from review.settings import Settings, read_settings
from review.storage import AudioStore
from review.telephony import mango, zadarma
from review.telephony.deliveries import Taken, check_signature, keep_delivery, replay, take_delivery
from review.telephony.doors import OpenDoor, make_door, open_door
from review.telephony.fetches import claim_fetch
from review.telephony.provider import Incoming
from tests.db.telephone_server import Server, serve_recordings
from tests.db.telephone_shapes import SHAPES, START, Shape, Spoken
from tests.factories import make_rep
from workers.fetching import fetch_one, vault_of

NOW = START + timedelta(hours=2)
ORDERS = 12
SPOKEN = Spoken(1)
MISSED = Spoken(2, talk=0)
OUTBOUND = Spoken(3, inbound=False)


@dataclass
class Site:
    """A source of the provider, and the ways to deliver to it."""

    database: Database
    store: AudioStore
    settings: Settings
    shape: Shape
    server: Server
    opened: OpenDoor

    def deliver(self, sent: Incoming) -> Taken:
        """As the door does: check, keep, take."""
        why = check_signature(sent, self.opened)
        with self.database.session() as session:
            kept = keep_delivery(session, self.opened, sent, refused=why)
        if why is not None:
            return Taken("refused", why)
        with self.database.session() as session:
            return take_delivery(session, self.opened, kept, region="DE")

    def ended(self, spoken: Spoken) -> Incoming:
        return self.shape.ended(spoken, self.opened, NOW)

    def all_of(self, spoken: Spoken) -> list[Incoming]:
        notice = self.shape.notice if spoken.talk else None
        return [make(spoken, self.opened, NOW) for make in (self.shape.begun, self.shape.ended, notice) if make]

    def fetch_all(self) -> int:
        done = 0
        while True:
            with self.database.session() as session:
                session.execute(AudioFetch.__table__.update().values(next_at=0.0))  # type: ignore[attr-defined]
                claim = claim_fetch(session)
            if claim is None:
                return done
            done += fetch_one(self.database, self.store, connect(self.settings, timeout=0.1), self.settings, claim)

    def calls(self) -> list[Call]:
        with self.database.read() as session:
            return list(session.scalars(select(Call).order_by(Call.id)))

    def count(self, model: type) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve_recordings() as running:
        yield running


@pytest.fixture(params=SHAPES, ids=lambda shape: str(shape.provider))
def shape(request: pytest.FixtureRequest) -> Shape:
    found: Shape = request.param
    return found


@pytest.fixture
def site(
    sqlite_database: Database,
    store: AudioStore,
    server: Server,
    shape: Shape,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    return make_site(sqlite_database, store, server, shape, tmp_path, monkeypatch)


def make_site(
    database: Database,
    store: AudioStore,
    server: Server,
    shape: Shape,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    settings = read_settings({"CALLCOACH_DATA": str(folder / "data"), "CALLCOACH_PUBLIC_URL": "https://calls.example"})
    monkeypatch.setattr("review.storage.os.fsync", lambda _file: None)  # nobody pulls the plug on these tests
    monkeypatch.setattr(zadarma, "API", server.base)
    monkeypatch.setattr(mango, "API", f"{server.base}/vpbx")
    given = {name: text.replace("{server}", server.base) for name, text in shape.given.items()}
    with database.session() as session:
        make_rep(session, "Rita", extension="201")
        opened = make_door(
            session,
            vault_of(settings),
            "pbx",
            shape.provider,
            {**given, "hosts": "127.0.0.1", "own_network": "1", "region": "DE"},
        )
    server.asked, server.refused, server.fail_first = [], [], 0
    return Site(database, store, settings, shape, server, opened)


def test_an_answered_call_comes_with_its_recording(site: Site) -> None:
    for sent in site.all_of(SPOKEN):
        site.deliver(sent)
    assert site.fetch_all() == 1
    (call,) = site.calls()
    assert (call.direction, call.client_phone, call.rep_name) == ("inbound", SPOKEN.client, "201")
    assert call.rep_id is not None
    assert abs((call.started_at or NOW) - SPOKEN.started) <= timedelta(seconds=1)
    assert (call.result, call.talk_seconds, call.state) == ("answered", 63, "received")
    assert site.count(CallLeg) == 1
    assert site.server.refused == []


def test_an_outbound_call_has_its_client_at_the_other_end(site: Site) -> None:
    site.deliver(site.ended(OUTBOUND))
    (call,) = site.calls()
    assert (call.direction, call.client_phone, call.rep_name) == ("outbound", OUTBOUND.client, "201")


def test_a_missed_call_is_kept_without_audio(site: Site) -> None:
    assert site.deliver(site.ended(MISSED)).state == "accepted"
    (call,) = site.calls()
    assert (call.result, call.state, call.talk_seconds) == ("not_answered", "no_audio", 0)
    assert site.count(AudioFetch) == 0


def test_any_order_and_twice_end_in_one_call(site: Site) -> None:
    """Also the audio's notice before the facts."""
    told = []
    for number, order in enumerate(itertools.permutations(range(len(site.all_of(SPOKEN)) * 2))):
        if number >= ORDERS:
            break
        spoken = Spoken(100 + number)
        twice = site.all_of(spoken) * 2
        for place in order:
            assert site.deliver(twice[place]).state in ("accepted", "ignored")
        told.append(spoken)
    calls = site.calls()
    assert len(calls) == len(told) == site.count(AudioFetch)
    for call, spoken in zip(calls, told, strict=True):
        assert (call.direction, call.client_phone, call.rep_name) == ("inbound", spoken.client, "201")
        assert (call.result, call.talk_seconds) == ("answered", 63)
        assert abs((call.started_at or NOW) - spoken.started) <= timedelta(seconds=1)
        assert call.happened_at == call.started_at


def test_the_notice_alone_waits_for_the_facts(site: Site) -> None:
    if site.shape.notice is None:
        pytest.skip("this provider tells of the recording with the call")
    site.deliver(site.shape.notice(SPOKEN, site.opened, NOW))
    assert site.fetch_all() == 1
    site.deliver(site.ended(SPOKEN))
    (call,) = site.calls()
    assert (call.client_phone, call.result, call.state) == (SPOKEN.client, "answered", "received")
    assert site.count(CallLeg) == 1


def test_what_is_only_under_way_makes_no_call(site: Site) -> None:
    if site.shape.begun is None:
        pytest.skip("this provider tells only of calls that are over")
    taken = site.deliver(site.shape.begun(SPOKEN, site.opened, NOW))
    assert (taken.state, site.calls()) == ("ignored", [])
    assert taken.why


def test_another_secret_is_refused_and_kept(site: Site) -> None:
    other = replace(
        site.opened,
        door=replace(site.opened.door, secrets={**site.opened.door.secrets, site.shape.wrong: "another one"}),
    )
    taken = site.deliver(site.shape.ended(SPOKEN, other, NOW))
    assert (taken.state, site.calls()) == ("refused", [])
    with site.database.read() as session:
        (row,) = session.scalars(select(WebhookDelivery))
        assert (row.state, row.why, row.call_id) == ("refused", taken.why, None)
        assert row.body
        assert session.scalars(select(SourceDoor.last_delivery_at)).one() == NOW


def test_a_delivery_without_any_signature_is_refused(site: Site) -> None:
    sent = site.ended(SPOKEN)
    bare = {"content-type": sent.headers["content-type"]}
    if site.shape.signs_body or site.shape.provider == "freeswitch":
        unsigned = replace(sent, headers=bare, body=sent.body.replace(b"sign=", b"x="))
    else:
        secret = site.opened.door.secrets[site.shape.wrong].encode()
        unsigned = replace(sent, headers=bare, body=sent.body.replace(secret, b""))
    assert site.deliver(unsigned).state == "refused"
    assert site.calls() == []


def test_a_changed_body_is_refused(site: Site) -> None:
    if not site.shape.signs_body:
        pytest.skip("this provider signs nothing: its secret travels with the body")
    sent = site.ended(SPOKEN)
    number = SPOKEN.client.removeprefix("+").encode()
    assert number in sent.body
    assert site.deliver(replace(sent, body=sent.body.replace(number, number[:-1] + b"9"))).state == "refused"
    assert site.calls() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"json=%7B", b"cdr=%%%", b'{"a":' * 3000, b"a=1&" * 3000],
    ids=lambda body: repr(body[:8]),
)
def test_nonsense_is_kept_and_makes_no_call(site: Site, body: bytes) -> None:
    """Where nothing but the body is signed it is refused; signed nonsense fails. Neither is a fault of ours."""
    sent = replace(site.ended(SPOKEN), body=body)
    assert site.deliver(sent).state in ("refused", "failed", "ignored")
    assert site.calls() == []
    assert site.count(WebhookDelivery) == 1


def test_a_refused_delivery_is_taken_once_the_secret_is_right(site: Site) -> None:
    if site.shape.provider == "freeswitch":
        pytest.skip("its password is not kept with the delivery")
    wrong = replace(
        site.opened, door=replace(site.opened.door, secrets={**site.opened.door.secrets, site.shape.wrong: "old"})
    )
    sent = site.ended(SPOKEN)
    why = check_signature(sent, wrong)
    assert why is not None
    with site.database.session() as session:
        kept = keep_delivery(session, wrong, sent, refused=why)
    with site.database.session() as session:
        assert replay(session, wrong, kept, region="DE").state == "refused"
    with site.database.session() as session:
        assert replay(session, site.opened, kept, region="DE").state == "accepted"
    assert len(site.calls()) == 1


def test_replaying_everything_changes_nothing(site: Site) -> None:
    for spoken in (SPOKEN, MISSED, OUTBOUND):
        for sent in site.all_of(spoken):
            site.deliver(sent)
    site.fetch_all()
    before = _facts(site)
    with site.database.read() as session:
        ids = list(session.scalars(select(WebhookDelivery.id)))
    for delivery_id in reversed(ids):
        with site.database.session() as session:
            assert replay(session, site.opened, delivery_id, region="DE").state in ("accepted", "ignored")
    assert _facts(site) == before
    assert site.count(AudioFetch) == 2
    with site.database.read() as session:
        assert set(session.scalars(select(WebhookDelivery.replays))) == {1}


def test_a_busy_server_is_asked_again(site: Site) -> None:
    for sent in site.all_of(SPOKEN):
        site.deliver(sent)
    site.server.fail_first = 2
    assert site.fetch_all() == 1
    with site.database.read() as session:
        (row,) = session.scalars(select(AudioFetch))
        assert (row.state, row.attempts, row.failure) == ("done", 3, None)
        assert len(row.sha256 or "") == 64


def test_the_test_button_leaves_no_call(site: Site) -> None:
    with site.database.session() as session:
        opened = open_door(session, vault_of(site.settings), "pbx")
        assert opened is not None
        sent = opened.provider.sample(opened.door, opened.addresses("", "")[0], NOW)
        assert check_signature(sent, opened) is None
        kept = keep_delivery(session, opened, sent, test=True)
        assert take_delivery(session, opened, kept, region="DE").state == "accepted"
    assert site.calls() == []


def test_secrets_are_not_in_the_database(site: Site) -> None:
    site.deliver(site.ended(SPOKEN))
    with site.database.read() as session:
        row = session.scalars(select(SourceDoor)).one()
        kept = repr((row.settings, row.token_hash)).encode() + row.secrets
        delivery = session.scalars(select(WebhookDelivery)).one()
        assert "authorization" not in delivery.headers
        assert site.opened.token not in delivery.address
        kept += repr((delivery.address, delivery.headers)).encode() + delivery.body
    for secret in (*site.opened.door.secrets.values(), site.opened.token):
        assert secret.encode() not in kept


def test_a_wrong_secret_in_a_body_is_not_kept_either(site: Site) -> None:
    if site.shape.signs_body or site.shape.provider == "freeswitch":
        pytest.skip("this provider sends no secret of the source in its bodies")
    names = dict.fromkeys(site.opened.door.secrets, "somebody else's secret")
    other = replace(site.opened, door=replace(site.opened.door, secrets={**site.opened.door.secrets, **names}))
    assert site.deliver(site.shape.ended(SPOKEN, other, NOW)).state == "refused"
    with site.database.read() as session:
        delivery = session.scalars(select(WebhookDelivery)).one()
        assert b"somebody" not in delivery.body + delivery.address.encode()
        kept = delivery.id
    with site.database.session() as session:  # it was the right one after all
        assert replay(session, other, kept, region="DE").state == "accepted"
    assert len(site.calls()) == 1


def _facts(site: Site) -> list[tuple[object, ...]]:
    read: Callable[[Call], tuple[object, ...]] = lambda call: (  # noqa: E731
        call.external_id,
        call.direction,
        call.client_phone,
        call.rep_id,
        call.started_at,
        call.result,
        call.talk_seconds,
        call.state,
    )
    return [read(call) for call in site.calls()]

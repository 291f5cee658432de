"""A thousand deliveries in random order, many of them twice, some replayed: exactly the calls there were."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import func, select

from review.db import Database
from review.models import AudioFetch, Call, WebhookDelivery
from review.telephony.deliveries import check_signature, keep_delivery, replay, take_delivery
from review.telephony.doors import Vault, make_door
from review.telephony.provider import Incoming
from tests.db.telephone_shapes import SHAPES, START, Spoken
from tests.factories import make_rep

NOW = START + timedelta(days=1)
AT_ONCE = 40  # deliveries in one transaction: what is tested is which calls come of them


def test_a_thousand_deliveries_make_exactly_the_calls_there_were(database: Database) -> None:
    spoken = [Spoken(n, inbound=n % 3 > 0, talk=0 if n % 5 == 0 else 30 + n) for n in range(1, 421)]
    shapes = [shape for shape in SHAPES if shape.provider in ("generic", "zadarma", "3cx")]
    with database.session() as session:
        make_rep(session, "Rita", extension="201")
        doors = {
            shape.provider: make_door(
                session, Vault("k" * 48, "https://c.example"), shape.provider, shape.provider, shape.given
            )
            for shape in shapes
        }
    sent: list[tuple[str, Incoming]] = []
    dice = random.Random(20261122)
    for one in spoken:
        shape = shapes[one.number % 3]
        opened = doors[shape.provider]
        told = [shape.ended(one, opened, NOW)]
        if shape.notice is not None and one.talk:
            told.append(shape.notice(one, opened, NOW))
        if shape.begun is not None:
            told.append(shape.begun(one, opened, NOW))
        sent += [(shape.provider, delivery) for delivery in told]
    sent += dice.choices(sent, k=1000 - len(sent))
    assert len(sent) == 1000
    dice.shuffle(sent)

    kept: list[tuple[str, int]] = []
    for start in range(0, len(sent), AT_ONCE):
        with database.session() as session:
            for name, delivery in sent[start : start + AT_ONCE]:
                assert check_signature(delivery, doors[name]) is None
                number = keep_delivery(session, doors[name], delivery)
                assert take_delivery(session, doors[name], number, region="DE").state in ("accepted", "ignored")
                kept.append((name, number))
            name, number = dice.choice(kept)
            assert replay(session, doors[name], number, region="DE").state in ("accepted", "ignored")

    with database.read() as session:
        calls = list(session.scalars(select(Call)))
        assert session.scalar(select(func.count()).select_from(WebhookDelivery)) == 1000
        fetches = list(session.scalars(select(AudioFetch.call_id)))
    assert len(calls) == len(spoken)
    by_phone = {call.client_phone: call for call in calls}
    wanted = 0
    for one in spoken:
        call = by_phone[one.client]
        assert (call.direction, call.rep_name) == ("inbound" if one.inbound else "outbound", "201")
        assert (call.result, call.talk_seconds) == ("answered" if one.talk else "not_answered", one.talk)
        assert call.started_at == one.started
        assert call.rep_id is not None
        expected = 1 if one.talk else 0
        assert fetches.count(call.id) == expected, one
        wanted += expected
    assert len(fetches) == wanted

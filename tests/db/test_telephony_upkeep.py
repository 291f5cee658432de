"""Claims of recordings to fetch, names nobody goes by, and what is removed: the same on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from review.db import Database
from review.models import AudioFetch, AuditEvent, Call, WebhookDelivery
from review.queries.sources_deliveries import list_deliveries, list_doors, read_delivery
from review.services.number_choices import choose_meant, who_is_meant
from review.telephony import fetches
from review.telephony.deliveries import count_by_state, due_deliveries, keep_delivery, prune_deliveries, take_delivery
from review.telephony.doors import OpenDoor, Vault, make_door
from review.telephony.people import forget_name, name_rep, unknown_names
from tests.db.telephone_shapes import SHAPES, START, Spoken
from tests.factories import make_client, make_deal, make_rep

NOW = START + timedelta(hours=1)


def connect(database: Database) -> OpenDoor:
    with database.session() as session:
        return make_door(session, Vault("k" * 48, "https://c.example"), "pbx", "generic", {})


def deliver(database: Database, opened: OpenDoor, spoken: Spoken) -> int:
    with database.session() as session:
        kept = keep_delivery(session, opened, SHAPES[0].ended(spoken, opened, NOW))
        return take_delivery(session, opened, kept, region="DE").call_ids[0]


def test_a_recording_is_claimed_by_one_and_tried_again(database: Database) -> None:
    call_id = deliver(database, connect(database), Spoken(1))
    with database.session() as session:
        assert fetches.want_audio(session, call_id, "pbx", "r-1")
        assert not fetches.want_audio(session, call_id, "pbx", "r-1")
    with database.session() as session:
        claim = fetches.claim_fetch(session)
        assert claim is not None
        assert (claim.call_id, claim.reference, claim.attempt) == (call_id, "r-1", 1)
        assert fetches.claim_fetch(session) is None
    with database.session() as session:
        assert fetches.fail_fetch(session, claim, code="x", message="away", advice="wait", last=False)
        assert not fetches.fail_fetch(session, claim, code="x", message="away", advice="wait", last=False)
        assert fetches.claim_fetch(session) is None  # not before its pause is over
        (row,) = fetches.open_fetches(session, "pbx")
        assert (row.state, row.attempts) == ("waiting", 1)
    with database.session() as session:
        assert fetches.retry_fetch(session, claim.id) == call_id
    with database.session() as session:
        again = fetches.claim_fetch(session)
        assert again is not None
        assert fetches.finish_fetch(session, again)
        assert fetches.retry_fetch(session, claim.id) is None
        assert fetches.fetches_of_call(session, call_id) == ()


def test_a_lease_that_is_over_is_taken_by_another(database: Database) -> None:
    call_id = deliver(database, connect(database), Spoken(1))
    with database.session() as session:
        fetches.want_audio(session, call_id, "pbx", "r-1")
        first = fetches.claim_fetch(session)
        session.execute(update(AudioFetch).values(lease_until=0.0))
    with database.session() as session:
        second = fetches.claim_fetch(session)
        assert first is not None
        assert second is not None
        assert second.attempt == 2
        assert not fetches.finish_fetch(session, first)
        assert fetches.finish_fetch(session, second)


def test_names_nobody_goes_by_are_counted_and_given(database: Database) -> None:
    opened = connect(database)
    for number in (1, 2, 3):
        deliver(database, opened, Spoken(number, rep="desk A" if number < 3 else "desk B"))
    with database.session() as session:
        assert [(name.name, name.calls) for name in unknown_names(session, "pbx")] == [("desk A", 2), ("desk B", 1)]
        rita = make_rep(session, "Rita").id
        assert name_rep(session, "pbx", "desk A", rita).reps == 2
        assert name_rep(session, "pbx", "desk A", rita).reps == 0
        assert [name.name for name in unknown_names(session, "pbx")] == ["desk B"]
        assert forget_name(session, "pbx", "desk A")
        assert not forget_name(session, "pbx", "desk A")
        assert set(session.scalars(select(Call.rep_id))) == {rita, None}


def test_a_shared_number_is_chosen_for(database: Database) -> None:
    call_id = deliver(database, connect(database), Spoken(1))
    with database.session() as session:
        first = make_client(session, "Marta", phones=[Spoken(1).client])
        assert who_is_meant(session, call_id).options == ()
        one, two = make_deal(session, first, title="Desks"), make_deal(session, first, title="Chairs")
        meant = who_is_meant(session, call_id)
        assert meant.open
        assert {option.deal_id for option in meant.options} == {one.id, two.id}
        choose_meant(session, call_id, client_id=first.id, deal_id=two.id, by=None)
        assert not who_is_meant(session, call_id).open
        assert session.scalars(select(AuditEvent.action).where(AuditEvent.action == "call.client_chosen")).one()


def test_what_is_kept_is_listed_counted_and_removed(database: Database) -> None:
    opened = connect(database)
    deliver(database, opened, Spoken(1))
    with database.session() as session:
        waiting = keep_delivery(session, opened, SHAPES[0].ended(Spoken(2), opened, NOW))
        keep_delivery(session, opened, SHAPES[0].ended(Spoken(3), opened, NOW), refused="no")
        assert count_by_state(session, "pbx", NOW - timedelta(hours=1)) == {"accepted": 1, "waiting": 1, "refused": 1}
        assert due_deliveries(session) == []
        session.execute(update(WebhookDelivery).values(next_at=0.0))
        assert due_deliveries(session) == [(waiting, "pbx")]
        assert [line.state for line in list_deliveries(session)] == ["refused", "waiting", "accepted"]
        assert list_doors(session)["pbx"].last_delivery_at == NOW
        raw = read_delivery(session, waiting, source="pbx")
        assert raw is not None
        assert "client_phone" in raw.body
        assert read_delivery(session, waiting, source="other") is None
        assert prune_deliveries(session, NOW) == 0
        assert prune_deliveries(session, NOW + timedelta(days=31)) == 2
        assert [line.id for line in list_deliveries(session)] == [waiting]

"""Sealed originals: closed with the installation's key, opened for one look, each look in the audit log."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from review.db import Database
from review.models import AuditEvent, Call, SealedOriginal, StoredTranscript
from review.privacy import make_private
from review.services.sealed import (
    NoReason,
    Seal,
    SealBroken,
    count_sealed,
    cut_pieces,
    last_opened,
    list_recordings,
    open_recordings,
    reveal_words,
)
from review.services.steps import store_transcript
from review.services.users import BadUser, grant_right, list_users, revoke_right
from tests import factories
from tests.db.claiming import claim
from tests.factories import make_transcript
from transcription.transcript import Removal

CARD = "4242 4242 4242 4242"
MAIL = "marta@nordlys.example"
KEY = "k" * 64


def test_what_was_masked_opens_again_for_the_same_call_and_key() -> None:
    originals = make_private(make_transcript(("client", f"my card is {CARD}"))).originals
    assert originals
    sealed = Seal(KEY).close(7, originals)
    assert sealed is not None
    assert sealed.pieces == len(originals)
    assert b"4242" not in sealed.body
    assert Seal(KEY).open(7, sealed.body) == originals
    again = Seal(KEY).close(7, originals)
    assert again is not None
    assert again.body != sealed.body, "the same words twice must not look the same"
    for call_id, key, body in (
        (8, KEY, sealed.body),
        (7, "other" * 10, sealed.body),
        (7, KEY, sealed.body[:-1] + bytes([sealed.body[-1] ^ 1])),
        (7, KEY, b"\x02" + sealed.body[1:]),
        (7, KEY, b""),
        (7, KEY, sealed.body[:5]),
    ):
        with pytest.raises(SealBroken):
            Seal(key).open(call_id, body)


def test_nothing_masked_leaves_nothing_sealed() -> None:
    assert Seal(KEY).close(1, ()) is None


def test_what_clean_up_took_out_is_masked_too() -> None:
    transcript = dataclasses.replace(
        make_transcript(("rep", "Good morning")), removed=(Removal(1.0, 2.0, f"write to {MAIL}", "loop"),)
    )
    assert MAIL not in str(make_private(transcript).transcript.to_json())


def test_a_look_shows_the_words_once_and_is_written_down(database: Database) -> None:
    call_id = _stored(database)
    with database.session() as session:
        person = factories.make_user(session, "quality_lead").id
        assert count_sealed(session, call_id) == 2
        assert last_opened(session, call_id) is None
        (turn,) = reveal_words(session, Seal(KEY), call_id, by=person, reason=" the client  asks what they said ")
    assert "".join(text for text, _kind in turn.pieces) == f"my card number is {CARD} and my mail is {MAIL} please"
    assert [(text, kind) for text, kind in turn.pieces if kind] == [(CARD, "card"), (MAIL, "email")]
    assert (turn.turn, turn.role) == (1, "client")
    with database.read() as session:
        event = session.scalars(select(AuditEvent)).one()
        assert (event.action, event.user_id, event.subject_id) == ("call.originals_seen", person, str(call_id))
        assert event.details == {"reason": "the client asks what they said", "transcript": 1}
        assert last_opened(session, call_id) == event.at


@pytest.mark.parametrize("reason", ["", "   ", "why", "x" * 301, "\x00\x00\x00\x00\x00\x00"])
def test_no_reason_no_look_and_no_trace_of_one(database: Database, reason: str) -> None:
    call_id = _stored(database)
    with database.session() as session:
        person = factories.make_user(session, "quality_lead").id
        with pytest.raises(NoReason):
            reveal_words(session, Seal(KEY), call_id, by=person, reason=reason)
        with pytest.raises(NoReason):
            open_recordings(session, call_id, by=person, reason=reason)
        assert session.scalars(select(AuditEvent)).all() == []


def test_a_number_in_the_reason_is_masked_in_the_log(database: Database) -> None:
    call_id = _stored(database)
    with database.session() as session:
        person = factories.make_user(session, "quality_lead").id
        reveal_words(session, Seal(KEY), call_id, by=person, reason=f"is the card number {CARD} right?")
        assert "4242" not in str(session.scalars(select(AuditEvent.details)).all())


def test_another_key_opens_nothing_and_says_so(database: Database) -> None:
    call_id = _stored(database)
    with database.session() as session:
        person = factories.make_user(session, "quality_lead").id
        with pytest.raises(SealBroken, match=r"secret\.key"):
            reveal_words(session, Seal("another key altogether"), call_id, by=person, reason="testing the key")


def test_the_sound_is_opened_with_a_reason(database: Database) -> None:
    call_id = _stored(database)
    with database.session() as session:
        person = factories.make_user(session, "quality_lead").id
        files = open_recordings(session, call_id, by=person, reason="the card must be told to the bank")
        assert [item.position for item in files] == [0]
        assert files == list_recordings(session, call_id)
        assert session.scalars(select(AuditEvent.action)).all() == ["call.original_sound_opened"]


def test_originals_go_with_their_call(database: Database) -> None:
    call_id = _stored(database)
    with database.session() as session:
        session.delete(session.get_one(Call, call_id))
    with database.read() as session:
        assert session.scalars(select(SealedOriginal)).all() == []
        assert session.scalars(select(StoredTranscript)).all() == []


def test_pieces_without_a_mask_are_the_text() -> None:
    assert cut_pieces("nothing here", ()) == (("nothing here", None),)


def test_a_right_is_given_to_a_person_and_taken_away(database: Database) -> None:
    with database.session() as session:
        lead = factories.make_user(session, "quality_lead").id
        outside = factories.make_user(session, "external_reviewer").id
        for _ in range(2):
            grant_right(session, lead, "see_originals")
        assert {user.id: user.rights for user in list_users(session)} == {lead: ("see_originals",), outside: ()}
        with pytest.raises(BadUser, match="stays masked"):
            grant_right(session, outside, "see_originals")
        with pytest.raises(BadUser, match="no right"):
            grant_right(session, lead, "see_everything")
        for _ in range(2):
            revoke_right(session, lead, "see_originals")
        assert [user.rights for user in list_users(session)] == [(), ()]
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions == ["user.right_granted", "user.right_revoked"]


def _stored(database: Database) -> int:
    with database.session() as session:
        call_id = factories.make_call(session).id
    held = claim(database, call_id)
    assert held is not None
    private = make_private(
        make_transcript(("rep", "Go on"), ("client", f"my card number is {CARD} and my mail is {MAIL} please"))
    )
    assert len(private.originals) == 2, private
    with database.session() as session:
        sealed = Seal(KEY).close(call_id, private.originals)
        assert store_transcript(session, held, private.transcript, None, sealed) is not None
    return call_id

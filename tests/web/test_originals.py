"""Originals of masked words and sound: only with the right, only with a reason, once, and always in the audit log."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from sqlalchemy import select

from review.db import Database
from review.models import AuditEvent, Call
from review.privacy import make_private
from review.services.intake import CallFacts, IncomingFile, accept_recording
from review.services.sealed import Seal
from review.services.steps import store_transcript
from review.services.users import grant_right, revoke_right
from review.settings import Settings
from review.states import claim_call
from review.storage import AudioStore
from tests.factories import make_transcript, wav_bytes
from tests.web.conftest import Crew, SignIn, post

CARD = "5105 1051 0510 5100"
REASON = "the client disputes what was paid"
SOUND = wav_bytes(0.5, seed=3)


@pytest.fixture
def masked_call(database: Database, store: AudioStore, settings: Settings) -> int:
    """A call in which a card number was said, with its recording."""
    with database.session() as db:
        call_id = accept_recording(
            db,
            store,
            [IncomingFile("talk.wav", io.BytesIO(SOUND))],
            CallFacts(source="pbx", external_id="masked", rep="101", language="en"),
            door="import",
        ).call_id
        claim = claim_call(db, call_id, "transcribe")
        assert claim is not None
        private = make_private(make_transcript(("rep", "Go on <b>please</b>"), ("client", f"my card number is {CARD}")))
        sealed = Seal(settings.secret_key()).close(call_id, private.originals)
        assert store_transcript(db, claim, private.transcript, None, sealed) is not None
        db.get_one(Call, call_id).state = "scored"
    return call_id


@pytest.fixture
def lead(sign_in: SignIn, database: Database, crew: Crew) -> object:
    """A quality lead with the right."""
    with database.session() as db:
        grant_right(db, crew.users["quality_lead"], "see_originals")
    return sign_in("quality_lead")


def test_a_role_alone_shows_the_masks_only(sign_in: SignIn, masked_call: int) -> None:
    for role in ("quality_lead", "head_of_sales", "rep"):
        browser = sign_in(role)
        page = browser.get(f"/calls/{masked_call}").text
        assert "[card]" in page or "card number" in page
        assert "5105" not in page
        assert f"/calls/{masked_call}/originals" not in page
        answer = post(browser, f"/calls/{masked_call}/originals", {"what": "words", "reason": REASON})
        assert answer.status_code == 403
        assert "5105" not in answer.text


def test_the_words_are_shown_once_for_a_reason(lead, masked_call: int, database: Database, crew: Crew) -> None:  # type: ignore[no-untyped-def]
    page = lead.get(f"/calls/{masked_call}").text
    assert "5105" not in page
    assert f'action="/calls/{masked_call}/originals"' in page
    answer = post(lead, f"/calls/{masked_call}/originals", {"what": "words", "reason": REASON})
    assert answer.status_code == 200
    assert f'<mark title="card number">{CARD}</mark>' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert lead.get(f"/calls/{masked_call}/originals").status_code == 405, "a link must not show it again"
    with database.read() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "call.originals_seen")).one()
        assert (event.user_id, event.details["reason"]) == (crew.users["quality_lead"], REASON)


@pytest.mark.parametrize("what", ["words", "sound"])
def test_without_a_reason_nothing_is_shown(lead, masked_call: int, database: Database, what: str) -> None:  # type: ignore[no-untyped-def]
    answer = post(lead, f"/calls/{masked_call}/originals", {"what": what, "reason": "hm"})
    assert answer.status_code == 422
    assert "5105" not in answer.text
    with database.read() as db:
        actions = db.scalars(select(AuditEvent.action)).all()
    assert not [action for action in actions if action.startswith("call.original")]


def test_the_sound_comes_in_ranges_for_one_audited_opening(lead, masked_call: int, database: Database) -> None:  # type: ignore[no-untyped-def]
    answer = post(lead, f"/calls/{masked_call}/originals", {"what": "sound", "reason": REASON})
    assert answer.status_code == 200
    found = re.search(r'<audio[^>]+src="([^"]+)"', answer.text)
    assert found
    address = found.group(1).replace("&amp;", "&")
    first = lead.get(address, headers={"Range": "bytes=0-3"})
    assert (first.status_code, first.data, first.headers["Content-Type"]) == (206, b"RIFF", "audio/wav")
    rest = lead.get(address, headers={"Range": "bytes=4-"})
    assert first.data + rest.data == SOUND
    assert rest.headers["Cache-Control"] == "no-store"
    with database.read() as db:
        actions = [a for a in db.scalars(select(AuditEvent.action)) if a.startswith("call.original")]
    assert actions == ["call.original_sound_opened"], "one opening, one line"


def test_an_opening_is_for_one_person_one_call_and_a_while(
    lead,  # type: ignore[no-untyped-def]
    masked_call: int,
    database: Database,
    crew: Crew,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = post(lead, f"/calls/{masked_call}/originals", {"what": "sound", "reason": REASON})
    found = re.search(r'<audio[^>]+src="([^"]+)"', answer.text)
    assert found
    address = found.group(1).replace("&amp;", "&")
    with database.session() as db:
        grant_right(db, crew.users["head_of_sales"], "see_originals")
    assert sign_in("head_of_sales").get(address).status_code == 410
    assert sign_in("reviewer").get(address).status_code == 403
    assert lead.get(f"/calls/{masked_call}/originals/sound").status_code == 410
    assert lead.get(address.replace("opening=", "opening=x")).status_code == 410
    assert lead.get(address.replace("leg=0", "leg=7")).status_code == 404
    from web.blueprints import originals

    monkeypatch.setattr(originals, "OPEN_SECONDS", -1)
    assert lead.get(address).status_code == 410
    monkeypatch.undo()
    assert lead.get(address).status_code == 200
    with database.session() as db:
        revoke_right(db, crew.users["quality_lead"], "see_originals")
    assert lead.get(address).status_code == 403, "a right taken away works on the next request"


def test_another_secret_key_is_said_and_changes_nothing(
    lead,  # type: ignore[no-untyped-def]
    masked_call: int,
    settings: Settings,
) -> None:
    (settings.data / "secret.key").write_text("another key, just as long as the first one was\n", encoding="ascii")
    answer = post(lead, f"/calls/{masked_call}/originals", {"what": "words", "reason": REASON})
    assert answer.status_code == 409
    assert "secret key" in answer.text
    assert lead.get(f"/calls/{masked_call}").status_code == 200


def test_settings_hold_no_way_around_it(settings: Settings) -> None:
    names = [field.name for field in dataclasses.fields(settings)]
    assert not [name for name in names if "private" in name or "redact" in name]

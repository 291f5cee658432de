"""The library's pages: a shared clip's sound and words hold nothing else of the call, playlists, praise, the API."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from review.comments.clips import make_clip
from review.db import Database
from review.library.curating import share_clip
from review.models import AuditEvent, Call, Notification, WebAudio
from review.queries.viewer import Viewer, load_viewer
from review.services.people import add_rep, find_rep
from review.services.tokens import create_api_token
from review.services.users import create_user
from review.settings import Settings
from tests.factories import make_call, make_client, store_words
from tests.web.conftest import Crew, SignIn, post
from transcription.encode_child import encode
from transcription.speech import RATE

SECONDS = 30


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Half a minute as the product keeps it: every second at its own pitch, 200 Hz and 20 Hz more for each."""
    folder = tmp_path_factory.mktemp("sound")
    times = np.arange(RATE * SECONDS) / RATE
    wave = (np.sin(2 * np.pi * np.cumsum(200 + times.astype(int) * 20) / RATE) * 8000).astype("<i2")
    (folder / "raw").write_bytes(wave.tobytes())
    encode(
        {"channels": [str(folder / "raw")], "audio": str(folder / "audio.webm"), "peaks": str(folder / "peaks.json")}
    )
    return (folder / "audio.webm").read_bytes()


@pytest.fixture
def their_call(database: Database, settings: Settings, sound: bytes) -> int:
    """A call of the other team's rep, with words and sound; the rep who signs in may not see it."""
    with database.session() as db:
        client = make_client(db, name="Marta Lindqvist", company="Nordlys")
        call = make_call(db, rep_id=find_rep(db, "103"), client_id=client.id, duration=float(SECONDS), language="en")
        store_words(
            db, call, ("rep", "Our price is twelve hundred"), ("client", "that is too much for Lindqvist"),
            ("rep", "I see and what would fit"), ("client", "secret eight hundred at most"),
        )  # fmt: skip
        folder = f"derived/{call.id}"
        (settings.data / folder).mkdir(parents=True)
        (settings.data / folder / "audio.webm").write_bytes(sound)
        db.add(WebAudio(call_id=call.id, folder=folder, duration=float(SECONDS)))
        db.execute(update(Call).where(Call.id == call.id).values(duration=float(SECONDS)))
        return int(call.id)


def person(database: Database, crew: Crew, role: str) -> Viewer:
    with database.read() as db:
        found = load_viewer(db, crew.users[role])
    assert found is not None
    return found


@pytest.fixture
def shared(database: Database, crew: Crew, their_call: int) -> int:
    """A clip of it, from 3 to 8 s, opened to every seller."""
    lead = person(database, crew, "quality_lead")
    with database.session() as db:
        clip = make_clip(db, lead, their_call, 3.0, 8.0, "Too much", topic="price")
        share_clip(db, lead, clip)
        return clip


def packets(content: bytes) -> set[bytes]:
    with av.open(io.BytesIO(content)) as container:
        return {bytes(packet) for packet in container.demux() if packet.size}


def test_a_shared_clip_gives_no_byte_outside_its_stretch(
    sign_in: SignIn, shared: int, their_call: int, sound: bytes
) -> None:
    rep = sign_in("rep")
    answer = rep.get(f"/clips/{shared}/sound")
    assert (answer.status_code, answer.mimetype) == (200, "audio/webm")
    with av.open(io.BytesIO(sound)) as container:
        times = {bytes(packet): float(packet.pts * packet.time_base) for packet in container.demux() if packet.size}
    given = packets(answer.data)
    assert given <= set(times)
    assert all(3.0 <= times[packet] <= 8.0 for packet in given)
    assert len(given) >= 240, "and nearly all of the 250 inside it"
    for outside in ("bytes=0-", "bytes=-100000000", "bytes=0-999999999"):
        part = rep.get(f"/clips/{shared}/sound", headers={"Range": outside})
        assert part.status_code == 206
        assert part.data == answer.data
    assert rep.get(f"/clips/{shared}/sound", headers={"Range": "bytes=100-199"}).data == answer.data[100:200]
    assert rep.get(f"/clips/{shared}/sound", headers={"Range": f"bytes={len(answer.data)}-"}).status_code == 416
    for address in (f"/clips/{shared}/sound?start=0&end=30", f"/clips/{shared}/sound?t=0"):
        assert rep.get(address).data == answer.data
    for closed in ("", "/audio", "/peaks.json", "/clips", "/comments", "/state", "/transcript?format=txt"):
        assert rep.get(f"/calls/{their_call}{closed}").status_code == 404, closed


def test_a_shared_clip_names_no_client_and_tells_nothing_else(sign_in: SignIn, shared: int, their_call: int) -> None:
    page = sign_in("rep").get("/clips").text
    assert "Too much" in page
    assert "Olga Other" in page
    assert "client not named" in page
    for hidden in (
        "Lindqvist",
        "Nordlys",
        "twelve hundred",
        "secret",
        f"/calls/{their_call}",
        "<q>that is too much for Lind",
    ):
        assert hidden not in page, hidden
    whole = sign_in("quality_lead").get("/clips").text
    assert "Lindqvist" in whole
    assert f"/calls/{their_call}" in whole


def test_a_clip_that_is_not_shared_has_no_sound_for_others(
    sign_in: SignIn, database: Database, crew: Crew, their_call: int
) -> None:
    lead = person(database, crew, "quality_lead")
    with database.session() as db:
        clip = make_clip(db, lead, their_call, 3.0, 8.0, "Kept")
    assert sign_in("rep").get(f"/clips/{clip}/sound").status_code == 404
    assert sign_in("manager").get(f"/clips/{clip}/sound").status_code == 404
    assert sign_in("reviewer").get(f"/clips/{clip}/sound").status_code == 200
    for role in ("external_reviewer", "admin"):
        assert sign_in(role).get(f"/clips/{clip}/sound").status_code == 403


def test_sound_that_went_away_is_not_found(sign_in: SignIn, shared: int, their_call: int, settings: Settings) -> None:
    Path(settings.data / f"derived/{their_call}/audio.webm").write_bytes(b"damaged")
    assert sign_in("rep").get(f"/clips/{shared}/sound").status_code == 404
    Path(settings.data / f"derived/{their_call}/audio.webm").unlink()
    assert sign_in("rep").get(f"/clips/{shared}/sound").status_code == 404


def test_deciding_is_for_leads_and_told(sign_in: SignIn, database: Database, shared: int) -> None:
    rep, lead = sign_in("rep"), sign_in("quality_lead")
    for act in ("share", "close", "good", "not_good", "keep"):
        status = post(rep, f"/clips/{shared}/decide", {"act": act, "words": "x"}, page="/clips").status_code
        assert status == 410, f"{act}: a clip of a call one may not see is nothing one decides about"
    assert post(rep, f"/clips/{shared}/decide", {"act": "ask_out"}, page="/clips").status_code == 403
    assert post(lead, f"/clips/{shared}/decide", {"act": "nonsense"}, page="/clips").status_code == 400
    answer = post(lead, f"/clips/{shared}/decide", {"act": "good", "words": ""}, page="/clips")
    assert answer.status_code == 422
    sentence = "Asks what it is compared with"
    answer = post(
        lead, f"/clips/{shared}/decide", {"act": "good", "words": sentence}, page="/clips", follow_redirects=True
    )
    assert "It stands among the good examples." in answer.text
    assert sentence in rep.get("/clips?mark=good").text
    answer = post(rep, f"/clips/{shared}/praise", {"words": "So calm"}, page="/clips", follow_redirects=True)
    assert "Praised: they are told." in answer.text
    assert "Praised" in rep.get("/clips").text
    post(rep, f"/clips/{shared}/praise", {"act": "back"}, page="/clips")
    post(lead, f"/clips/{shared}/decide", {"act": "close"}, page="/clips")
    assert rep.get(f"/clips/{shared}/sound").status_code == 404
    with database.read() as db:
        acts = set(db.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "clip")))
    assert {"clip.shared", "clip.closed", "clip.chosen_good", "clip.praised"} <= acts


def test_the_voice_is_told_and_may_ask(
    app: Flask, sign_in: SignIn, database: Database, crew: Crew, settings: Settings, sound: bytes
) -> None:
    with database.session() as db:
        call = make_call(db, rep_id=find_rep(db, "101"), duration=30.0)
        store_words(db, call, ("client", "too much"), ("rep", "I see"))
        call_id = int(call.id)
    lead, rep = sign_in("quality_lead"), sign_in("rep")
    viewer = person(database, crew, "quality_lead")
    with database.session() as db:
        clip = make_clip(db, viewer, call_id, 0.0, 3.0, "Mine")
    post(lead, f"/clips/{clip}/decide", {"act": "share"}, page="/clips")
    assert "opened a clip with your voice to every seller" in rep.get("/notifications").text
    page = rep.get("/clips").text
    assert "Ask to take it out" in page
    assert f'action="/clips/{clip}/praise"' not in page, "one's own voice is not one's own to praise"
    post(rep, f"/clips/{clip}/decide", {"act": "ask_out", "words": "I was ill"}, page="/clips")
    assert "asks to have a clip with their voice taken out" in lead.get("/notifications").text
    assert "I was ill" in lead.get("/clips?mark=asked").text
    assert "I was ill" not in sign_in("manager").get("/clips?mark=asked").text
    post(lead, f"/clips/{clip}/decide", {"act": "keep", "words": "It helps the new ones"}, page="/clips")
    assert "It helps the new ones" in rep.get("/clips").text


def test_a_playlist_is_given_heard_and_answered(sign_in: SignIn, database: Database, crew: Crew, shared: int) -> None:
    lead, rep = sign_in("quality_lead"), sign_in("rep")
    made = post(lead, "/playlists", {"title": "Price talks"}, page="/clips").headers["Location"]
    post(lead, f"/clips/{shared}", {"act": "add", "playlist": made.rsplit("/", 1)[1]}, page="/clips")
    given = {"person": str(crew.users["rep"]), "due": "2099-01-31"}
    assert "Given to 1 person." in post(lead, f"{made}/give", given, page=made, follow_redirects=True).text
    for wrong in ({"person": "x"}, {"person": str(crew.users["external_reviewer"])}, {"due": "someday"}):
        assert post(lead, f"{made}/give", wrong, page=made).status_code == 422
    assert post(rep, f"{made}/give", {"person": str(crew.users["manager"])}, page=made).status_code == 403
    page = rep.get(made).text
    assert "asks you to hear this" in page
    assert "0 of 1 clips heard" in page
    assert post(rep, f"{made}/answer", {"rating": "4"}, page=made).status_code == 409
    told = post(rep, f"{made}/heard", {"clip": str(shared), "start": "0", "end": "5"}, page=made)
    assert told.get_json() == {"done": True, "place": 5.0, "heard": 1, "clips": 1}
    for odd in ({"clip": "x"}, {"clip": str(shared), "start": "nan", "end": "inf"}, {}):
        assert post(rep, f"{made}/heard", odd, page=made).status_code in (200, 410)
    for rating in ("", "0", "6", "four"):
        assert post(rep, f"{made}/answer", {"rating": rating}, page=made).status_code == 422
    assert post(rep, f"{made}/answer", {"rating": "4", "words": "I will ask"}, page=made).status_code == 302
    page = lead.get(made).text
    assert "I will ask" in page
    assert "done" in page
    assert post(lead, made, {"act": "delete"}, page=made).status_code == 409, "what they did would be lost"
    with database.read() as db:
        kinds = list(db.scalars(select(Notification.kind).where(Notification.user_id == crew.users["quality_lead"])))
    assert kinds == ["playlist_done"]


def test_external_reviewers_have_no_library(sign_in: SignIn, shared: int) -> None:
    outside = sign_in("external_reviewer")
    for address in ("/clips", "/playlists/1", "/quizzes", f"/clips/{shared}/sound", "/quizzes/1/take"):
        assert outside.get(address).status_code == 403, address


def bearer(database: Database, crew: Crew, role: str, *scopes: str) -> dict[str, str]:
    with database.session() as db:
        return {"Authorization": f"Bearer {create_api_token(db, crew.users[role], 'test', list(scopes)).token}"}


def test_the_library_over_the_api(
    client: FlaskClient, database: Database, crew: Crew, shared: int, their_call: int
) -> None:
    rep = bearer(database, crew, "rep", "coaching:read", "coaching:write")
    lead = bearer(database, crew, "quality_lead", "coaching:read", "coaching:write")
    found = client.get("/api/v1/library/clips", headers=rep).get_json()
    assert [(one["id"], one["opens"], one["client"], one["said"]) for one in found["clips"]] == [
        (shared, False, None, "that is too much for […] – I see and what would fit")
    ]
    assert client.get(f"/api/v1/library/clips/{shared}", headers=rep).status_code == 200
    made = client.post(
        f"/api/v1/calls/{their_call}/clips", headers=lead, json={"start": 9.0, "end": 11.0, "title": "Another"}
    )
    assert made.status_code == 201
    number = made.get_json()["id"]
    assert client.get(f"/api/v1/library/clips/{number}", headers=rep).status_code == 404
    assert (
        client.post(
            f"/api/v1/calls/{their_call}/clips", headers=rep, json={"start": 9.0, "end": 11.0, "title": "A"}
        ).status_code
        == 404
    )
    page = client.get("/api/v1/library/clips?limit=1", headers=lead).get_json()
    assert [one["id"] for one in page["clips"]] == [number]
    page = client.get(f"/api/v1/library/clips?limit=1&after={page['next']}", headers=lead).get_json()
    assert ([one["id"] for one in page["clips"]], page["next"]) == ([shared], None)
    praised = client.put(f"/api/v1/library/clips/{shared}/praise", headers=rep, json={"words": "Calm"})
    assert (praised.status_code, praised.get_json()["praises"]) == (200, 1)
    with database.read() as db:
        olga = find_rep(db, "103")
    assert client.get(f"/api/v1/library/praise?rep_id={olga}", headers=rep).status_code == 404
    assert [
        one["words"] for one in client.get(f"/api/v1/library/praise?rep_id={olga}", headers=lead).get_json()["praise"]
    ] == ["Calm"]
    refused = client.post(f"/api/v1/library/clips/{number}/decision", headers=lead, json={"act": "keep", "words": "x"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_shared")
    playlist = client.post("/api/v1/playlists", headers=lead, json={"title": "Listen"}).get_json()["id"]
    client.post(f"/api/v1/playlists/{playlist}/clips", headers=lead, json={"clip_id": shared})
    given = client.post(f"/api/v1/playlists/{playlist}/give", headers=lead, json={"user_ids": [crew.users["rep"]]})
    assert given.get_json() == {"given": 1}
    heard = {"clip_id": shared, "start": 0.0, "end": 5.0}
    assert client.post(f"/api/v1/playlists/{playlist}/heard", headers=rep, json=heard).get_json()["done"]
    mine = client.put(f"/api/v1/playlists/{playlist}/assessment", headers=rep, json={"rating": 5})
    assert mine.get_json()["rating"] == 5
    progress: Any = client.get(f"/api/v1/playlists/{playlist}/progress", headers=lead).get_json()
    assert [(one["name"], one["heard"], one["rating"]) for one in progress["tasks"]] == [("Person rep", 1, 5)]
    assert client.get("/api/v1/listening", headers=rep).get_json()["tasks"][0]["clips"] == 1
    only_reads = bearer(database, crew, "quality_lead", "coaching:read")
    assert client.post("/api/v1/playlists", headers=only_reads, json={"title": "x"}).status_code == 403


def test_names_of_other_people_are_not_asked_for(database: Database, crew: Crew, sign_in: SignIn, shared: int) -> None:
    """A rep made a manager of nothing gives nothing; a second rep of the team is offered to its manager only."""
    with database.session() as db:
        user = create_user(
            db, email="tom@example.com", name="Tom Signs In", password="another passphrase 8", roles=["rep"]
        )
        add_rep(db, name="Tom Signs In", extension="109", team_id=crew.teams["own"], user_id=user)
    lead = sign_in("quality_lead")
    made = post(lead, "/playlists", {"title": "For teams"}, page="/clips").headers["Location"]
    post(lead, f"/clips/{shared}", {"act": "add", "playlist": made.rsplit("/", 1)[1]}, page="/clips")
    assert "Tom Signs In" in sign_in("manager").get(made).text
    assert "Tom Signs In" not in sign_in("rep").get(made).text
    assert "Tom Signs In" not in sign_in("reviewer").get(made).text

"""The upload page: one call a request, JSON for its script, a page without it, a plain sentence for every refusal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.errors import StorageFull
from review.models import Call, Delivery, Recording
from review.queries.inbox import InboxFilters, list_calls
from review.queries.viewer import load_viewer
from review.settings import Settings
from review.storage import AudioStore
from tests.factories import transcript_bytes, wav_bytes
from tests.web.conftest import Crew, SignIn, csrf_token, post

JSON = {"Accept": "application/json"}


def send(browser: FlaskClient, *files: tuple[str, bytes], headers: dict[str, str] | None = None, **facts: Any) -> Any:
    """Send one call as the page's script does."""
    data: dict[str, Any] = dict(facts)
    data["file"] = [(io.BytesIO(body), name) for name, body in files]
    token = {"X-CSRFToken": csrf_token(browser, "/upload")}
    return browser.post("/upload", data=data, headers={**JSON, **token, **(headers or {})})


def count(database: Database, table: type) -> int:
    with database.read() as db:
        return int(db.scalar(select(func.count()).select_from(table)) or 0)


def test_a_recording_becomes_a_call(sign_in: SignIn, database: Database, crew: Crew, store: AudioStore) -> None:
    recording = wav_bytes(0.5)
    answer = send(
        sign_in("quality_lead"),
        ("monday.wav", recording),
        rep="101",
        direction="outbound",
        started_at="2026-11-20T10:30:00+01:00",
        client_phone="+46701234567",
    )
    assert answer.status_code == 201, answer.text
    told = answer.json
    assert told["ok"] is True
    assert told["created"] is True
    assert told["url"] == f"/calls/{told['call_id']}"
    with database.read() as db:
        viewer = load_viewer(db, crew.users["quality_lead"])
        assert viewer is not None
        (row,) = list_calls(db, viewer, InboxFilters()).rows
        recorded = db.scalars(select(Recording)).one()
        door = db.scalars(select(Delivery.door)).one()
    assert (row.id, row.rep_name, row.direction, row.state) == (told["call_id"], "Rita Rep", "outbound", "received")
    assert store.path(recorded.sha256).read_bytes() == recording
    assert door == "upload"


def test_two_files_are_the_two_sides_of_one_call(sign_in: SignIn, database: Database) -> None:
    answer = send(sign_in(), ("agent.wav", wav_bytes(0.3)), ("caller.wav", wav_bytes(0.3)))
    assert answer.status_code == 201
    assert count(database, Call) == 1
    assert count(database, Recording) == 2


def test_three_files_are_refused(sign_in: SignIn, database: Database) -> None:
    answer = send(sign_in(), *[(f"{n}.wav", wav_bytes(0.1)) for n in range(3)])
    assert answer.status_code == 422
    assert "one recording, or one for each side" in answer.json["message"]
    assert count(database, Call) == 0


def test_a_repeat_gives_the_call_that_is_there(sign_in: SignIn, database: Database) -> None:
    browser, recording = sign_in(), wav_bytes(0.2)
    first = send(browser, ("a.wav", recording))
    again = send(browser, ("renamed.wav", recording))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["call_id"] == first.json["call_id"]
    assert again.json["created"] is False
    assert "nothing was stored twice" in again.json["message"]
    assert count(database, Call) == 1


def test_a_different_recording_under_the_same_id_is_said_with_the_call(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    first = send(browser, ("a.wav", wav_bytes(0.2)), external_id="7")
    assert first.json["recording_differs"] is False
    again = send(browser, ("a.wav", wav_bytes(0.2)), external_id="7")
    assert (again.status_code, again.json["call_id"]) == (200, first.json["call_id"])
    assert again.json["recording_differs"] is True
    assert f"Call {first.json['call_id']} is here already with a different recording" in again.json["message"]
    assert (count(database, Call), count(database, Recording)) == (1, 2)


def test_a_transcript_may_come_along(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    words = transcript_bytes(("rep", "Good morning"), ("client", "Hello"))
    answer = send(browser, ("a.wav", wav_bytes(0.2)), transcript=(io.BytesIO(words), "a.json"))
    assert answer.status_code == 201, answer.text
    with database.read() as db:
        assert db.scalars(select(Call.transcript_sha256)).one()


@pytest.mark.parametrize(
    ("name", "body", "status", "said"),
    [
        ("empty.wav", b"", 422, "'empty.wav' is empty (0 bytes)"),
        ("note.wav", b"Dear all, this is a text, not a recording.\n" * 20, 415, "'note.wav' is not a recording"),
        ("page.wav", b"<!doctype html><html><body>hello</body></html>" * 10, 415, "'page.wav' is not a recording"),
        ("list.wav", b"ffconcat version 1.0\nfile secret.wav\n", 415, "'list.wav' is not a recording"),
        ("big.wav", wav_bytes(20), 413, "larger than 0 MB"),
    ],
)
def test_what_is_no_recording_is_refused_in_a_sentence(
    sign_in: SignIn, database: Database, settings: Settings, name: str, body: bytes, status: int, said: str
) -> None:
    answer = send(sign_in(), (name, body))
    assert answer.status_code == status
    assert answer.json["ok"] is False
    assert said in answer.json["message"]
    assert "Nothing was" in answer.json["message"]
    assert count(database, Call) == count(database, Recording) == 0
    left = [path for folder in ("work", "recordings") for path in (settings.data / folder).rglob("*") if path.is_file()]
    assert left == []


def test_no_file_is_refused(sign_in: SignIn) -> None:
    answer = send(sign_in())
    assert answer.status_code == 422
    assert answer.json["message"].startswith("No recording was sent")


def test_a_body_far_over_the_limit_is_refused_before_it_is_read(sign_in: SignIn, settings: Settings) -> None:
    answer = send(sign_in(), ("huge.wav", wav_bytes(1) + bytes(3 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "CALLCOACH_MAX_UPLOAD_MB" in answer.json["message"]
    assert not (settings.data / "work").exists()


def test_a_body_without_a_length_is_refused(sign_in: SignIn) -> None:
    browser = sign_in()
    answer = browser.post(
        "/upload",
        headers={**JSON, "Transfer-Encoding": "chunked", "X-CSRFToken": csrf_token(browser, "/upload")},
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 411
    assert "Content-Length" in answer.json["message"]


def test_bad_facts_are_named(sign_in: SignIn, database: Database) -> None:
    answer = send(sign_in(), ("a.wav", wav_bytes(0.1)), started_at="yesterday")
    assert answer.status_code == 422
    assert answer.json["field"] == "started_at"
    assert "with its zone" in answer.json["message"]
    assert count(database, Call) == 0


def test_a_full_disk_is_said_and_nothing_is_kept(
    sign_in: SignIn, database: Database, store: AudioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in()

    def full(*_arguments: Any, **_more: Any) -> None:
        raise StorageFull(10, 2**30)

    monkeypatch.setattr(AudioStore, "put", full)
    answer = send(browser, ("a.wav", wav_bytes(0.1)))
    assert answer.status_code == 507
    assert "nearly full" in answer.json["message"]
    assert count(database, Call) == 0


def test_without_the_script_the_page_leads_to_the_call(sign_in: SignIn) -> None:
    browser = sign_in()
    answer = post(browser, "/upload", {"file": (io.BytesIO(wav_bytes(0.1)), "a.wav")}, page="/upload")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/calls/")


def test_without_the_script_a_refusal_is_on_the_page(sign_in: SignIn) -> None:
    browser = sign_in()
    answer = post(browser, "/upload", {"file": (io.BytesIO(b""), "a.wav")}, page="/upload")
    assert answer.status_code == 422
    assert "is empty (0 bytes)" in answer.text


def test_a_manager_is_told_when_the_call_is_not_theirs_to_see(sign_in: SignIn) -> None:
    answer = send(sign_in("manager"), ("a.wav", wav_bytes(0.1)), rep="103")
    assert answer.status_code == 201
    assert answer.json["url"] is None
    assert "not in your teams" in answer.json["message"]


def test_a_manager_who_names_no_rep_learns_how_to_see_the_call(sign_in: SignIn) -> None:
    browser, recording = sign_in("manager"), wav_bytes(0.1)
    answer = send(browser, ("a.wav", recording))
    assert (answer.status_code, answer.json["url"]) == (201, None)
    assert "names no rep" in answer.json["message"]
    again = send(browser, ("a.wav", recording), rep="101")
    assert again.json["url"] == f"/calls/{answer.json['call_id']}"


def test_redis_away_does_not_stop_an_upload(sign_in: SignIn, caplog: pytest.LogCaptureFixture) -> None:
    """The whole file runs without Redis; here the doorbell is heard to have stayed silent."""
    import structlog

    with structlog.testing.capture_logs() as logs:
        assert send(sign_in(), ("a.wav", wav_bytes(0.1))).status_code == 201
    assert [line["event"] for line in logs] == ["doorbell_silent"]


def test_refusals_are_told_in_the_readers_language(sign_in: SignIn) -> None:
    browser = sign_in()
    post(browser, "/language", {"language": "ru"})
    answer = send(browser, ("a.wav", b""))
    assert answer.status_code == 422
    assert answer.json["ok"] is False


@pytest.mark.parametrize(
    "name",
    [
        "../../x.wav",
        "C:\\x.wav",
        "a\x00b.wav",
        "\u202egnp.wav",
        "n" * 300 + ".wav",
        ".wav",
        "名前 звонок 통화.wav",
        "a/b/c.wav",
        "=cmd|x.wav",
    ],
)
def test_a_strange_file_name_is_only_a_name(sign_in: SignIn, settings: Settings, name: str) -> None:
    browser = sign_in()
    answer = send(browser, (name, wav_bytes(0.1)))
    assert answer.status_code == 201, answer.text
    assert browser.get(answer.json["url"]).status_code == 200
    outside = list(settings.data.parent.rglob("*.wav"))
    assert outside == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({f"field{n}": "x" for n in range(200)}, 413),
        ({"external_id": "x" * 400_000}, 422),
        ({"external_id": "x" * 1_000_000}, 413),
        ({"rep": "\x00"}, 201),
        ({"external_id": "a\x00b"}, 422),
        ({"language": "<script>"}, 422),
    ],
)
def test_a_strange_form_is_no_fault(sign_in: SignIn, fields: dict[str, str], status: int) -> None:
    answer = send(sign_in(), ("a.wav", wav_bytes(0.1)), **fields)
    assert answer.status_code == status, answer.text
    assert answer.json["message"]

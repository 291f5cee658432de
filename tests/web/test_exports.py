"""A transcript as a file: every format from page and API, masked, named in ASCII, in the audit log."""

from __future__ import annotations

import io
import json

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import select

from review.db import Database
from review.models import AuditEvent, Call, StoredTranscript
from review.services.tokens import create_api_token
from tests.factories import make_call, make_client, store_words
from tests.web.conftest import Crew, SignIn
from transcription.transcript import Transcript

FORMS = {
    "json": "application/json",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_format_is_a_download_and_leaves_a_trace(
    sign_in: SignIn, database: Database, scored_call: int, form: str
) -> None:
    browser = sign_in("rep")
    answer = browser.get(f"/calls/{scored_call}/transcript?format={form}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == FORMS[form]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="call-{scored_call}.{form}"'
    assert answer.headers["Cache-Control"] == "no-store"
    said = _words(answer.data, form)
    assert "Good morning, Rita from Callcoach" in said
    assert "too high for us" in said
    with database.read() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "call.exported")).one()
        assert event.subject_id == str(scored_call)
        assert event.details == {"format": form, "door": "page"}


@pytest.mark.parametrize("form", FORMS)
def test_programs_get_the_same_file(
    app: Flask, database: Database, crew: Crew, sign_in: SignIn, scored_call: int, form: str
) -> None:
    with database.session() as db:
        token = create_api_token(db, crew.users["quality_lead"], "export", ["calls:read"]).token
    url = f"/api/v1/calls/{scored_call}/transcript?format={form}"
    answer = app.test_client().get(url, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    page = sign_in("quality_lead").get(f"/calls/{scored_call}/transcript?format={form}")
    assert answer.data == page.data


def test_json_is_the_contracts_and_reads_back(sign_in: SignIn, scored_call: int) -> None:
    data = sign_in().get(f"/calls/{scored_call}/transcript").json
    assert data["schema"] == 1
    assert Transcript.from_json(data).to_json() == data


def test_refusals_say_what_to_do(sign_in: SignIn, database: Database, crew: Crew, app: Flask) -> None:
    with database.session() as db:
        bare = make_call(db).id
        timeless = make_call(db)
        store_words(db, timeless)
        row = db.scalars(select(StoredTranscript).where(StoredTranscript.call_id == timeless.id)).one()
        from review.bodies import pack_body

        row.body = pack_body({"turns": [{"role": "rep", "text": "no times here"}]})
        token = create_api_token(db, crew.users["quality_lead"], "export", ["calls:read"]).token
        timeless_id = timeless.id
    browser = sign_in()
    assert browser.get(f"/calls/{bare}/transcript").status_code == 409
    assert browser.get(f"/calls/{timeless_id}/transcript?format=srt").status_code == 409
    assert browser.get(f"/calls/{timeless_id}/transcript?format=txt").status_code == 200
    assert browser.get(f"/calls/{timeless_id}/transcript?format=pdf").status_code == 422
    headers = {"Authorization": f"Bearer {token}"}
    api = app.test_client()
    assert api.get(f"/api/v1/calls/{bare}/transcript", headers=headers).json["code"] == "no_transcript"
    answer = api.get(f"/api/v1/calls/{timeless_id}/transcript?format=vtt", headers=headers)
    assert answer.json["code"] == "no_times"
    assert api.get(f"/api/v1/calls/{timeless_id}/transcript?format=pdf", headers=headers).status_code == 422


def test_the_word_document_names_people_and_stays_safe(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        client = make_client(db, name="=cmd|calc & <b>Märta</b>")
        call = make_call(db, client_id=client.id)
        store_words(db, call, ("rep", "<script>alert(1)</script>"), ("client", "=1+1"))
        call_id = db.get_one(Call, call.id).id
    answer = sign_in().get(f"/calls/{call_id}/transcript?format=docx")
    document = Document(io.BytesIO(answer.data))
    assert document.paragraphs[0].text == "=cmd|calc & <b>Märta</b>"
    assert document.tables[0].rows[1].cells[2].text == "<script>alert(1)</script>"
    assert document.tables[0].rows[2].cells[1].text == "=cmd|calc & <b>Märta</b>"
    answer.headers["Content-Disposition"].encode("ascii")


def test_the_call_page_offers_the_files_to_those_who_may_take_them(sign_in: SignIn, scored_call: int) -> None:
    for role in ("rep", "quality_lead"):
        page = sign_in(role).get(f"/calls/{scored_call}").text
        assert all(f"transcript?format={form}" in page for form in FORMS)


def _words(data: bytes, form: str) -> str:
    if form == "docx":
        return "\n".join(cell.text for row in Document(io.BytesIO(data)).tables[0].rows for cell in row.cells)
    if form == "json":
        return json.dumps(json.loads(data), ensure_ascii=False)
    return data.decode("utf-8")

"""A card number, an address and a telephone number said in a call are found nowhere: tables, files, logs, exports."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import logging
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from review.db import Database
from review.models import Base
from review.queries.call import get_call
from review.queries.search import search_calls
from review.queries.viewer import load_viewer
from review.services.exports import FORMS, export_transcript, read_shown_transcript
from review.services.intake import CallFacts, IncomingFile, accept_recording
from review.services.sealed import Seal, reveal_words
from review.settings import Settings, read_settings
from review.storage import AudioStore
from tests import factories
from tests.factories import transcript_bytes, wav_bytes
from transcription.transcript import Removal, Transcript
from workers import jobs
from workers.runtime import Runtime
from workers.steps import run_step

CARD = "5105 1051 0510 5100"
MAIL = "zanzibar@kanariefagel.example"
PHONE = "+46 70 555 13 37"
TRACES = ("5105 1051", "51051051", '"5105"', '"1051"', "kanariefagel", "555 13 37", "5551337", "[5105,")
TURNS = (
    ("rep", "Good morning, this is Daniel from Green Bridge. May I have your card number?"),
    ("client", f"Yes, my card number is {CARD}."),
    ("rep", f"Thank you, I repeat the card number: {CARD}. And your e-mail address?"),
    ("client", f"My mail is {MAIL} and my phone number is {PHONE}."),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose Redis is away."""
    return read_settings({"CALLCOACH_DATA": str(tmp_path / "data")})


@pytest.fixture
def told(database: Database, settings: Settings, caplog: pytest.LogCaptureFixture) -> Iterator[tuple[int, Runtime]]:
    """A call that came with its words and sound, transcribed and scored; everything was logged."""
    caplog.set_level(logging.DEBUG)
    store = AudioStore(settings.data, floor=0, reserve=0)
    data = json.loads(transcript_bytes(*TURNS))
    data["removed"] = [dataclasses.asdict(Removal(1.0, 2.0, f"write to {MAIL}", "loop"))]
    with database.session() as session:
        call_id = accept_recording(
            session,
            store,
            [IncomingFile("call.wav", io.BytesIO(wav_bytes(12.0, channels=2)))],
            CallFacts(source="test", external_id="canary", language="en"),
            door="import",
            transcript=IncomingFile("call.json", io.BytesIO(json.dumps(data).encode())),
        ).call_id
    runtime = Runtime(settings=settings, database=database, store=store)
    Runtime.use(runtime)
    try:
        assert run_step(runtime, call_id, "transcribe", jobs.transcribe_work) == "done"
        assert run_step(runtime, call_id, "score", jobs.score_work) == "done"
        yield call_id, runtime
    finally:
        Runtime.current = None


def test_the_words_are_in_no_table(told: tuple[int, Runtime], database: Database) -> None:
    found = []
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(table.select()):
                found += [(table.name, column, trace) for column, trace in _traces(row._mapping)]
        if database.dialect == "postgresql":
            found += [
                ("segment", "tsv", trace) for trace in _in(str(session.execute(text("SELECT tsv FROM segment")).all()))
            ]
    assert found == []


def test_the_words_are_in_no_file_but_the_recordings(
    told: tuple[int, Runtime], settings: Settings, database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert _in(caplog.text) == []
    read = 0
    for path in tmp_path.rglob("*"):
        if path.is_file() and settings.audio not in path.parents:
            read += 1
            assert _in(path.read_bytes().decode("utf-8", "replace")) == [], path
    assert read > 2
    unaltered = [path for path in settings.audio.rglob("*") if path.is_file() and MAIL.encode() in path.read_bytes()]
    assert len(unaltered) == 1, "what was delivered stays as it came"


def test_the_words_are_not_found_shown_or_taken_away(told: tuple[int, Runtime], database: Database) -> None:
    call_id, _runtime = told
    with database.session() as session:
        viewer = load_viewer(session, factories.make_user(session, "quality_lead").id)
        assert viewer is not None
        for asked in (CARD, "5105", MAIL, "kanariefagel", "5551337"):
            assert search_calls(session, viewer, asked).calls == (), asked
        call = get_call(session, viewer, call_id)
    assert call is not None
    assert call.transcript is not None
    assert call.assessment is not None
    assert _in(json.dumps([call.transcript, call.assessment], ensure_ascii=False)) == []
    assert {item["kind"] for item in call.transcript["redactions"]} == {"card", "email", "phone"}
    shown = read_shown_transcript(call.transcript)
    assert "[card]" in shown.turns[1].text
    for form in FORMS:
        made = export_transcript(shown, form, stem="call", title="A call")
        assert _in(_read(made.data)) == [], form


def test_the_web_audio_is_silent_there(told: tuple[int, Runtime]) -> None:
    call_id, runtime = told
    peaks = json.loads((runtime.store.derived(call_id) / "peaks.json").read_text(encoding="ascii"))
    assert peaks["muted"], "nothing was muted"
    for channel, start, end in peaks["muted"]:
        lanes = peaks["channels"] if channel is None else [peaks["channels"][channel]]
        first, last = round(start * peaks["per_second"]) + 1, round(end * peaks["per_second"]) - 1
        assert all(max(lane[first:last], default=0.0) == 0.0 for lane in lanes)


def test_who_may_sees_them_as_they_were_said(told: tuple[int, Runtime], database: Database) -> None:
    call_id, runtime = told
    with database.session() as session:
        person = factories.make_user(session, "quality_lead").id
        seal = Seal(runtime.settings.secret_key())
        turns = reveal_words(session, seal, call_id, by=person, reason="a test of the way back")
    said = {turn.turn: "".join(piece for piece, _kind in turn.pieces) for turn in turns}
    assert said == {number: TURNS[number][1] for number in (1, 2, 3)}


def _traces(row: Any) -> Iterator[tuple[str, str]]:
    for column, value in row.items():
        if isinstance(value, bytes):
            with contextlib.suppress(zlib.error):
                value = zlib.decompress(value)
            value = value.decode("utf-8", "replace")
        elif isinstance(value, (dict, list)):
            value = json.dumps(value, ensure_ascii=False)
        for trace in _in(str(value)):
            yield str(column), trace


def _in(said: str) -> list[str]:
    return [trace for trace in TRACES if trace in said]


def _read(data: bytes) -> str:
    if data[:2] != b"PK":
        return data.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_a_transcript_that_is_not_masked_is_found_by_this_test() -> None:
    plain = Transcript.from_json(json.loads(transcript_bytes(*TURNS)))
    for form in FORMS:
        made = export_transcript(plain, form, stem="call", title="A call")
        assert {"5105 1051", "kanariefagel", "555 13 37"} <= set(_in(_read(made.data))), form

"""Correcting on the call page: what it shows, what the acts answer, who may do them, and the export."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from review.bodies import pack_body, unpack_body
from review.db import Database
from review.models import AuditEvent, Call, Correction, StoredAssessment, StoredTranscript
from review.services.tokens import create_api_token
from tests.factories import make_call, store_score, store_words
from tests.web.conftest import Crew, SignIn, csrf_token
from tests.web.scores import assessment_of
from transcription.transcript import Mark, Transcript

MAY = ("manager", "reviewer", "quality_lead", "head_of_sales")


def act(browser: FlaskClient, address: str, **fields: str) -> Any:
    """Post as the page's script does."""
    headers = {"X-CSRFToken": csrf_token(browser, "/"), "Accept": "application/json"}
    return browser.post(address, data=fields, headers=headers)


def keys(text: str) -> list[str]:
    """The names of the turns on a page."""
    return re.findall(r'data-key="([^"]+)"', text)


@pytest.fixture
def address(scored_call: int) -> str:
    """Where the scored call's turns are corrected."""
    return f"/calls/{scored_call}/corrections"


def reshape(database: Database, call_id: int, change: Any) -> None:
    """Change the machine's transcript of a call as another engine would have made it."""
    with database.session() as db:
        row = db.scalars(select(StoredTranscript).where(StoredTranscript.call_id == call_id)).one()
        row.body = pack_body(change(Transcript.from_json(unpack_body(row.body))).to_json())


def test_a_correction_answers_the_new_transcript(sign_in: SignIn, scored_call: int, address: str) -> None:
    browser = sign_in("reviewer")
    names = keys(browser.get(f"/calls/{scored_call}").text)
    answer = act(browser, address, key=names[1], text="The prize is too high for us")
    assert answer.status_code == 200
    assert (answer.json["turn"], answer.json["changed"], answer.json["rescoring"]) == (1, True, True)
    assert ">prize</span>" in answer.json["html"]
    assert "by-hand" in answer.json["html"]
    assert "Edited by Person reviewer" in answer.json["html"]
    assert "The machine had" in answer.json["html"]
    assert keys(answer.json["html"])[0] == names[0]
    assert browser.get(address).json["rescoring"] is True
    page = browser.get(f"/calls/{scored_call}").text
    assert "1 correction by hand" in page
    assert "re-scoring" in page
    assert 'id="call-state"' not in page, "the old score stays in sight and the page does not load itself anew"


def test_times_are_read_as_people_write_them(sign_in: SignIn, address: str, scored_call: int) -> None:
    browser = sign_in("reviewer")
    names = keys(browser.get(f"/calls/{scored_call}").text)
    answer = act(browser, address, key=names[1], start="0:03.5", end="4,9")
    assert 'data-start="3.5" data-end="4.9"' in answer.json["html"]
    refused = act(browser, address, key=keys(answer.json["html"])[1], start="soon")
    assert (refused.status_code, refused.json["field"]) == (422, "start")


def test_both_versions_of_a_disputed_turn_are_shown(sign_in: SignIn, scored_call: int, address: str) -> None:
    first, second = sign_in("reviewer"), sign_in("manager")
    name = keys(first.get(f"/calls/{scored_call}").text)[1]
    act(first, address, key=name, text="The prize is too high")
    clash = act(second, address, key=name, text="The rice is too high")
    assert (clash.status_code, clash.json["code"]) == (409, "turn_changed")
    assert "The prize is too high" in re.sub(r"<[^>]+>", "", clash.json["html"])
    assert "The rice is too high" in clash.json["html"]
    again = act(second, address, key=clash.json["key"], text="The rice is too high")
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": " "}, "text"),
        ({"act": "fly"}, "act"),
        ({"act": "split", "at": "0"}, "at"),
        ({"act": "split", "at": "-4"}, "at"),
        ({"act": "undo"}, "key"),
    ],
)
def test_refusals_say_what_to_do(
    sign_in: SignIn, scored_call: int, address: str, fields: dict[str, str], field: str, database: Database
) -> None:
    browser = sign_in("reviewer")
    name = keys(browser.get(f"/calls/{scored_call}").text)[0]
    answer = act(browser, address, key=name, **fields)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert "Nothing was changed." in answer.json["message"]
    with database.read() as db:
        assert db.scalars(select(Correction)).all() == []


def test_split_join_and_undo(sign_in: SignIn, scored_call: int, address: str) -> None:
    browser = sign_in("quality_lead")
    names = keys(browser.get(f"/calls/{scored_call}").text)
    split = act(browser, address, act="split", key=names[0], at="13").json
    names = keys(split["html"])
    assert len(names) == 3
    joined = act(browser, address, act="join", key=names[0], other=names[1]).json
    names = keys(joined["html"])
    assert len(names) == 2
    undone = act(browser, address, act="undo", key=names[0]).json
    assert len(keys(undone["html"])) == 3


def test_roles_are_swapped_and_the_page_says_so(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("head_of_sales")
    page = browser.get(f"/calls/{scored_call}").text
    assert 'data-swap aria-pressed="false"' in page
    answer = act(browser, f"/calls/{scored_call}/roles", seen="0")
    assert answer.status_code == 200
    assert 'data-swap aria-pressed="true"' in answer.json["html"]
    late = act(browser, f"/calls/{scored_call}/roles", seen="0")
    assert (late.status_code, late.json["code"]) == (409, "roles_changed")
    assert act(browser, f"/calls/{scored_call}/roles", seen="1").status_code == 200


def test_the_page_says_what_its_source_learned(sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser = sign_in("quality_lead")
    with database.session() as db:
        calls = [make_call(db, source="pbx") for _ in range(3)]
        for call in calls:
            store_words(db, call, ("rep", "hello"), ("client", "good morning"))
            store_score(db, call, assessment_of("rep"))
        ids = [int(call.id) for call in calls]
    notes = [act(browser, f"/calls/{call_id}/roles", seen="0").json["note"] for call_id in ids]
    assert notes[:2] == ["", ""]
    assert "3" in notes[2]
    assert "pbx" in notes[2]


def test_two_unnamed_speakers_are_named_with_one_click(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        call = make_call(db)
        store_words(db, call, ("speaker_a", "Hello I need chairs"), ("speaker_b", "Good morning, Rita speaking"))
        store_score(db, call, assessment_of("rep"))
        call_id = int(call.id)
    browser = sign_in("reviewer")
    page = browser.get(f"/calls/{call_id}").text
    assert "Who is who is not certain." in page
    assert "data-swap" not in page
    answer = act(browser, f"/calls/{call_id}/roles", rep="speaker_b", seen="0")
    assert "Who is who is not certain." not in answer.json["html"]
    assert 'class="turn rep"' in answer.json["html"]
    rep = sign_in("quality_lead").get(f"/calls/{call_id}").text
    assert "data-swap" in rep


def test_an_unsure_pair_can_be_confirmed(sign_in: SignIn, database: Database, scored_call: int) -> None:
    def unsure(made: Transcript) -> Transcript:
        return replace(made, turns=tuple(replace(turn, role_confidence=0.55) for turn in made.turns))

    reshape(database, scored_call, unsure)
    browser = sign_in("reviewer")
    page = browser.get(f"/calls/{scored_call}").text
    assert "They are right" in page
    assert page.count('class="unsure"') == 2
    answer = act(browser, f"/calls/{scored_call}/roles", rep="rep", seen="0")
    assert "They are right" not in answer.json["html"]
    assert 'class="unsure"' not in answer.json["html"]


def test_sounds_masks_languages_and_parts_are_shown(sign_in: SignIn, database: Database, scored_call: int) -> None:
    def richer(made: Transcript) -> Transcript:
        first, second = made.turns
        turns = (first, replace(second, language="ru", text="my card is [card] yes", words=()))
        return replace(made, turns=turns, marks=(Mark(0.0, 2.9, "ringback", 0), Mark(2.0, 2.8, "ringback", 1)))

    reshape(database, scored_call, richer)
    with database.session() as db:
        row = db.scalars(select(StoredAssessment).where(StoredAssessment.call_id == scored_call)).one()
        part = {"from": 0.0, "to": 3.0, "raw": 50.0, "coverage": 0.5, "criteria": ["a"], "turns": [0, 1]}
        parts = [
            {**part, "speaker": "rep", "name": None, "final": 51.0},
            {**part, "speaker": "rep_2", "name": "Boris", "final": 73.0},
        ]
        row.body = pack_body({**unpack_body(row.body), "parts": parts})
    page = sign_in("reviewer").get(f"/calls/{scored_call}").text
    assert page.count("Ring-back tone") == 1, "one ringing, though both channels heard it"
    assert 'data-raw="[card]">card number hidden</span>' in page
    assert '<p lang="ru"><span class="chip lang">Russian</span>' in page
    assert re.search(r"Boris</b>.*?73", page, re.DOTALL)


def test_what_no_longer_fits_is_listed(sign_in: SignIn, database: Database, scored_call: int, address: str) -> None:
    browser = sign_in("reviewer")
    name = keys(browser.get(f"/calls/{scored_call}").text)[1]
    act(browser, address, key=name, text="The prize is too high for us")
    with database.session() as db:
        store_words(db, db.get_one(Call, scored_call), ("rep", "quite other words"))
    page = browser.get(f"/calls/{scored_call}").text
    assert "1 correction no longer fits." in page
    assert "<ins>prize</ins>" in page


@pytest.mark.parametrize("role", ["rep", *MAY])
def test_only_reviewers_have_the_means(sign_in: SignIn, role: str, scored_call: int) -> None:
    page = sign_in(role).get(f"/calls/{scored_call}").text
    for sign in ('id="turn-editor"', "data-edit", "data-swap"):
        assert (sign in page) == (role in MAY), sign


def test_a_rep_sees_what_was_corrected_but_cannot_change_it(
    sign_in: SignIn, scored_call: int, address: str, database: Database
) -> None:
    reviewer = sign_in("reviewer")
    name = keys(reviewer.get(f"/calls/{scored_call}").text)[0]
    act(reviewer, address, key=name, text="Good evening, Rita from Callcoach")
    rep = sign_in("rep")
    page = rep.get(f"/calls/{scored_call}").text
    assert "Edited by Person reviewer" in page
    assert "data-undo" not in page
    refused = act(rep, address, key=name, text="I was perfect")
    assert refused.status_code == 403


def test_the_export_is_for_the_quality_lead_and_audited(
    sign_in: SignIn, scored_call: int, address: str, database: Database, crew: Crew
) -> None:
    reviewer = sign_in("reviewer")
    act(reviewer, address, key=keys(reviewer.get(f"/calls/{scored_call}").text)[1], text="The prize is too high for us")
    assert reviewer.get("/corrections.jsonl").status_code == 403
    answer = sign_in("quality_lead").get("/corrections.jsonl")
    (line,) = answer.text.splitlines()
    pair = json.loads(line)
    assert list(pair) == [
        "call", "start", "end", "channel", "before", "after", "language", "engine", "model", "reviewer_id",
            "turn", "speaker_before", "speaker_after",
    ]  # fmt: skip
    assert (pair["before"], pair["after"]) == ("The price is too high for us", "The prize is too high for us")
    assert pair["reviewer_id"] == crew.users["reviewer"]
    assert "attachment" in answer.headers["Content-Disposition"]
    with database.session() as db:
        token = create_api_token(db, crew.users["quality_lead"], "trainer", ["calls:read"]).token
        other = create_api_token(db, crew.users["manager"], "other", ["calls:read"]).token
    client = reviewer.application.test_client()
    same = client.get("/api/v1/corrections", headers={"Authorization": f"Bearer {token}"})
    assert same.text == answer.text
    assert client.get("/api/v1/corrections", headers={"Authorization": f"Bearer {other}"}).status_code == 403
    with database.read() as db:
        doors = [
            event.details["door"]
            for event in db.scalars(select(AuditEvent).where(AuditEvent.action == "corrections.exported"))
        ]
    assert doors == ["page", "api"]


def test_the_api_gives_the_corrected_words(
    sign_in: SignIn, scored_call: int, address: str, database: Database, crew: Crew
) -> None:
    browser = sign_in("reviewer")
    act(browser, address, key=keys(browser.get(f"/calls/{scored_call}").text)[1], text="The prize is too high for us")
    with database.session() as db:
        token = create_api_token(db, crew.users["quality_lead"], "reader", ["calls:read"]).token
        db.execute(update(Call).where(Call.id == scored_call).values(state="scored"))
    call = browser.application.test_client().get(
        f"/api/v1/calls/{scored_call}", headers={"Authorization": f"Bearer {token}"}
    )
    assert call.json["transcript"]["turns"][1]["text"] == "The prize is too high for us"

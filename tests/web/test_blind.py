"""A blind review: until it is submitted, no page and no answer to a program tells what the machine thinks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from review.db import Database
from review.learning.verdicts import record_verdict
from review.models import (
    Assignment,
    Call,
    Clip,
    Comment,
    Evaluation,
    LabelRequest,
    ObjectionEpisode,
    RescoreChange,
    RescoreRun,
    ScorecardPreview,
    ScorecardPreviewCall,
)
from review.sampling.handing import put
from review.services.assessments import show_assessment
from review.services.tokens import create_api_token
from scoring.standards import load_standard
from tests.factories import make_call, make_client, store_score, store_words
from tests.web.conftest import Crew, SignIn, csrf_token
from tests.web.scores import assessment_of
from web.access import RULES

FINAL = 63.7
HEARD = {"source": "rule:price", "speech_confidence": 0.9}
SECRETS = (
    "63.7",
    "Judged in secret.",
    "One cannot say that.",
    "1 objection not handled",
    "A secret clip",
    "Rather poor",
)
"""What only the machine, or somebody who knows what it says, can have told of the call."""


@pytest.fixture
def call(database: Database, crew: Crew) -> int:
    """A call judged by the machine and by people, of which every surface has something to tell."""
    with database.session() as db:
        client = make_client(db, name="Marta Lindqvist", phones=["+46701234567"])
        made: Call = make_call(db, rep_id=crew.reps["own"], client_id=client.id, language="en")
        store_words(db, made, ("rep", "Good morning"), ("client", "Far too expensive for us"), ("rep", "Well then"))
        judged = assessment_of(final=FINAL, why="Judged in secret.")
        rep = {"turn": 2, "quote": "One cannot say that.", "start": 5.0, "end": 6.0, "role": "rep", **HEARD}
        judged["objections"] = [
            {
                "types": ["price"],
                "client": {
                    "turn": 1,
                    "quote": "Far too expensive for us",
                    "start": 2.0,
                    "end": 4.0,
                    "role": "client",
                    **HEARD,
                },
                "response": rep,
                "moves": [],
                "faults": [{"name": "argued", **rep}],
                "reaction": "resists",
                "outcome": "mishandled",
                "severity": "high",
                "genuine": 0.9,
                "explicit": True,
                "latency": 1.0,
                "scale": "client",
                "probability": 0.9,
            }
        ]
        number = store_score(db, made, judged)
        show_assessment(db, made.id, number, judged)
        reviewer = crew.users["reviewer"]
        db.add(Clip(call_id=made.id, user_id=reviewer, author="R", start=1.0, end=3.0, title="A secret clip"))
        db.add(Comment(call_id=made.id, user_id=reviewer, author="R", body="Rather poor", mentions=[], at=2.0))
        text = load_standard("cold-call").source_text
        run = RescoreRun(pins={}, packs={}, last_call=made.id, total=1, done=1, changed=1, state="done")
        preview = ScorecardPreview(name="cold-call", revision=1, text=text, days=7, total=1, done=1, state="done")
        db.add_all([run, preview])
        db.flush()
        both = {"call_id": made.id, "before_final": FINAL, "after_final": 20.0}
        db.add(RescoreChange(run_id=run.id, before_id=number, after_id=number, answers=1, **both))
        db.add(ScorecardPreviewCall(preview_id=preview.id, done=True, changes=[], **both))
        more: Call = make_call(db, rep_id=crew.reps["other"])  # so that the preview's means are not this call's scores
        rest = {"call_id": more.id, "before_final": 12.5, "after_final": 90.0}
        db.add(ScorecardPreviewCall(preview_id=preview.id, done=True, changes=[], **rest))
        db.add(LabelRequest(call_id=made.id, target="greeting", why="margin", worth=1.0))
        record_verdict(db, made.id, reviewer, target="turn-1", answer="mishandled", kind="objection")
        theirs = _evaluation(made.id, reviewer, state="shown", final=FINAL)
        db.add(theirs)
        return int(made.id)


def _evaluation(call_id: int, user_id: int, **more: Any) -> Evaluation:
    standard = assessment_of()
    return Evaluation(
        call_id=call_id,
        standard=standard["standard"],
        version=standard["version"],
        user_id=user_id,
        reviewer="Person reviewer",
        saved_by="Person reviewer",
        answers={"greeting": {"answer": "0", "reason": "Judged in secret.", "note": "", "confirmed": False}},
        comment="Rather poor",
        **more,
    )


def _addresses(app: Flask, db: Any, call_id: int) -> Iterator[str]:
    """Every page and program's answer that can be asked for, filled in with this call's rows."""
    call: Call = db.get_one(Call, call_id)
    known = {
        "call_id": call_id,
        "client_id": call.client_id,
        "run_id": db.scalar(select(RescoreRun.id)),
        "preview_id": db.scalar(select(ScorecardPreview.id)),
        "name": "cold-call",
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or RULES[rule.endpoint].public:
            continue
        if rule.arguments <= set(known):
            url = app.url_map.bind("localhost").build(rule.endpoint, {name: known[name] for name in rule.arguments})
            yield url
    evaluation = db.scalar(select(Evaluation.id).where(Evaluation.state == "shown"))
    yield f"/calls/{call_id}/evaluations?evaluation={evaluation}"
    yield f"/calls/{call_id}?evaluation={evaluation}"
    for query in ("q=expensive", "flag=objection_missed", "score_to=70", "objection=price", "outcome=mishandled"):
        yield f"/?{query}"
    yield "/objections?type=price"
    yield "/objections/answers?type=price"
    yield f"/api/v1/calls?score_from={FINAL - 1}"


def _reads(browser: FlaskClient, app: Flask, database: Database, call_id: int, token: str) -> dict[str, str]:
    """Everything the person can read, by its address."""
    with database.read() as db:
        urls = list(_addresses(app, db, call_id))
    read = {}
    for url in urls:
        as_program = {"Authorization": f"Bearer {token}"} if url.startswith("/api/") else {}
        read[url] = browser.get(url, headers=as_program).get_data(as_text=True)
    form = {"csrf_token": csrf_token(browser, "/"), "ids": str(call_id)}
    for kind in ("csv", "jsonl"):
        read[f"export {kind}"] = browser.post("/bulk/export", data={**form, "form": kind}).get_data(as_text=True)
    return read


def _told(read: dict[str, str]) -> dict[str, list[str]]:
    """The addresses that tell something, and what."""
    found = {url: [secret for secret in SECRETS if secret in text] for url, text in read.items()}
    return {url: secrets for url, secrets in found.items() if secrets}


@pytest.fixture
def token(database: Database, crew: Crew) -> str:
    with database.session() as db:
        return str(create_api_token(db, crew.users["quality_lead"], "t", ["calls:read", "calls:write"]).token)


def _give(database: Database, crew: Crew, call_id: int, **values: Any) -> int:
    row = {"call_id": call_id, "user_id": crew.users["quality_lead"], "part": "chosen", "why": [], "blind": True}
    with database.session() as db:
        made = put(db, {**row, **values})
        assert made is not None
        return made


@pytest.mark.parametrize("how", ["waiting", "begun"])
def test_nothing_tells_until_it_is_submitted(
    sign_in: SignIn, app: Flask, database: Database, crew: Crew, call: int, token: str, how: str
) -> None:
    browser = sign_in("quality_lead")
    before = _told(_reads(browser, app, database, call, token))
    # The same addresses tell it to somebody who does not judge blind: or this test would prove nothing.
    assert {secret for secrets in before.values() for secret in secrets} == set(SECRETS)
    assert len(before) >= 15, sorted(before)

    given = _give(database, crew, call)
    if how == "begun":
        headers = {"X-CSRFToken": csrf_token(browser, "/")}
        done = browser.post(f"/calls/{call}/evaluations", data={"assignment": str(given)}, headers=headers)
        assert done.json["blind"]
    assert _told(_reads(browser, app, database, call, token)) == {}
    assert _told(_reads(sign_in("reviewer"), app, database, call, token))  # nobody else's eyes are bound

    with database.session() as db:
        db.execute(update(Assignment).where(Assignment.id == given).values(state="done"))
        db.execute(update(Evaluation).where(Evaluation.state == "draft").values(state="submitted"))
    assert set(_told(_reads(browser, app, database, call, token))) >= set(before)


def test_a_blind_reviewer_is_in_no_list_made_by_the_machine(
    sign_in: SignIn, database: Database, crew: Crew, call: int
) -> None:
    browser = sign_in("quality_lead")
    asked = ("flag=objection_missed", "score_to=70", "objection=price", "outcome=mishandled", "flag=low_score&days=9")
    counts = [browser.get(f"/bulk/count?{query}").json["count"] for query in (*asked, "")]
    assert counts == [1, 1, 1, 1, 0, 2]
    _give(database, crew, call)
    counts = [browser.get(f"/bulk/count?{query}").json["count"] for query in (*asked, "")]
    assert counts == [0, 0, 0, 0, 0, 2]


def test_deciding_on_the_machines_answers_waits_for_the_submission(
    sign_in: SignIn, database: Database, crew: Crew, call: int, token: str
) -> None:
    _give(database, crew, call)
    browser = sign_in("quality_lead")
    fields = {"csrf_token": csrf_token(browser, "/"), "target": "greeting", "answer": "0"}
    answer = browser.post(f"/calls/{call}/verdicts", data=fields, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert "63.7" not in answer.text
    body = {"target": "greeting", "answer": "0"}
    answer = browser.post(f"/api/v1/calls/{call}/verdicts", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 409


def test_beginning_by_any_way_is_blind_when_the_call_waits_to_be_judged_blind(
    sign_in: SignIn, database: Database, crew: Crew, call: int
) -> None:
    given = _give(database, crew, call)
    browser = sign_in("quality_lead")
    headers = {"X-CSRFToken": csrf_token(browser, "/")}
    begun = browser.post(f"/calls/{call}/evaluations", data={}, headers=headers).json
    assert begun["blind"]
    with database.read() as db:
        assert db.get_one(Evaluation, begun["evaluation"]).assignment_id == given


def test_an_open_evaluation_begun_before_stays_open(sign_in: SignIn, database: Database, crew: Crew, call: int) -> None:
    browser = sign_in("quality_lead")
    headers = {"X-CSRFToken": csrf_token(browser, "/")}
    assert not browser.post(f"/calls/{call}/evaluations", data={}, headers=headers).json["blind"]
    _give(database, crew, call)
    assert "Judged in secret." in browser.get(f"/calls/{call}").text


def test_the_objections_of_the_call_are_nobodys_to_find(
    sign_in: SignIn, database: Database, crew: Crew, call: int
) -> None:
    with database.read() as db:
        episode = db.scalar(select(ObjectionEpisode.id))
    assert episode is not None
    browser = sign_in("quality_lead")
    assert "Far too expensive" in browser.get("/objections").text
    _give(database, crew, call)
    assert "Far too expensive" not in browser.get("/objections").text

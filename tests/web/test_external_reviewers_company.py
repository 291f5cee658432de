"""The company that sells is hidden from external reviewers as well: in what they read and in what they hear."""

from __future__ import annotations

import re

from sqlalchemy import select, update

from review.accounts.installation import save_company
from review.bodies import pack_body
from review.db import Database, open_url
from review.models import Call, Source, StoredTranscript
from review.outside.hiding import hiding_of
from review.outside.own_names import own_names
from review.outside.sound import outside_folder
from review.sampling.assignments import assign
from tests.factories import store_score, store_words
from tests.web.conftest import Crew, SignIn
from tests.web.scores import assessment_of
from tests.web.test_external_reviewers import give
from transcription.transcript import Transcript, Turn, Word

SPOKEN = (
    ("rep", "Good morning, you are through to Green Bridge. The green one is on the bridge."),
    ("client", "I know Greenbridge, and this is too expensive at this point."),
    ("rep", "I understand. Nordhem desks from Point are dear."),
)


def name_the_company(database: Database, by: int, company: str = "Green Bridge") -> None:
    with database.session() as db:
        save_company(db, company=company, language="en", products=["Nordhem"], competitors=[], by=by)


def without_tags(page: str) -> str:
    """Every word of a turn has a tag of its own."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_it_is_read_nowhere(sign_in: SignIn, database: Database, crew: Crew, scored_call: int) -> None:
    name_the_company(database, crew.users["admin"])
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        db.execute(update(Source).where(Source.name == call.source).values(company_names=["Point"]))
        if db.scalar(select(Source).where(Source.name == call.source)) is None:
            db.add(Source(name=call.source, kind="import", company_names=["Point"]))
        store_words(db, call, *SPOKEN, state="scored")
        said = assessment_of()
        said["criteria"][0]["evidence"] = [
            {"quote": "Nordhem desks from Point are dear", "start": 1.0, "end": 2.0, "turn": 2, "role": "rep",
             "source": "rule:x", "speech_confidence": 0.9}
        ]  # fmt: skip
        said["facts_found"] = [{"id": "timing", "value": "at this point", "quote": "at this point", "turn": 1}]
        store_score(db, call, said)
        call.state, call.queue, call.disposition = "scored", "Green Bridge sales", "closed_lost"
        call.loss_reason = "did not trust Greenbridge"
    give(database, crew, scored_call)
    browser = sign_in("external_reviewer")
    assert "Greenbridge" not in browser.get("/").text, "a list does not read what it names"
    words = without_tags(browser.get(f"/calls/{scored_call}").text)
    assert [name for name in ("Green Bridge", "Greenbridge", "Point") if name in words] == []
    assert "The green one is on the bridge" in words
    assert "at this point" in words
    assert "sales" in words
    assert "did not trust" in words
    assert "Nordhem desks" in words, "what is sold is no name"
    assert "Green Bridge" in without_tags(sign_in("quality_lead").get(f"/calls/{scored_call}").text)


def test_why_a_call_was_given_does_not_name_it(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    name_the_company(database, crew.users["admin"])
    with database.session() as db:
        assign(
            db, [scored_call], crew.users["external_reviewer"], due_at=None, by=crew.users["quality_lead"],
            why="Does the greeting of Green Bridge sound warm?",
        )  # fmt: skip
    text = sign_in("external_reviewer").get("/queue").text
    assert "sound warm" in text
    assert "Green Bridge" not in text


def test_it_is_silent_in_their_sound_and_another_name_asks_for_another(
    database: Database, crew: Crew, scored_call: int
) -> None:
    texts = ("hello", "from", "nordhem", "speaking")
    words = tuple(Word(text, n * 0.5, n * 0.5 + 0.45, 0.9) for n, text in enumerate(texts))
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        store_words(db, call, state="scored")
        newest = db.scalars(select(StoredTranscript).order_by(StoredTranscript.id.desc()).limit(1)).one()
        turn = Turn("rep", " ".join(texts), 0.0, 2.0, channel=0, words=words)
        newest.body = pack_body(Transcript(turns=(turn,), language="en", duration=2.0).to_json())
        assert hiding_of(db, scored_call).silent == ()
        before = outside_folder(db, scored_call, "x")
    name_the_company(database, crew.users["admin"], "Nordhem")
    with database.read() as db:
        ((_channel, span),) = hiding_of(db, scored_call).silent
        assert span.start < 1.0 < 1.4 < span.end
        assert outside_folder(db, scored_call, "x") != before


def test_the_names_of_the_settings_are_known_too(database: Database, crew: Crew) -> None:
    name_the_company(database, crew.users["admin"])
    again = open_url(database.url.render_as_string(hide_password=False), company_names=("Грин Бридж", "Green Bridge"))
    try:
        with again.read() as db:
            assert own_names(db)[:2] == ("Green Bridge", "Грин Бридж")
        with again.session() as db:
            assert "Грин Бридж" in own_names(db)
    finally:
        again.dispose()

"""The sources pages: what is set, changed with a trace, and a channel that was learned taken back."""

from __future__ import annotations

from sqlalchemy import select, update

from review.db import Database
from review.models import AuditEvent, Call, Source, SourceRoleChange
from review.services.intake import CallFacts, accept_missed_call
from tests.factories import make_call, make_source
from tests.web.conftest import SignIn, post

FORM = {
    "language": "ru",
    "rep_channel": "1",
    "standard": "cold-call",
    "company_names": "Green Bridge\n\n  Грин  Бридж \nGreen Bridge",
    "products": "Nordhem\nСтол Нордхем",
    "engine": "whisper",
    "accuracy": "high",
}


def add_source(database: Database, name: str = "pbx", **columns: object) -> int:
    with database.session() as db:
        return make_source(db, name, **columns).id


def test_the_list_shows_every_source_with_its_calls(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database, "pbx & <b>co</b>", company_names=["Green Bridge"], products=["Nordhem"])
    with database.session() as db:
        for _ in range(3):
            make_call(db, source="pbx & <b>co</b>")
    page = sign_in("admin").get("/sources").text
    assert "pbx &amp; &lt;b&gt;co&lt;/b&gt;" in page
    assert f'href="/sources/{source_id}"' in page
    assert "Green Bridge, Nordhem" in page
    assert '<td class="num" data-label="Calls">3</td>' in page


def test_a_source_says_when_it_last_brought_a_call(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database, "monitor")
    browser = sign_in("admin")
    line = browser.get(f"/sources/{source_id}/arrivals").text
    assert "Nothing was delivered yet" in line
    with database.session() as db:
        accept_missed_call(db, CallFacts(source="monitor", external_id="7"), door="folder")
    for address in (f"/sources/{source_id}", f"/sources/{source_id}/arrivals"):
        page = browser.get(address).text
        assert "Last delivery" in page
        assert f'hx-get="/sources/{source_id}/arrivals"' in page
    silent = add_source(database, "silent")
    assert "Nothing was delivered yet" in browser.get(f"/sources/{silent}/arrivals").text, (
        "another's call is not its own"
    )
    assert browser.get("/sources/999/arrivals").status_code == 404


def test_a_change_is_kept_and_audited_with_what_changed(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database)
    browser = sign_in("quality_lead")
    assert post(browser, f"/sources/{source_id}", FORM).status_code == 302
    with database.read() as db:
        source = db.get_one(Source, source_id)
        assert (source.language, source.rep_channel, source.standard) == ("ru", 1, "cold-call")
        assert (source.company_names, source.products) == (["Green Bridge", "Грин Бридж"], ["Nordhem", "Стол Нордхем"])
        assert (source.engine, source.accuracy) == ("whisper", "high")
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "source.changed")).one()
        assert event.details["before"]["products"] == []
        assert set(event.details["after"]) == set(FORM)
    page = browser.get(f"/sources/{source_id}").text
    assert "Стол Нордхем</textarea>" in page
    assert '<option value="ru" selected>' in page
    assert 'name="accuracy" value="high" checked' in page


def test_nothing_is_guessed_from_a_broken_form(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database, language="en")
    browser = sign_in("quality_lead")
    assert post(browser, f"/sources/{source_id}", {"products": "x" * 81}).status_code == 422
    assert post(browser, f"/sources/{source_id}", {"products": "\n".join(map(str, range(201)))}).status_code == 422
    odd = {"language": "tlh", "engine": "ouija", "accuracy": "divine", "standard": "../x", "rep_channel": "9"}
    assert post(browser, f"/sources/{source_id}", odd).status_code == 302
    with database.read() as db:
        source = db.get_one(Source, source_id)
        assert (source.language, source.engine, source.accuracy) == (None, None, "normal")
        assert (source.standard, source.rep_channel, source.products) == (None, 0, [])
    assert browser.get("/sources/99999").status_code == 404
    assert post(browser, "/sources/99999", FORM).status_code == 404


def test_a_queue_may_have_a_language_of_its_own(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database)
    with database.session() as db:
        waiting = make_call(db, source="pbx", queue="support-ru", state="needs_model").id
        make_call(db, source="pbx", queue="<b>sales</b>")
    browser = sign_in("quality_lead")
    page = browser.get(f"/sources/{source_id}").text
    assert 'name="queue" value="support-ru"' in page
    assert "<b>sales</b>" not in page
    form = {"queue": ["<b>sales</b>", "support-ru"], "queue_language": ["", "ru"]}
    assert post(browser, f"/sources/{source_id}", form).status_code == 302
    with database.read() as db:
        assert db.get_one(Source, source_id).queue_languages == {"support-ru": "ru"}
        assert db.get_one(Call, waiting).state == "received"
    form = {"queue": ["<b>sales</b>", "support-ru"], "queue_standard": ["closing", "../x"]}
    assert post(browser, f"/sources/{source_id}", form).status_code == 302
    with database.read() as db:
        assert db.get_one(Source, source_id).queue_standards == {"<b>sales</b>": "closing"}
    assert '<option value="closing" selected>' in browser.get(f"/sources/{source_id}").text
    # Fewer languages than queues, and one that is none: nothing is guessed.
    assert post(browser, f"/sources/{source_id}", {"queue": ["a", "b"], "queue_language": ["tlh"]}).status_code == 302
    with database.read() as db:
        assert db.get_one(Source, source_id).queue_languages == {}


def test_waiting_calls_go_on_when_the_language_is_said(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database)
    with database.session() as db:
        waiting = make_call(db, source="pbx", state="needs_model").id
        other = make_call(db, source="upload", state="needs_model").id
    assert post(sign_in("quality_lead"), f"/sources/{source_id}", {"language": "en"}).status_code == 302
    with database.read() as db:
        assert (db.get_one(Call, waiting).state, db.get_one(Call, other).state) == ("received", "needs_model")


def test_a_learned_channel_is_said_and_taken_back(sign_in: SignIn, database: Database) -> None:
    source_id = add_source(database, rep_channel=1)
    with database.session() as db:
        call_id = make_call(db, source="pbx").id
        db.add(SourceRoleChange(source="pbx", before=0, after=1, reason="learned", facts={"calls": [call_id]}))
    browser = sign_in("quality_lead")
    assert "learned" in browser.get("/sources").text
    page = browser.get(f"/sources/{source_id}").text
    assert "people kept swapping" in page
    assert post(browser, f"/sources/{source_id}/undo-channel").status_code == 302
    with database.read() as db:
        assert db.get_one(Source, source_id).rep_channel == 0
    assert "people kept swapping" not in browser.get(f"/sources/{source_id}").text
    answer = browser.get(post(browser, f"/sources/{source_id}/undo-channel").headers["Location"])
    assert "nothing to take back" in answer.text


def test_the_list_needs_the_same_statements_for_more_sources(sign_in: SignIn, database: Database) -> None:
    from tests.web.conftest import counted_statements

    browser = sign_in("admin")
    add_source(database, "one")
    with counted_statements(database) as few:
        browser.get("/sources")
    for number in range(10):
        add_source(database, f"more {number}")
    with counted_statements(database) as many:
        browser.get("/sources")
    assert len(many) == len(few)


def test_the_navigation_leads_there_for_those_who_may(sign_in: SignIn, database: Database) -> None:
    for role, leads in (("admin", True), ("quality_lead", True), ("head_of_sales", True), ("rep", False)):
        assert ('href="/sources"' in sign_in(role).get("/").text) is leads
    with database.session() as db:
        db.execute(update(Source).values(language="en"))

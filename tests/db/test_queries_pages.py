"""The call page and the client card: everything on them, by as many statements for a long story as for a short one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from review.db import Database
from review.models import CrmTask, Delivery, LossReason, StandardVersion, WebAudio, utc_now
from review.queries.call import CallDetail, get_call
from review.queries.client import get_client
from review.queries.viewer import Viewer, load_viewer
from scoring.standards import default_standard_name, load_standard, read_standard
from tests.factories import (
    NOON,
    make_call,
    make_client,
    make_deal,
    make_rep,
    make_task,
    make_user,
    store_score,
    store_words,
)
from tests.statements import counted_statements


def viewer_in(session: Session, language: str = "en") -> Viewer:
    viewer = load_viewer(session, make_user(session, "quality_lead", language=language).id)
    assert viewer is not None
    return viewer


def assessed() -> dict[str, Any]:
    """An assessment in the contract's JSON, by the shipped standard, in which nothing could be judged."""
    standard = load_standard(default_standard_name())
    criteria = [
        {"id": criterion.id, "section": section.id, "answer": "cannot_judge", "evidence": [], "why": "made for a test"}
        for section in standard.sections
        for criterion in section.criteria
    ]
    return {
        "schema": 1,
        "standard": standard.name,
        "version": standard.version,
        "score": {"raw": None, "final": None, "critical": None, "coverage": 0.0, "state": "not_scored"},
        "criteria": criteria,
        "objections": [],
        "rejection": None,
    }


TURNS = (("rep", "Good morning, this is Jonas from Nordhem"), ("client", "Hello, the price is too high"))


def page_of(session: Session, viewer: Viewer, call_id: int) -> CallDetail:
    page = get_call(session, viewer, call_id)
    assert page is not None
    return page


def test_the_call_page_has_everything(database: Database) -> None:
    with database.session() as session:
        rep = make_rep(session, "Jonas Weber")
        client = make_client(session, "Marta", company="Nordhem", phones=["+4930901820"], potential="high")
        session.add(LossReason(code="no_budget", name="No budget"))
        old = make_deal(session, client, title="old", status="closed_lost", loss_reason="no_budget", closed_at=NOON)
        deal = make_deal(session, client, title="12 desks", amount=Decimal("4800.00"), currency="EUR", rep_id=rep.id)
        make_task(session, client, "send the offer", deal_id=deal.id, due_at=NOON + timedelta(days=1))
        before = make_call(session, started_at=NOON - timedelta(days=1))
        call = make_call(session, legs=2, started_at=NOON, rep_id=rep.id, client_id=client.id, deal_id=deal.id)
        after = make_call(session, started_at=NOON + timedelta(days=1))
        store_words(session, call, ("rep", "first try"))
        store_words(session, call, *TURNS)
        store_score(session, call, assessed())
        newest = store_score(session, call, assessed())
        session.add(WebAudio(call_id=call.id, folder="derived/1"))
        for door in ("folder", "api"):
            session.add(Delivery(call_id=call.id, source="upload", external_id="x", door=door, facts={}))
        viewer = viewer_in(session)
        page = page_of(session, viewer, call.id)
    assert page.transcript is not None
    assert [turn["text"] for turn in page.transcript["turns"]] == [text for _, text in TURNS]
    assert [(version.number, version.current) for version in page.transcripts] == [(2, True), (1, False)]
    assert page.engine_reason == "made for a test"
    assert page.assessment is not None
    assert list(page.assessment)[:3] == ["schema", "standard", "version"]
    assert [version.current for version in page.assessments] == [True, False]
    assert page.assessments[0].id == newest
    assert page.standard is not None
    for criterion in page.assessment["criteria"]:
        words = page.standard.criterion(criterion["id"])
        assert words is not None
        assert words.question
    assert [(leg.position, leg.kind, leg.size) for leg in page.legs] == [(0, "wav", 1000), (1, "wav", 1000)]
    assert [delivery.door for delivery in page.deliveries] == ["folder", "api"]
    assert page.audio_ready
    assert page.has_audio
    assert page.client is not None
    assert (page.client.title, page.client.phones, page.client.potential) == (
        "Marta, Nordhem",
        ("+4930901820",),
        "high",
    )
    assert page.deal is not None
    assert (page.deal.title, page.deal.amount, page.deal.rep_name) == ("12 desks", Decimal("4800.00"), "Jonas Weber")
    assert [row.title for row in page.deals] == ["12 desks", "old"]
    assert page.deals[1].loss_reason == "No budget"
    assert old.id == page.deals[1].id
    assert page.next_task is not None
    assert (page.next_task.title, page.next_task.deal_title) == ("send the offer", "12 desks")
    assert (page.older_id, page.newer_id) == (before.id, after.id)
    assert [item.kind for item in page.timeline].count("call") == 1


def test_a_call_just_received(database: Database) -> None:
    with database.session() as session:
        page = page_of(session, viewer_in(session), make_call(session, started_at=None).id)
    assert (page.transcript, page.assessment, page.standard, page.client, page.deal) == (None,) * 5
    assert (page.transcripts, page.assessments, page.deals, page.timeline) == ((),) * 4
    assert (page.newer_id, page.older_id, page.next_task, page.engine_reason) == (None,) * 4
    assert not page.audio_ready


def test_the_standards_words_are_those_of_its_time_and_of_the_reader(database: Database) -> None:
    with database.session() as session:
        call = make_call(session)
        assessment = assessed()
        store_score(session, call, assessment)
        stored = session.get_one(StandardVersion, (assessment["standard"], assessment["version"]))
        shipped = load_standard(default_standard_name())
        title = shipped.describe("en").title
        stored.text = stored.text.replace(title, "As it was then")
        session.flush()
        page = page_of(session, viewer_in(session), call.id)
        assert page.standard is not None
        assert page.standard.title == "As it was then"
        assert page_of(session, viewer_in(session, "ru"), call.id).standard == _stored_in(stored.text, "ru")


def _stored_in(text: str, language: str) -> object:
    return read_standard(text, "x.yaml").describe(language)


def test_the_client_card(database: Database) -> None:
    now = utc_now()
    with database.session() as session:
        client = make_client(session, "Marta", created_at=NOON - timedelta(days=30))
        make_deal(session, client, title="open", stage="offer", stage_since=now - timedelta(days=5, hours=1))
        make_deal(session, client, title="won", status="won", opened_at=NOON - timedelta(days=9), closed_at=NOON)
        make_task(session, client, "late", due_at=now - timedelta(days=1))
        make_task(session, client, "soon", due_at=now + timedelta(days=1))
        make_task(session, client, "done", due_at=NOON, done_at=NOON + timedelta(hours=1))
        make_call(session, started_at=NOON, client_id=client.id, score_final=40.0, state="scored")
        make_call(session, started_at=NOON + timedelta(hours=2), client_id=client.id, score_final=61.0, state="scored")
        make_call(session, client_id=client.id)
        card = get_client(session, viewer_in(session), client.id)
    assert card is not None
    assert [(deal.title, deal.days_in_stage) for deal in card.deals] == [("open", 5), ("won", None)]
    assert [(task.title, task.overdue) for task in card.tasks] == [("late", True), ("soon", False), ("done", False)]
    assert card.next_task is not None
    assert card.next_task.title == "late"
    assert (card.calls_total, card.mean_score) == (3, 50.5)
    assert [item.at for item in card.timeline] == sorted((item.at for item in card.timeline), reverse=True)
    kinds = [item.kind for item in card.timeline]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "call": 3,
        "client_created": 1,
        "deal_opened": 1,
        "deal_closed": 1,
        "deal_stage": 1,
        "task_due": 2,
        "task_done": 1,
    }


def test_statements_do_not_grow_with_the_story(database: Database) -> None:
    with database.session() as session:
        viewer = viewer_in(session)
        client = make_client(session, phones=["+4930901820"])
        call = make_call(session, legs=2, client_id=client.id)
        store_score(session, call, assessed())
        counts = []
        for _ in range(2):
            for number in range(3):
                rep = make_rep(session)
                deal = make_deal(session, client, rep_id=rep.id)
                session.add(CrmTask(client_id=client.id, deal_id=deal.id, rep_id=rep.id, title=f"task {number}"))
                other = make_call(session, client_id=client.id, rep_id=rep.id)
                store_words(session, other)
            store_words(session, call)
            session.expire_all()
            with counted_statements() as statements:
                get_call(session, viewer, call.id)
                get_client(session, viewer, client.id)
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 44

"""What the engine and the scorecard are told beforehand: company, reps, products, and the client on the card."""

from __future__ import annotations

from review.db import Database
from review.models import Source
from review.services.hints import MOST_WORDS, gather_hints, names_of
from review.services.steps import load_for_score, load_for_transcribe
from tests import factories


def test_the_source_the_rep_and_the_card_are_known(database: Database) -> None:
    with database.session() as session:
        factories.make_source(
            session, "pbx", company_names=["Green Bridge"], products=["Nordhem", "Stillo"], accuracy="high"
        )
        client = factories.make_client(session, "Marta Lindqvist", company="Nordlys", product_group="Stillo")
        rep = factories.make_rep(session, "Anna Maria Peters")
        call = factories.make_call(session, source="pbx", client_id=client.id, rep_id=rep.id)
        factories.store_words(session, call)
        work = load_for_transcribe(session, call.id, company_names=("Another",))
        facts = load_for_score(session, call.id).facts
    assert work.hints.company_names == ("Green Bridge",)
    assert work.hints.rep_names == ("Anna Maria Peters", "Anna", "Maria", "Peters")
    assert work.hints.hotwords == ("Nordhem", "Stillo", "Nordlys", "Marta Lindqvist")
    assert (work.accuracy, work.engine, work.again) == ("high", None, True)
    assert facts.products == ("Nordhem", "Stillo")


def test_without_a_known_rep_every_active_rep_may_be_it(database: Database) -> None:
    with database.session() as session:
        factories.make_rep(session, "Daniel Miller")
        factories.make_rep(session, "Gone Away", active=False)
        call = factories.make_call(session, rep_name="ext. 104")
        work = load_for_transcribe(session, call.id, company_names=("Green Bridge",))
    assert work.hints.rep_names == ("Daniel Miller", "Daniel", "Miller")
    assert work.hints.company_names == ("Green Bridge",), "the installation's names serve a source without its own"
    assert work.hints.hotwords == ()


def test_numbers_are_no_names_and_lists_end(database: Database) -> None:
    assert names_of("104") == names_of("anna@example.com") == names_of(None) == ()
    with database.session() as session:
        client = factories.make_client(session, "+46 70 123 45 67", company=None)
        call = factories.make_call(session, client_id=client.id)
        many = Source(name="many", kind="api", products=[f"Product {chr(65 + n % 26)}{n}" for n in range(90)])
        many.company_names = []
        hints = gather_hints(session, call, many)
    assert len(hints.hotwords) == MOST_WORDS
    assert not [word for word in hints.hotwords if word.startswith("+")]

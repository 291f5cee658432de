"""Search with whatever people type: no spelling is an error, what was said is found, and the work stays the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.db import Database
from review.queries.search import search_calls
from review.queries.viewer import Viewer
from review.search.index import TurnText, replace_segments
from tests.db.searching import hits_of, lead, store_said, words
from tests.factories import make_call
from tests.statements import counted_statements


@pytest.fixture
def said(database: Database) -> tuple[Viewer, dict[int, str]]:
    """One call for each entry of SAID."""
    return store_said(database)


NASTY = [
    '"',
    "'",
    '""" OR 1',
    "price AND (",
    "NEAR(a b)",
    "tokens:price",
    "segment_fts MATCH 'x'",
    "* ^ -a +b a*",
    'price -"',
    "price -- -- -",
    'a -"b" -c -"',
    "price\x00",
    "\\ & | ! <-> :*",
    "'; DROP TABLE segment; --",
    "%s %(asked)s :asked",
    "١٢٣ ½ ﷺ ǅ ß",
    "a\u0301\u0301\u0301",
    "ꙮ 𠀀 👩‍👩‍👧",
    "1e5 -4.5 a@b.c http://x/y?z=1 10:30",
    "x" * 5000,
    "w " * 3000,
]


@pytest.mark.parametrize("typed", NASTY, ids=range(len(NASTY)))
def test_no_spelling_is_an_error(database: Database, said: tuple[Viewer, dict[int, str]], typed: str) -> None:
    with database.read() as session:
        search_calls(session, said[0], typed)


@given(text=st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_said_is_found_by_saying_it_again(database: Database, text: str) -> None:
    """Whatever a turn's text is: asked for as it stands, the turn is found, and its match lies in the text."""
    with database.session() as session:
        call = make_call(session, legs=0)
        stored = replace_segments(session, call.id, [TurnText(0, "rep", 0.0, 1.0, text)], None)
        hits = hits_of(session, lead(session), text)
        asked_as_it_stands = not re.search(r"(?<!\S)[-−–]", text) and not set(text) & set('"“”„«»「」')
        if stored and len(text.split()) <= 8 and asked_as_it_stands:
            found = [hit for hit in hits if hit.call_id == call.id]
            assert found
            assert words(found[0]) in text.replace("\x00", "")
        session.rollback()


def test_two_statements_whatever_is_found(database: Database, said: tuple[Viewer, dict[int, str]]) -> None:
    with database.read() as session:
        for typed in ("price", "太贵", "nothing"):
            with counted_statements() as statements:
                search_calls(session, said[0], typed)
            assert len(statements) == 2
        with counted_statements() as statements:
            assert search_calls(session, said[0], "  ").calls == ()
        assert statements == []

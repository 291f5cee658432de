"""Search in what was said: the same hits on both databases, in four languages, with the second and the words around."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from review.db import Database
from review.models import Call
from review.queries import search
from review.queries.inbox import InboxFilters
from review.queries.search import SearchHit, find_calls
from review.queries.viewer import Viewer, load_viewer
from review.search.index import TurnText, index_transcript, replace_segments
from tests.factories import make_call, make_transcript, make_user
from tests.statements import counted_statements

SAID = {
    "en": ("en", "We have better prices than last year, don't we? The price is what it is"),
    "yo": ("ru", "Ещё одна ёлка: какую СКИДКУ вы дадите? CRM у нас своя"),
    "ko": ("ko", "혹시 할인해 주실 수 있나요, 3개월이면 비싸요"),
    "zh": ("zh", "这个太贵了，可以便宜一点吗？我们再考虑。"),
    "de": ("de", "Die Preise sind zu hoch, der Preis auch"),
    "wide": ("en", "ＡＢＣ１２ costs ½ of it, №5"),
}
"""Name of the call -> the transcript's language and what is said in it."""

ASKED = [
    ("price", "en"),
    ("prices", "en"),
    ("PRICES!", "en"),
    ('"price is what"', "en"),
    ('"what price is"', ""),
    ("price discount", ""),
    ("better year", "en"),
    ("don't", "en"),
    ("dont", "en"),
    ("скидка", "yo"),
    ("скидку", "yo"),
    ("скидки", "yo"),
    ("елка", "yo"),
    ("ёлку", "yo"),
    ("crm", "yo"),
    ("할인", "ko"),
    ("할인해", "ko"),
    ("할", "ko"),
    ("요", "ko"),
    ("개월", "ko"),
    ("인할", ""),
    ("太贵", "zh"),
    ("太贵了", "zh"),
    ("贵", "zh"),
    ("了", "zh"),
    ("贵太", ""),
    ("可以 太贵", "zh"),
    ('"太贵了，可以"', "zh"),
    ('"可以太贵"', ""),
    ("preise", "de"),
    ("preis", "de"),
    ("abc12", "wide"),
    ("no5", "wide"),
    ("nothing of this", ""),
]


@pytest.fixture
def said(database: Database) -> tuple[Viewer, dict[int, str]]:
    """One call for each entry of SAID."""
    with database.session() as session:
        names = {}
        for name, (language, text) in SAID.items():
            call = make_call(session, legs=0, state="scored", language=language)
            index_transcript(session, call.id, make_transcript(("client", "m-hm"), ("rep", text), language=language))
            names[call.id] = name
        return lead(session), names


def lead(session: Session) -> Viewer:
    viewer = load_viewer(session, make_user(session, "quality_lead").id)
    assert viewer is not None
    return viewer


def words(hit: SearchHit) -> str:
    return hit.before + hit.match + hit.after


@pytest.mark.parametrize(("typed", "expected"), ASKED)
def test_the_same_hits_on_both_databases(
    database: Database, said: tuple[Viewer, dict[int, str]], typed: str, expected: str
) -> None:
    viewer, names = said
    with database.read() as session:
        hits = find_calls(session, viewer, typed)
    assert [names[hit.call_id] for hit in hits] == ([expected] if expected else [])
    for hit in hits:
        assert (hit.turn, hit.start, hit.role, hit.in_call) == (1, 3.0, "rep", 1)
        assert hit.match
        assert words(hit) in SAID[expected][1]
        assert hit.call.id == hit.call_id


def test_a_long_turn_is_cut_between_words(database: Database) -> None:
    text = "before " * 30 + "the discount now" + " after" * 30
    with database.session() as session:
        call = make_call(session, legs=0)
        index_transcript(session, call.id, make_transcript(("client", text)))
        (hit,) = find_calls(session, lead(session), "discounts")
    assert hit.match == "discount"
    assert hit.before.endswith("before the ")
    assert hit.before.startswith("before ")
    assert hit.after.startswith(" now after")
    assert hit.after.endswith("after")
    assert (hit.cut_before, hit.cut_after) == (True, True)
    assert len(words(hit)) < 200
    assert words(hit) in text


def test_newest_call_first_and_a_few_hits_of_each(database: Database) -> None:
    with database.session() as session:
        first, second = make_call(session, legs=0), make_call(session, legs=0)
        index_transcript(session, first.id, make_transcript(*[("rep", f"price {n}") for n in range(5)]))
        index_transcript(session, second.id, make_transcript(("rep", "no"), ("rep", "a price")))
        hits = find_calls(session, lead(session), "price")
        assert [(hit.call_id, hit.turn, hit.in_call) for hit in hits] == [
            (second.id, 1, 1),
            (first.id, 0, 5),
            (first.id, 1, 5),
            (first.id, 2, 5),
        ]
        assert len(find_calls(session, lead(session), "price", limit=2)) == 2


def test_filters_apply(database: Database) -> None:
    with database.session() as session:
        calls = [make_call(session, legs=0, direction=direction) for direction in ("inbound", "outbound")]
        for call in calls:
            index_transcript(session, call.id, make_transcript(("rep", "price")))
        viewer = lead(session)
        assert len(find_calls(session, viewer, "price")) == 2
        (hit,) = find_calls(session, viewer, "price", InboxFilters(direction="inbound"))
        assert hit.call_id == calls[0].id


def test_rare_words_are_found_beyond_the_newest_calls(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "NEWEST_FIRST", 2)
    with database.session() as session:
        calls = [make_call(session, legs=0) for _ in range(5)]
        for n, call in enumerate(calls):
            index_transcript(session, call.id, make_transcript(("rep", "price" + (" rare" if n == 0 else ""))))
        viewer = lead(session)
        assert [hit.call_id for hit in find_calls(session, viewer, "rare")] == [calls[0].id]
        assert [hit.call_id for hit in find_calls(session, viewer, "price")] == [call.id for call in reversed(calls)]
        assert [hit.call_id for hit in find_calls(session, viewer, "price", limit=2)] == [calls[4].id, calls[3].id]


def test_a_new_transcript_replaces_what_is_found(database: Database) -> None:
    with database.session() as session:
        call = make_call(session, legs=0)
        viewer = lead(session)
        assert index_transcript(session, call.id, make_transcript(("rep", "old words"), ("rep", "..."))) == 1
        assert index_transcript(session, call.id, make_transcript(("rep", "new text"))) == 1
        assert find_calls(session, viewer, "old") == ()
        assert len(find_calls(session, viewer, "text")) == 1
        session.delete(session.get_one(Call, call.id))
        session.flush()
        assert find_calls(session, viewer, "text") == ()


def test_a_turn_without_times_and_with_a_nul(database: Database) -> None:
    with database.session() as session:
        call = make_call(session, legs=0)
        replace_segments(session, call.id, [TurnText(0, "speaker_a", None, None, "a\x00 price")], None)
        (hit,) = find_calls(session, lead(session), "price")
    assert (hit.start, hit.end, hit.role, hit.before) == (None, None, "speaker_a", "a ")


NASTY = [
    '"',
    "'",
    '""" OR 1',
    "price AND (",
    "NEAR(a b)",
    "tokens:price",
    "segment_fts MATCH 'x'",
    "* ^ -a +b a*",
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
        find_calls(session, said[0], typed)


@given(text=st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_said_is_found_by_saying_it_again(database: Database, text: str) -> None:
    """Whatever a turn's text is: asked for as it stands, the turn is found, and its match lies in the text."""
    with database.session() as session:
        call = make_call(session, legs=0)
        stored = replace_segments(session, call.id, [TurnText(0, "rep", 0.0, 1.0, text)], None)
        hits = find_calls(session, lead(session), text)
        if stored and len(text.split()) <= 8 and '"' not in text and not set(text) & set("“”„«»「」"):
            found = [hit for hit in hits if hit.call_id == call.id]
            assert found
            assert words(found[0]) in text.replace("\x00", "")
        session.rollback()


def test_two_statements_whatever_is_found(database: Database, said: tuple[Viewer, dict[int, str]]) -> None:
    with database.read() as session:
        for typed in ("price", "太贵", "nothing"):
            with counted_statements() as statements:
                find_calls(session, said[0], typed)
            assert len(statements) == 2
        with counted_statements() as statements:
            assert find_calls(session, said[0], "  ") == ()
        assert statements == []

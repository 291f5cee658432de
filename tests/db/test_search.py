"""Search in what was said: the same hits on both databases, in four languages, with the second and the words around."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from review.db import Database
from review.models import Call
from review.queries import search
from review.queries.inbox import InboxFilters
from review.queries.search import search_calls, search_one_call
from review.queries.viewer import Viewer, load_viewer
from review.search.index import TurnText, index_transcript, replace_segments
from tests.db.searching import SAID, find, hits_of, lead, marks, store_said, words
from tests.factories import NOON, make_call, make_rep, make_transcript, make_user

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
    return store_said(database)


@pytest.mark.parametrize(("typed", "expected"), ASKED)
def test_the_same_hits_on_both_databases(
    database: Database, said: tuple[Viewer, dict[int, str]], typed: str, expected: str
) -> None:
    viewer, names = said
    with database.read() as session:
        calls = find(session, viewer, typed)
    assert [names[call.call.id] for call in calls] == ([expected] if expected else [])
    for call in calls:
        (hit,) = call.hits
        assert (hit.turn, hit.start, hit.role, call.in_call) == (1, 3.0, "rep", 1)
        assert marks(hit)
        assert words(hit) in SAID[expected][1]
        assert hit.call_id == call.call.id


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("prices", ["prices", "price"]),
        ("last price", ["prices", "last", "price"]),
        ('"price is"', ["price is"]),
        ("скидку дадите", ["СКИДКУ", "дадите"]),
        ("елка еще", ["Ещё", "ёлка"]),
        ("할인 비싸", ["할인", "비싸"]),
        ("太贵 便宜", ["太贵", "便宜"]),
    ],
)
def test_every_word_asked_for_is_marked(
    database: Database, said: tuple[Viewer, dict[int, str]], typed: str, marked: list[str]
) -> None:
    with database.read() as session:
        (hit,) = hits_of(session, said[0], typed)
    assert marks(hit) == marked


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("price -discount", ["yes"]),
        ("price -discounts", ["yes"]),
        ("price −discount", ["yes"]),
        ('price -"big discount"', ["small", "yes"]),
        ("price -small -big", ["yes"]),
        ("-discount", []),
        ("e-mail", []),
        ("价格 -便宜", ["zh-yes"]),
        ("цена -скидка", ["ru-yes"]),
        ("가격 -할인", ["ko-yes"]),
    ],
)
def test_a_minus_leaves_out_turns_with_the_word(database: Database, typed: str, found: list[str]) -> None:
    texts = {
        "yes": "the price is high",
        "small": "a price with a small discount",
        "big": "our price has a big discount",
        "zh-yes": "价格太高",
        "zh-no": "价格可以便宜一点",
        "ru-yes": "какая цена",
        "ru-no": "цена со скидкой",
        "ko-yes": "가격이 높아요",
        "ko-no": "가격 할인해 주세요",
    }
    with database.session() as session:
        names = {}
        for name in reversed(texts):
            call = make_call(session, legs=0)
            names[call.id] = name
            replace_segments(session, call.id, [TurnText(0, "client", 0.0, 1.0, texts[name])], None)
        assert sorted(names[hit.call_id] for hit in hits_of(session, lead(session), typed)) == sorted(found)


def test_a_long_turn_is_cut_between_words(database: Database) -> None:
    text = "before " * 30 + "the discount now" + " after" * 30
    with database.session() as session:
        call = make_call(session, legs=0)
        index_transcript(session, call.id, make_transcript(("client", text)))
        (hit,) = hits_of(session, lead(session), "discounts")
    before, match, after = (piece.text for piece in hit.pieces)
    assert match == "discount"
    assert before.endswith("before the ")
    assert before.startswith("before ")
    assert after.startswith(" now after")
    assert after.endswith("after")
    assert (hit.cut_before, hit.cut_after) == (True, True)
    assert len(words(hit)) < 260
    assert words(hit) in text


def test_newest_call_first_and_a_few_hits_of_each(database: Database) -> None:
    with database.session() as session:
        first, second = make_call(session, legs=0), make_call(session, legs=0)
        index_transcript(session, first.id, make_transcript(*[("rep", f"price {n}") for n in range(5)]))
        index_transcript(session, second.id, make_transcript(("rep", "no"), ("rep", "a price")))
        viewer = lead(session)
        newer, older = find(session, viewer, "price")
        assert (newer.call.id, [hit.turn for hit in newer.hits], newer.more) == (second.id, [1], 0)
        assert (older.call.id, [hit.turn for hit in older.hits], older.more) == (first.id, [0, 1, 2], 2)
        whole = search_one_call(session, viewer, first.id, "price")
        assert whole is not None
        assert [hit.turn for hit in whole.hits] == [0, 1, 2, 3, 4]
        assert search_one_call(session, viewer, second.id, "nothing") is None
        assert [call.call.id for call in find(session, viewer, "price", limit=1)] == [second.id]


def test_only_what_one_side_said(database: Database) -> None:
    with database.session() as session:
        call = make_call(session, legs=0)
        turns = [("rep", "price"), ("client", "price"), ("rep_2", "price"), ("repute", "price"), ("client_2", "price")]
        rows = [TurnText(n, role, float(n), n + 1.0, text) for n, (role, text) in enumerate(turns)]
        replace_segments(session, call.id, rows, "en")
        viewer = lead(session)
        for by, expected in (("rep", [0, 2]), ("client", [1, 4]), ("nonsense", [0, 1, 2]), (None, [0, 1, 2])):
            assert [hit.turn for hit in hits_of(session, viewer, "price", by=by)] == expected


def test_filters_apply(database: Database) -> None:
    with database.session() as session:
        calls = [make_call(session, legs=0, direction=direction) for direction in ("inbound", "outbound")]
        for call in calls:
            index_transcript(session, call.id, make_transcript(("rep", "price")))
        viewer = lead(session)
        assert len(find(session, viewer, "price")) == 2
        (found,) = find(session, viewer, "price", filters=InboxFilters(direction="inbound"))
        assert found.call.id == calls[0].id


def test_only_calls_one_may_see(database: Database) -> None:
    with database.session() as session:
        own, other = make_user(session, "rep"), make_rep(session)
        rep = make_rep(session, user_id=own.id)
        calls = [make_call(session, legs=0, rep_id=owner.id) for owner in (rep, other)]
        for call in calls:
            index_transcript(session, call.id, make_transcript(("rep", "price")))
        viewer = load_viewer(session, own.id)
        assert viewer is not None
        assert [call.call.id for call in find(session, viewer, "price")] == [calls[0].id]
        assert search_one_call(session, viewer, calls[1].id, "price") is None


def test_pages_follow_one_another(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a page ends among the newest calls and the next needs the older ones; two calls at one moment."""
    monkeypatch.setattr(search, "NEWEST_FIRST", 3)
    with database.session() as session:
        calls = [make_call(session, legs=0, happened_at=NOON + timedelta(hours=n // 2)) for n in range(9)]
        for call in calls:
            index_transcript(session, call.id, make_transcript(("rep", "price")))
        viewer = lead(session)
        pages, mark = [], None
        for _ in range(9):
            page = search_calls(session, viewer, "price", after=mark, limit=2)
            pages.append([call.call.id for call in page.calls])
            mark = page.next
            if mark is None:
                break
    assert [len(page) for page in pages] == [2, 2, 2, 2, 1]
    assert [call_id for page in pages for call_id in page] == [call.id for call in reversed(calls)]
    assert all(before[-1] > after[0] for before, after in pairwise(pages))


def test_rare_words_are_found_beyond_the_newest_calls(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "NEWEST_FIRST", 2)
    with database.session() as session:
        calls = [make_call(session, legs=0) for _ in range(5)]
        for n, call in enumerate(calls):
            index_transcript(session, call.id, make_transcript(("rep", "price" + (" rare" if n == 0 else ""))))
        viewer = lead(session)
        assert [call.call.id for call in find(session, viewer, "rare")] == [calls[0].id]
        assert [call.call.id for call in find(session, viewer, "price")] == [call.id for call in reversed(calls)]
        assert [call.call.id for call in find(session, viewer, "price", limit=1)] == [calls[4].id]


def test_a_new_transcript_replaces_what_is_found(database: Database) -> None:
    with database.session() as session:
        call = make_call(session, legs=0)
        viewer = lead(session)
        assert index_transcript(session, call.id, make_transcript(("rep", "old words"), ("rep", "..."))) == 1
        assert index_transcript(session, call.id, make_transcript(("rep", "new text"))) == 1
        assert find(session, viewer, "old") == ()
        assert len(find(session, viewer, "text")) == 1
        session.delete(session.get_one(Call, call.id))
        session.flush()
        assert find(session, viewer, "text") == ()


def test_a_turn_without_times_and_with_a_nul(database: Database) -> None:
    with database.session() as session:
        call = make_call(session, legs=0)
        replace_segments(session, call.id, [TurnText(0, "speaker_a", None, None, "a\x00 price")], None)
        (found,) = find(session, lead(session), "price")
    (hit,) = found.hits
    assert (hit.start, hit.end, hit.role, words(hit)) == (None, None, "speaker_a", "a price")
    assert not found.plays

"""What the tests of search share: calls in six kinds of writing, and their hits as words."""

from __future__ import annotations

from sqlalchemy.orm import Session

from review.db import Database
from review.queries.search import CallHits, SearchHit, search_calls
from review.queries.viewer import Viewer, load_viewer
from review.search.index import index_transcript
from tests.factories import make_call, make_transcript, make_user

SAID = {
    "en": ("en", "We have better prices than last year, don't we? The price is what it is"),
    "yo": ("ru", "Ещё одна ёлка: какую СКИДКУ вы дадите? CRM у нас своя"),
    "ko": ("ko", "혹시 할인해 주실 수 있나요, 3개월이면 비싸요"),
    "zh": ("zh", "这个太贵了，可以便宜一点吗？我们再考虑。"),
    "de": ("de", "Die Preise sind zu hoch, der Preis auch"),
    "wide": ("en", "ＡＢＣ１２ costs ½ of it, №5"),
}
"""Name of the call -> the transcript's language and what is said in it."""


def store_said(database: Database) -> tuple[Viewer, dict[int, str]]:
    """One call for each entry of SAID; who sees them all, and the entry's name by the call's id."""
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
    return "".join(piece.text for piece in hit.pieces)


def marks(hit: SearchHit) -> list[str]:
    return [piece.text for piece in hit.pieces if piece.marked]


def find(session: Session, viewer: Viewer, typed: str, limit: int = 20, **more: object) -> tuple[CallHits, ...]:
    return search_calls(session, viewer, typed, limit=limit, **more).calls  # type: ignore[arg-type]


def hits_of(session: Session, viewer: Viewer, typed: str, **more: object) -> list[SearchHit]:
    return [hit for call in find(session, viewer, typed, **more) for hit in call.hits]  # type: ignore[arg-type]

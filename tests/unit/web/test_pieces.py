"""Words woven together for long calls: no text lost, every word at its place, what shows something stays by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from web.reading.pieces import Piece, Woven, weave


def unwoven(woven: Woven) -> list[tuple[str, float | None]]:
    """As the page takes it apart: lengths in UTF-16 units."""
    units = woven.text.encode("utf-16-le")
    at, found = 0, []
    for code in woven.code.split(" "):
        length, _, second = code.partition("@")
        end = at + 2 * int(length)
        found.append((units[at:end].decode("utf-16-le"), float(second) if second else None))
        at = end
    assert at == len(units)
    return found


def word(text: str, start: float | None = 1.0, **changes: bool) -> Piece:
    return Piece(text, word=True, start=start, **changes)


GAP = Piece(" ", word=False)


def test_plain_words_become_one_text_and_come_apart_again() -> None:
    (woven,) = weave([word("yes", 1.25), GAP, word("😀", 2.0), GAP, word("好的", None), GAP, word("да", 3.5)])
    assert isinstance(woven, Woven)
    assert woven.text == "yes 😀 好的 да"
    assert unwoven(woven) == [
        ("yes", 1.25),
        (" ", None),
        ("😀", 2.0),
        (" ", None),
        ("好的", None),
        (" ", None),
        ("да", 3.5),
    ]


def test_what_shows_something_stays_by_itself() -> None:
    unsure, masked = word("maybe", unsure=True), Piece("[card]", word=False, mask="card")
    found = weave([word("a"), GAP, unsure, GAP, masked])
    assert [type(item) for item in found] == [Woven, Piece, Piece, Piece]
    assert found[1] is unsure
    assert found[3] is masked


def test_text_without_seconds_stays_text() -> None:
    assert weave([word("a", None), GAP]) == (word("a", None), GAP)


@given(
    st.lists(
        st.builds(
            Piece,
            st.text(min_size=1, max_size=6).filter(lambda t: t.encode("utf-16-le", "ignore").decode("utf-16-le") == t),
            word=st.booleans(),
            start=st.none() | st.integers(0, 10_000).map(lambda n: n / 100),
            unsure=st.booleans(),
        )
    )
)
def test_no_text_is_lost(pieces: list[Piece]) -> None:
    said = "".join(item.text for item in weave(pieces))
    assert said == "".join(piece.text for piece in pieces)
    for item in weave(pieces):
        if isinstance(item, Woven):
            assert "".join(text for text, _ in unwoven(item)) == item.text

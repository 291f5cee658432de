"""What is written out and read again is the same: CTM with RTTM, plain text, the Word document."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.engines.imported import read_transcript
from transcription.errors import NoTimes
from transcription.formats import to_ctm, to_docx, to_rttm, to_txt
from transcription.transcript import Transcript, Turn, Word

ALPHABET = "abcdefgäёжщ한국어价格<&"
plain_words = st.text(ALPHABET, min_size=1, max_size=8)


@st.composite
def timed(draw: st.DrawFn) -> Transcript:
    """Turns of words one after another in hundredths of a second, the two people in turn."""
    turns: list[Turn] = []
    now = 0
    for number in range(draw(st.integers(1, 6))):
        said = []
        for _ in range(draw(st.integers(1, 5))):
            begin = now + draw(st.integers(0, 20))
            now = begin + draw(st.integers(1, 60))
            sureness = draw(st.none() | st.integers(0, 1000).map(lambda n: n / 1000))
            said.append(Word(draw(plain_words), begin / 100, now / 100, sureness))
        role = "client" if number % 2 else "rep"
        text = " ".join(word.text for word in said)
        turns.append(Turn(role, text, said[0].start, said[-1].end, words=tuple(said)))  # type: ignore[arg-type]
        now += draw(st.integers(60, 300))
    return Transcript(turns=tuple(turns), language="en")


@given(timed())
def test_ctm_and_rttm_keep_words_times_sureness_and_speakers(transcript: Transcript) -> None:
    again = read_transcript(to_ctm(transcript).encode(), language="en", rttm=to_rttm(transcript).encode())
    assert [(t.role, t.text) for t in again.turns] == [(t.role, t.text) for t in transcript.turns]
    for turn, other in zip(transcript.turns, again.turns, strict=True):
        for word, read in zip(turn.words, other.words, strict=True):
            assert (read.text, read.confidence) == (word.text, word.confidence)
            assert (read.start, read.end) == (pytest.approx(word.start, abs=0.011), pytest.approx(word.end, abs=0.021))


@given(timed())
def test_plain_text_keeps_roles_words_and_whole_seconds(transcript: Transcript) -> None:
    again = read_transcript(to_txt(transcript).encode()).turns
    assert [(t.role, t.text) for t in again] == [(t.role, t.text) for t in transcript.turns]
    assert [t.start for t in again] == [float(int(t.start or 0)) for t in transcript.turns]


@settings(max_examples=10, deadline=None)  # a document takes tens of milliseconds
@given(st.lists(st.tuples(st.sampled_from(["rep", "client"]), st.text(max_size=40)), max_size=4), st.text(max_size=30))
def test_the_document_holds_every_turn_and_is_the_same_each_time(said: list[tuple[str, str]], title: str) -> None:
    transcript = Transcript(
        turns=tuple(Turn(role, text, 65.0 * n, 65.0 * n + 1) for n, (role, text) in enumerate(said)),  # type: ignore[arg-type]
        language="ko",
    )
    written = to_docx(transcript, title=title, facts=[("Rep", "Ann\x00a")], names={"rep": "Anna"})
    assert written == to_docx(transcript, title=title, facts=[("Rep", "Ann\x00a")], names={"rep": "Anna"})
    document = docx.Document(io.BytesIO(written))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows][1:]
    assert [row[1] for row in rows] == ["Anna" if role == "rep" else role for role, _ in said]
    for row, (_, text) in zip(rows, said, strict=True):
        kept = "".join(c for c in text if c.isprintable() and not c.isspace())
        assert "".join(c for c in row[2] if c.isprintable() and not c.isspace()) == kept
    assert [row[0] for row in rows] == ["0:00", "1:05", "2:10", "3:15"][: len(rows)]


def test_the_document_is_an_archive_without_a_clock() -> None:
    written = to_docx(Transcript(turns=()), title="Call 5")
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert {info.date_time[:3] for info in archive.infolist()} == {(2000, 1, 1)}


def test_words_without_times_cannot_become_ctm() -> None:
    with pytest.raises(NoTimes):
        to_ctm(Transcript(turns=(Turn("rep", "hello"),)))

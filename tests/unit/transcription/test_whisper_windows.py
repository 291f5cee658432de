"""Windows of speech: filled up to 30 s, read from the channel's file, and words put back where they were said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from transcription.engines.whisper_windows import WINDOW_SECONDS, Piece, Window, fill_windows
from transcription.speech import RATE, Span, SpokenChannel


def channel(*spans: tuple[float, float], path: Path = Path("none.raw")) -> SpokenChannel:
    return SpokenChannel(path, tuple(Span(start, end) for start, end in spans))


def test_spans_share_a_window_while_they_fit_and_channels_never_do() -> None:
    windows = fill_windows([channel((0, 10), (20, 35), (40, 45), (50, 51)), channel((5, 6))])
    assert [(w.channel, [p.span for p in w.pieces]) for w in windows] == [
        (0, [Span(0, 10), Span(20, 35), Span(40, 45)]),
        (0, [Span(50, 51)]),
        (1, [Span(5, 6)]),
    ]
    assert [p.at for p in windows[0].pieces] == [0, 10, 25]
    assert windows[0].length == WINDOW_SECONDS


def test_a_span_over_thirty_seconds_is_cut_into_even_parts_without_a_gap() -> None:
    windows = fill_windows([channel((100, 195))])
    spans = [piece.span for window in windows for piece in window.pieces]
    assert (spans[0].start, spans[-1].end) == (100, 195)
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert [span.length for span in spans] == pytest.approx([23.75] * 4)
    assert all(window.length <= WINDOW_SECONDS for window in windows)


def test_nothing_said_gives_no_window() -> None:
    assert fill_windows([channel(), channel((3, 3))]) == ()


def test_the_sound_of_a_window_is_its_spans_alone(tmp_path: Path) -> None:
    path = tmp_path / "channel.raw"
    (np.arange(5 * RATE) // RATE * 1000).astype("<i2").tofile(path)  # second n sounds like 1000 n
    (window,) = fill_windows([channel((1, 2), (4, 4.5), path=path)])
    sound = window.samples(channel(path=path))
    assert sound.dtype == np.float32
    assert sound.shape == (1.5 * RATE,)
    assert np.allclose(sound[:RATE], 1000 / 32768)
    assert np.allclose(sound[RATE:], 4000 / 32768)


def test_a_span_beyond_the_end_of_the_file_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "channel.raw"
    np.full(RATE, 500, "<i2").tofile(path)
    (window,) = fill_windows([channel((0.5, 2), path=path)])
    sound = window.samples(channel(path=path))
    assert sound.shape == (1.5 * RATE,)
    assert np.count_nonzero(sound) == RATE // 2


@pytest.mark.parametrize(
    ("start", "end", "placed"),
    [
        (0.5, 1.5, (0, 10.5, 11.5)),
        (1.8, 2.1, (0, 11.8, 12.0)),  # its end is beyond the seam: kept inside the span
        (1.9, 2.4, (1, 100.0, 100.4)),  # its middle is beyond the seam: it belongs to the next span
        (4.9, 9.0, (1, 102.9, 103.0)),
        (0.0, 0.0, (0, 10.0, 10.0)),
    ],
)
def test_a_word_goes_back_to_the_span_its_middle_lies_in(
    start: float, end: float, placed: tuple[int, float, float]
) -> None:
    window = Window(0, (Piece(Span(10, 12), 0.0), Piece(Span(100, 103), 2.0)))
    assert window.place(start, end) == pytest.approx(placed)

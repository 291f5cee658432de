"""Who speaks when on synthetic people, whose truth is exact."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.unit.transcription.diarization.people import PitchBackend, record
from transcription.diarization import diarize, tell_voices_apart
from transcription.errors import Cancelled
from transcription.speech import Span, SpokenChannel

TALK = ((0, 3.0), (1, 2.5), (0, 4.0), (1, 3.0), (0, 2.0), (1, 4.0))


def spoken_at(parts: tuple[tuple[int, float], ...], pause: float = 0.1) -> list[tuple[int, float, float]]:
    """(person, start, end) of each part as `record` places it."""
    placed, at = [], 0.1
    for who, seconds in parts:
        placed.append((who, at, at + seconds))
        at += seconds + pause
    return placed


def test_a_span_with_both_people_is_cut_in_the_pauses_between_them(tmp_path: Path) -> None:
    channel = record(tmp_path / "call.raw", TALK)
    stretches = diarize(channel, backend=PitchBackend())
    assert [stretch.speaker for stretch in stretches] == [who for who, _ in TALK]
    for (_, _, end), (_, start, _), (before, after) in zip(
        spoken_at(TALK), spoken_at(TALK)[1:], pairwise(stretches), strict=False
    ):
        assert end - 0.03 <= before.span.end == after.span.start <= start + 0.03


def test_stretches_tile_the_spans(tmp_path: Path) -> None:
    whole = record(tmp_path / "call.raw", TALK)
    spans = (Span(0.05, 4.321), Span(4.4, 4.6), Span(5.0, 12.3456), Span(12.5, whole.spans[0].end))
    stretches = diarize(SpokenChannel(whole.path, spans), backend=PitchBackend())
    for span in spans:
        own = [s.span for s in stretches if span.start <= s.span.start < span.end]
        assert (own[0].start, own[-1].end) == (span.start, span.end)
        assert all(a.end == b.start for a, b in pairwise(own))
    assert all(0 <= stretch.confidence <= 1 for stretch in stretches)


def test_one_voice_is_one_speaker_with_honest_confidence(tmp_path: Path) -> None:
    channel = record(tmp_path / "call.raw", tuple((0, 3.0) for _ in range(6)))
    (stretch,) = diarize(channel, backend=PitchBackend())
    assert (stretch.span, stretch.speaker) == (channel.spans[0], 0)
    assert 0.5 < stretch.confidence <= PitchBackend.alone


def test_a_few_seconds_are_nobodys_for_certain(tmp_path: Path) -> None:
    stretches = diarize(record(tmp_path / "call.raw", ((0, 1.0), (1, 1.0))), backend=PitchBackend())
    assert {(stretch.speaker, stretch.confidence) for stretch in stretches} == {(0, 0.5)}


def test_one_speaker_at_most_is_one_speaker(tmp_path: Path) -> None:
    stretches = diarize(record(tmp_path / "call.raw", TALK), most=1, backend=PitchBackend())
    assert {stretch.speaker for stretch in stretches} == {0}


def test_a_channel_where_nobody_speaks_has_no_stretches(tmp_path: Path) -> None:
    (tmp_path / "call.raw").write_bytes(b"")
    assert diarize(SpokenChannel(tmp_path / "call.raw", ()), backend=PitchBackend()) == ()


def test_a_short_word_is_less_sure_than_a_long_turn(tmp_path: Path) -> None:
    parts = (*TALK, (0, 0.4), *TALK[1:])
    whole = record(tmp_path / "call.raw", parts, pause=0.3)
    spans = tuple(Span(start - 0.1, end + 0.1) for _, start, end in spoken_at(parts, pause=0.3))
    stretches = diarize(SpokenChannel(whole.path, spans), backend=PitchBackend())
    short = next(stretch for stretch in stretches if stretch.span == spans[len(TALK)])
    assert short.confidence < min(s.confidence for s in stretches if s.span.length > 2.5)


def test_stopping_is_asked_for_between_spans(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        diarize(record(tmp_path / "call.raw", TALK), backend=PitchBackend(), cancelled=lambda: True)


def utterances(parts: tuple[tuple[int, float], ...]) -> list[Span]:
    return [Span(start, end) for _, start, end in spoken_at(parts)]


def test_a_transfer_is_somebody_else_from_some_time_on(tmp_path: Path) -> None:
    parts = (*((0, 2.5),) * 6, *((1, 2.5),) * 6)
    found = tell_voices_apart(record(tmp_path / "leg.raw", parts), utterances(parts), backend=PitchBackend())
    assert found is not None
    assert (found.kind, found.since) == ("taken_over", pytest.approx(spoken_at(parts)[6][1]))
    assert [stretch.speaker for stretch in found.stretches] == [who for who, _ in parts]
    assert found.confidence > 0.8


def test_a_conference_has_both_after_somebody_joined(tmp_path: Path) -> None:
    parts = (*((0, 2.5),) * 5, *((1, 2.5), (0, 2.5)) * 4)
    found = tell_voices_apart(record(tmp_path / "leg.raw", parts), utterances(parts), backend=PitchBackend())
    assert found is not None
    assert (found.kind, found.since) == ("joined", pytest.approx(spoken_at(parts)[5][1]))


def test_one_person_is_nobody_else_and_a_second_one_of_one_word_is_not_believed(tmp_path: Path) -> None:
    alone = tuple((0, 2.5) for _ in range(10))
    assert tell_voices_apart(record(tmp_path / "a.raw", alone), utterances(alone), backend=PitchBackend()) is None
    brief = (*alone, (1, 2.0))
    assert tell_voices_apart(record(tmp_path / "b.raw", brief), utterances(brief), backend=PitchBackend()) is None

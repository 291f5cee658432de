"""Holes in a stream: what is filled, what counts as lost, and what is not believed."""

from __future__ import annotations

import pytest

from transcription.timeline import Timeline


def test_a_hole_in_the_times_is_filled_and_counts_as_lost() -> None:
    timeline = Timeline(timed=True, sure=True, length=60.0)
    assert timeline.hole_before(7.0, 0.0) == 0.0  # a stream may begin at any time
    assert timeline.hole_before(12.0, 2.0) == pytest.approx(3.0)
    assert timeline.hole_before(13.0, 6.0) == 0.0
    assert timeline.missing == pytest.approx(3.0)


def test_silence_a_recorder_left_out_is_no_loss_but_a_long_hole_is() -> None:
    timeline = Timeline(timed=True, sure=False, length=None)
    timeline.hole_before(0.0, 0.0)
    assert timeline.hole_before(0.4, 0.02) == pytest.approx(0.38)
    assert timeline.missing == 0.0
    assert timeline.hole_before(20.0, 0.42) == pytest.approx(19.58)
    assert timeline.missing == pytest.approx(19.58)


def test_a_short_hole_where_a_packet_was_damaged_is_a_loss() -> None:
    timeline = Timeline(timed=True, sure=False, length=10.0)
    timeline.hole_before(0.0, 0.0)
    timeline.lose(300)
    timeline.hole_before(0.5, 0.1)
    assert timeline.missing == pytest.approx(0.4)


def test_times_that_start_anew_or_run_beyond_the_end_are_not_believed() -> None:
    timeline = Timeline(timed=True, sure=True, length=10.0)
    timeline.hole_before(0.0, 0.0)
    assert timeline.hole_before(0.0, 5.0) == 0.0  # a second recording in the same file
    assert timeline.hole_before(1.0, 6.0) == 0.0
    assert timeline.hole_before(9_000.0, 7.0) == 0.0  # a damaged time
    assert timeline.hole_before(9_001.0, 8.0) == 0.0
    assert timeline.missing == 0.0


def test_without_times_the_lost_bytes_tell_the_length() -> None:
    timeline = Timeline(timed=False, sure=True, length=None)
    timeline.lose(500)
    assert timeline.hole_before(None, 0.0) == 0.0  # nothing is known yet about bytes and seconds
    timeline.take(1000, 2.0)
    timeline.lose(500)
    assert timeline.hole_before(None, 2.0) == pytest.approx(2.0)
    assert timeline.hole_before(None, 4.0) == 0.0
    assert timeline.missing == pytest.approx(2.0)

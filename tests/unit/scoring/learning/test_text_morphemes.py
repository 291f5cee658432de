"""Korean turns as morphemes: the signs made of them, and the analyser where it is installed."""

from __future__ import annotations

import pytest

from scoring.learning.text_morphemes import (
    analyser_installed,
    frame_runs,
    morpheme_edges,
    morpheme_pairs,
    morpheme_runs,
    morphemes,
)

READ = (("내일", "NNG"), ("은", "JX"), ("춥", "VA-I"), ("ᆫ지", "EC"), ("알리", "VV"), ("어", "EC"))


def test_runs_keep_the_edges_and_the_frame_keeps_only_grammar() -> None:
    assert {"^", "^ 내일/NN", "춥/VA ᆫ지/EC", "어/EC $"} <= set(morpheme_runs(READ))
    frames = frame_runs(READ)
    assert "frame ^ NNG 은 VA-I ᆫ지 VV" in frames
    assert not any("내일" in run for run in frames)


def test_pairs_go_with_the_ending_and_edges_count_the_morphemes() -> None:
    assert {"내일/NN with 어/EC", "은/JX with 알리/VV 어/EC", "춥/VA 2 알리/VV"} <= set(morpheme_pairs(READ))
    assert {"ends 어/EC", "starts 내일/NN 은/JX", "6 end 어/EC"} <= set(morpheme_edges(READ))
    assert morpheme_pairs(()) == []
    assert "0 end " in morpheme_edges(())


def test_the_analyser_names_endings_alike_however_they_are_written() -> None:
    if not analyser_installed():
        pytest.skip("kiwipiepy is not installed")
    topics = {read[1] for read in (morphemes("나는 가"), morphemes("집은 커"))}
    assert {tag for _, tag in topics} == {"JX"}
    assert morphemes("") == ()
    assert ("주", "VX") in morphemes("알려줘")

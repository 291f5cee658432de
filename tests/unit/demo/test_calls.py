"""The recordings as shipped: small, decodable, two people apart on their channels, and made from today's scripts."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from review.services.intake import read_facts
from transcription.engines.imported import read_transcript
from workers.demo.manifest import HERE, SOURCE, SampleCall, crm_folder, sample_calls
from workers.demo.script import read_scripts

RATE = 8000
CALLS = sample_calls()
SCRIPTS = {script.id: script for script in read_scripts()}
MADE: dict[str, dict[str, Any]] = {
    entry["id"]: entry for entry in json.loads((HERE / "calls" / "calls.json").read_text(encoding="utf-8"))
}
every_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)


@cache
def decode(path: Path) -> NDArray[np.float64]:
    """The file as (channels, samples) at 8 kHz in -1..1."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16p", rate=RATE)
        frames = [out.to_ndarray() for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        frames += [out.to_ndarray() for out in resampler.resample(None)]
    return np.concatenate(frames, axis=1).astype(np.float64) / 32768


def channels(call: SampleCall) -> NDArray[np.float64]:
    """The rep and the client as (2, samples) at 8 kHz."""
    parts = [decode(path) for path in call.files]
    length = min(part.shape[1] for part in parts)
    return np.concatenate([part[:, :length] for part in parts])


def level(samples: NDArray[np.float64]) -> float:
    """Root mean square in dBFS."""
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-9))


def test_all_recordings_together_are_small() -> None:
    assert sum(path.stat().st_size for call in CALLS for path in call.files) <= 8_000_000


def test_the_folder_holds_what_the_list_names_and_nothing_else() -> None:
    named = {path for call in CALLS for path in (*call.files, call.transcript) if path}
    assert {path for path in (HERE / "calls").iterdir() if path.name != "calls.json"} == named
    assert {call.name for call in CALLS} == set(SCRIPTS)


def test_shortest_first() -> None:
    assert [call.seconds for call in CALLS] == sorted(call.seconds for call in CALLS)


def test_two_calls_come_as_two_legs() -> None:
    assert sum(len(call.files) == 2 for call in CALLS) == 2
    assert all(len(call.files) in (1, 2) for call in CALLS)


@every_call
def test_recording_is_of_todays_script(call: SampleCall) -> None:
    assert MADE[call.name]["spoken"] == SCRIPTS[call.name].spoken(), "run: python -m workers.demo.generate " + call.name
    assert [turn[0] for turn in MADE[call.name]["turns"]] == [line.role for line in SCRIPTS[call.name].lines]


@every_call
def test_recording_is_one_to_four_minutes_of_two_channels(call: SampleCall) -> None:
    sound = channels(call)
    assert sound.shape[0] == 2
    assert 60 <= call.seconds <= 240
    assert sound.shape[1] / RATE == pytest.approx(call.seconds, abs=0.1)


@every_call
def test_each_person_is_on_their_own_channel(call: SampleCall) -> None:
    sound = channels(call)
    turns = MADE[call.name]["turns"]
    for (_, _, before), (role, start, end), (_, after, _) in zip(turns, turns[1:], turns[2:], strict=False):
        own = 0 if role == "rep" else 1
        alone = slice(round(max(start, before) * RATE) + 400, round(min(end, after) * RATE) - 400)
        assert level(sound[own, alone]) > -30
        assert level(sound[1 - own, alone]) < -50


@every_call
def test_silence_is_line_noise_and_not_digital_zero(call: SampleCall) -> None:
    lead = channels(call)[:, RATE // 10 : RATE // 2]
    assert -75 < level(lead) < -50


def test_dead_air_lasts_over_ten_seconds() -> None:
    for call in CALLS:
        if "dead_air" in SCRIPTS[call.name].shows:
            gaps = [(before[2], after[1]) for before, after in pairwise(MADE[call.name]["turns"])]
            start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
            assert end - start > 10
            assert level(channels(call)[:, round(start * RATE) + 800 : round(end * RATE) - 800]) < -50
            return
    pytest.fail("no call shows dead air")


def test_talk_over_is_heard_on_both_channels() -> None:
    call = next(call for call in CALLS if "talk_over" in SCRIPTS[call.name].shows)
    sound = channels(call)
    overlaps = [(after[1], before[2]) for before, after in pairwise(MADE[call.name]["turns"]) if after[1] < before[2]]
    assert len(overlaps) >= 3
    for start, end in overlaps:
        assert end - start >= 0.3
        both = sound[:, round(start * RATE) : round(end * RATE)]
        assert level(both[0]) > -40
        assert level(both[1]) > -40


@every_call
def test_facts_are_taken_as_they_are(call: SampleCall) -> None:
    facts = read_facts(call.facts)
    assert facts.source == SOURCE
    assert facts.external_id == f"demo-{call.name}"
    assert facts.started_at is not None
    assert facts.started_at.utcoffset() is not None
    assert facts.client_phone == call.facts["client_phone"]
    assert (facts.rep, facts.client, facts.deal) == (call.facts["rep"], call.facts["client"], call.facts["deal"])
    assert facts.direction in ("inbound", "outbound")


@pytest.mark.parametrize("call", [call for call in CALLS if call.transcript], ids=lambda call: call.name)
def test_imported_transcript_says_what_the_script_says(call: SampleCall) -> None:
    assert call.transcript is not None
    read = read_transcript(call.transcript.read_bytes(), name=call.transcript.name, language=call.language)
    lines = SCRIPTS[call.name].lines
    assert [turn.role for turn in read.turns] == [line.role for line in lines]
    assert read.language is not None
    assert read.language.startswith(call.language)
    assert not read.draft
    for turn, line, (_, start, end) in zip(read.turns, lines, MADE[call.name]["turns"], strict=True):
        assert "".join(turn.text.split()) == "".join(line.text.split())
        assert turn.start == pytest.approx(start, abs=0.02)
        assert turn.end == pytest.approx(end, abs=0.02)


def test_imported_transcripts_come_in_different_shapes() -> None:
    with_transcript = [call for call in CALLS if call.transcript]
    assert {call.language for call in with_transcript} == {"ru", "ko", "zh"}
    assert len({SCRIPTS[call.name].transcript for call in with_transcript}) >= 5


def test_crm_folder_is_there() -> None:
    assert (crm_folder() / "clients.csv").is_file()

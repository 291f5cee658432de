"""What the call page says of a recording's sound."""

from __future__ import annotations

from typing import Any

import pytest

from web.reading.audio import read_audio

CLEAR = {"rate": 8000, "channels": 2, "codec": "pcm_mulaw", "rms_dbfs": -23.0, "noise_floor_dbfs": -61.0,
         "bandwidth_hz": 3750, "clipping": 0.0, "echo": 0.03, "dual_mono": False, "silent_channels": []}  # fmt: skip


def test_a_clear_call_has_figures_and_no_remark() -> None:
    facts = read_audio(CLEAR)
    assert facts is not None
    assert (facts.codec, facts.rate, facts.channels, facts.band) == ("pcm_mulaw", 8.0, 2, 3.75)
    assert facts.above_noise == 38.0
    assert facts.remarks == ()


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"noise_floor_dbfs": -30.0}, "noisy"),
        ({"clipping": 0.02}, "clipped"),
        ({"echo": 0.6}, "echo"),
        ({"bandwidth_hz": 1900}, "narrow"),
        ({"dual_mono": True}, "same_sound"),
        ({"silent_channels": [1]}, "silent_side"),
    ],
)
def test_what_spoils_the_sound_is_said(change: dict[str, Any], remark: str) -> None:
    facts = read_audio({**CLEAR, **change})
    assert facts is not None
    assert facts.remarks == (remark,)


def test_a_call_without_sound_has_none() -> None:
    assert read_audio(None) is None
    assert read_audio({"channels": None, "rate": None}) is None


def test_what_was_not_measured_is_no_remark() -> None:
    facts = read_audio({"rate": 16000, "codec": "flac", "channels": 1})
    assert facts is not None
    assert (facts.band, facts.above_noise, facts.remarks) == (None, None, ())

"""What the browser plays is silent where something private is spoken, and one lane does not sound in the other."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from transcription.speech import Span
from transcription.web_audio import find_web_audio, make_web_audio

_RATE = 16_000
_SILENT_DBFS = -75.0


def _voice(seconds: float, pitch: float, seed: int) -> NDArray[np.float64]:
    """Something like speech: a buzzing voice that starts and stops four times a second, with a little noise."""
    time = np.arange(round(seconds * _RATE)) / _RATE
    buzz = sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 16))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time) + 0.3, 0, 1)
    noise = np.random.default_rng(seed).normal(0, 0.002, time.size)
    return 0.2 * buzz * syllables + noise


def _write(path: Path, *channels: NDArray[np.float64]) -> Path:
    samples = (np.stack(channels, axis=1) * 32767).clip(-32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return path


def _play(path: Path) -> NDArray[np.float64]:
    """(channels, samples) as a player hears them."""
    with av.open(str(path)) as container:
        channels = container.streams.audio[0].channels
        resampler = av.AudioResampler(format="fltp", layout="mono" if channels == 1 else "stereo", rate=_RATE)
        frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1).astype(np.float64)


def _level(sound: NDArray[np.float64], start: float, end: float) -> float:
    """Level in dBFS between two times."""
    piece = sound[round(start * _RATE) : round(end * _RATE)]
    return float(10 * np.log10(np.mean(piece**2) + 1e-12))


@pytest.fixture
def stereo(tmp_path: Path) -> Path:
    """Both people talk all the time, so that a leak would be heard."""
    return _write(tmp_path / "call.wav", _voice(8, 110, 1), _voice(8, 190, 2))


def test_a_muted_stretch_is_silent_in_its_lane_only(stereo: Path, tmp_path: Path) -> None:
    made = make_web_audio([stereo], tmp_path / "web", mute=[(1, Span(2.0, 4.0)), (None, Span(6.0, 6.5))])
    sound = _play(made.audio)
    # Opus frames ring on for some milliseconds, so the very edge is left out.
    assert _level(sound[1], 2.02, 3.98) < _SILENT_DBFS
    assert _level(sound[0], 2.02, 3.98) > -30
    assert _level(sound[1], 1.0, 1.95) > -30
    assert _level(sound[1], 4.05, 5.0) > -30
    assert all(_level(lane, 6.03, 6.47) < _SILENT_DBFS for lane in sound)
    peaks = json.loads(made.peaks.read_text(encoding="ascii"))
    assert set(peaks["channels"][1][40:80]) == {0.0}
    assert max(peaks["channels"][0][40:80]) > 0.1
    assert peaks["muted"] == [[1, 2.0, 4.0], [None, 6.0, 6.5]]
    assert made.duration == 8.0


def test_files_that_still_sound_are_made_again_and_silent_ones_are_kept(stereo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "web"
    first = make_web_audio([stereo], folder)
    assert _level(_play(first.audio)[0], 2.0, 4.0) > -30
    playing = first.audio.open("rb")
    before = first.audio.read_bytes()
    muted = make_web_audio([stereo], folder, mute=[(0, Span(2.0, 4.0))])
    assert _level(_play(muted.audio)[0], 2.02, 3.98) < _SILENT_DBFS
    with playing:
        assert playing.read() == before, "a player in the middle of the old file must keep it whole"
    stamp = muted.audio.stat().st_mtime_ns
    make_web_audio([stereo], folder, mute=[(0, Span(2.5, 3.5))])
    make_web_audio([stereo], folder)
    assert muted.audio.stat().st_mtime_ns == stamp
    again = make_web_audio([stereo], folder, remake=True)
    assert _level(_play(again.audio)[0], 2.0, 4.0) > -30
    assert sorted(path.name for path in folder.iterdir()) == ["audio.webm", "peaks.json"]
    assert find_web_audio(folder) == again


def test_a_mono_call_is_muted_whatever_channel_is_named(tmp_path: Path) -> None:
    mono = _write(tmp_path / "mono.wav", _voice(5, 120, 3))
    made = make_web_audio([mono], tmp_path / "web", mute=[(0, Span(1.0, 2.0)), (None, Span(3.0, 99.0))])
    sound = _play(made.audio)
    assert sound.shape[0] == 1
    assert _level(sound[0], 1.02, 1.98) < _SILENT_DBFS
    assert _level(sound[0], 3.02, 4.9) < _SILENT_DBFS
    assert _level(sound[0], 2.05, 2.95) > -30


def test_one_lane_does_not_sound_in_the_other(tmp_path: Path) -> None:
    """Joint stereo coding must not carry a voice into the lane of somebody who says nothing."""
    quiet = np.random.default_rng(4).normal(0, 10 ** (-65 / 20), 8 * _RATE)
    voice = _voice(8, 110, 5)
    made = make_web_audio([_write(tmp_path / "call.wav", voice, quiet)], tmp_path / "web")
    sound = _play(made.audio)
    spectrum = np.fft.rfft(voice * np.hanning(voice.size))
    heard = np.fft.rfft(sound[1][: voice.size] * np.hanning(voice.size))
    leak = abs(np.vdot(spectrum, heard)) / np.vdot(spectrum, spectrum).real
    assert 20 * np.log10(leak) < -40
    assert _level(sound[1], 0.5, 7.5) < -55

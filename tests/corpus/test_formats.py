"""Every format the product promises is read, at its rate and with its channels, whatever the file is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.corpus.sounds import encoded, tone, wav
from transcription.audio import decode_call
from transcription.speech import RATE

FORMATS = {
    "wav pcm16": ("wav", "pcm_s16le", 8000),
    "wav pcm8": ("wav", "pcm_u8", 8000),
    "wav pcm24": ("wav", "pcm_s24le", 44100),
    "wav float": ("wav", "pcm_f32le", 48000),
    "wav mu-law": ("wav", "pcm_mulaw", 8000),
    "wav A-law": ("wav", "pcm_alaw", 8000),
    "wav IMA ADPCM": ("wav", "adpcm_ima_wav", 8000),
    "mp3": ("mp3", "libmp3lame", 16000),
    "ogg opus": ("ogg", "libopus", 48000),
    "webm opus": ("webm", "libopus", 48000),
    "flac": ("flac", "flac", 44100),
    "m4a": ("mp4", "aac", 44100),
    "aac": ("adts", "aac", 44100),
    "aiff": ("aiff", "pcm_s16be", 8000),
    "au": ("au", "pcm_s16be", 8000),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_stereo_call_is_read_by_channel(name: str, tmp_path: Path) -> None:
    container, codec, rate = FORMATS[name]
    path = tmp_path / "call.txt"
    path.write_bytes(encoded(container, codec, tone(3, rate, 2), rate))
    call = decode_call([path], tmp_path / "out")
    assert [round(channel.seconds, 1) for channel in call.channels] == pytest.approx([3.0, 3.0], abs=0.15)
    assert (call.quality.channels, call.quality.rate, call.quality.dual_mono) == (2, rate, False)
    assert not call.quality.partial
    for number, channel in enumerate(call.channels):
        loudest = np.fromfile(channel.path, dtype="<i2")[RATE // 2 :].astype(float)
        spectrum = np.abs(np.fft.rfft(loudest))
        pitch = float(np.argmax(spectrum)) * RATE / loudest.size
        assert pitch == pytest.approx(300 + 170 * number, abs=12)


def test_levels_clipping_and_the_noise_floor_are_measured(tmp_path: Path) -> None:
    quiet = np.random.default_rng(0).normal(0, 20, (1, 16000))
    loud = np.clip(40_000 * np.sin(np.arange(16000) * 0.3), -32768, 32767)[None, :]
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.hstack((quiet, loud)).astype("<i2"), rate=16000))
    quality = decode_call([path], tmp_path / "out").quality
    assert quality.peak_dbfs == pytest.approx(0, abs=0.1)
    assert quality.clipping == pytest.approx(0.2, abs=0.1)
    assert quality.noise_floor_dbfs == pytest.approx(20 * np.log10(20 / 32768), abs=2)


def test_the_same_sound_on_both_sides_is_one_channel(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    one = tone(2)
    path.write_bytes(wav(np.vstack((one, one // 2))))
    call = decode_call([path], tmp_path / "out")
    assert (len(call.channels), call.quality.dual_mono, call.quality.channels) == (1, True, 2)
    assert [p.name for p in (tmp_path / "out").iterdir()] == [call.channels[0].path.name]


def test_one_silent_side_is_no_dual_mono(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.vstack((tone(2), np.zeros((1, 16000), "<i2")))))
    call = decode_call([path], tmp_path / "out")
    assert (len(call.channels), call.quality.dual_mono) == (2, False)
    assert call.channels[1].peak_dbfs is None


def test_two_legs_of_other_lengths_and_rates_become_two_channels(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(wav(tone(2)))
    (tmp_path / "b").write_bytes(encoded("flac", "flac", tone(3, 44100, 2), 44100))
    call = decode_call([tmp_path / "a", tmp_path / "b"], tmp_path / "out")
    assert [round(channel.seconds, 2) for channel in call.channels] == [2.0, 3.0]
    assert (call.quality.channels, call.duration) == (2, pytest.approx(3.0, abs=0.01))


def test_three_channels_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(wav(tone(1, 8000, 3)))
    assert len(decode_call([tmp_path / "a"], tmp_path / "out").channels) == 3

"""Every format the product promises is read, at its rate and with its channels, whatever the file is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.corpus.packets import gsm, speex, wav49
from tests.corpus.sounds import encoded, raw, tone, wav
from transcription.audio import decode_call
from transcription.errors import UnreadableAudio
from transcription.speech import RATE

STEREO = {
    "WAV PCM 8": ("wav", "pcm_u8", 8000),
    "WAV PCM 16": ("wav", "pcm_s16le", 8000),
    "WAV PCM 24": ("wav", "pcm_s24le", 44100),
    "WAV PCM 32": ("wav", "pcm_s32le", 48000),
    "WAV float 32": ("wav", "pcm_f32le", 48000),
    "WAV float 64": ("wav", "pcm_f64le", 16000),
    "WAV mu-law": ("wav", "pcm_mulaw", 8000),
    "WAV A-law": ("wav", "pcm_alaw", 8000),
    "WAV IMA ADPCM": ("wav", "adpcm_ima_wav", 8000),
    "MP3": ("mp3", "libmp3lame", 16000),
    "Ogg Opus": ("ogg", "libopus", 48000),
    "Ogg Vorbis": ("ogg", "vorbis", 44100),
    "WebM Opus": ("webm", "libopus", 48000),
    "FLAC": ("flac", "flac", 44100),
    "M4A": ("mp4", "aac", 44100),
    "AAC": ("adts", "aac", 44100),
    "AIFF": ("aiff", "pcm_s16be", 8000),
    "AU": ("au", "pcm_s16be", 8000),
}

MONO: dict[str, tuple[str, int, Callable[[], bytes]]] = {
    "WAV GSM (wav49)": ("gsm_ms", 8000, lambda: wav49(tone(3))),
    "WAV G.722": ("adpcm_g722", 16000, lambda: encoded("wav", "g722", tone(3, 16000), 16000)),
    "AMR-NB": ("amrnb", 8000, lambda: encoded("amr", "libopencore_amrnb", tone(3), 8000)),
    "3GP AMR-NB": ("amrnb", 8000, lambda: encoded("3gp", "libopencore_amrnb", tone(3), 8000)),
}

HEADERLESS: dict[str, tuple[str, int, Callable[[], bytes]]] = {
    ".ulaw": ("pcm_mulaw", 8000, lambda: raw("mulaw", "pcm_mulaw", tone(3), 8000)),
    ".ul": ("pcm_mulaw", 8000, lambda: raw("mulaw", "pcm_mulaw", tone(3), 8000)),
    ".alaw": ("pcm_alaw", 8000, lambda: raw("alaw", "pcm_alaw", tone(3), 8000)),
    ".al": ("pcm_alaw", 8000, lambda: raw("alaw", "pcm_alaw", tone(3), 8000)),
    ".GSM": ("gsm", 8000, lambda: gsm(tone(3))),
    ".g722": ("adpcm_g722", 16000, lambda: raw("g722", "g722", tone(3, 16000), 16000)),
}


def pitch(path: Path) -> float:
    """The strongest frequency of a decoded channel, in Hz."""
    samples = np.fromfile(path, dtype="<i2")[RATE // 2 :].astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * RATE / samples.size


@pytest.mark.parametrize("name", STEREO)
def test_a_stereo_call_is_read_by_channel(name: str, tmp_path: Path) -> None:
    container, codec, rate = STEREO[name]
    path = tmp_path / "call.txt"
    path.write_bytes(encoded(container, codec, tone(3, rate, 2), rate))
    call = decode_call([path], tmp_path / "out")
    assert [round(channel.seconds, 1) for channel in call.channels] == pytest.approx([3.0, 3.0], abs=0.15)
    assert (call.quality.channels, call.quality.rate, call.quality.dual_mono) == (2, rate, False)
    assert (call.quality.partial, call.quality.silent_channels) == (False, ())
    for number, channel in enumerate(call.channels):
        assert pitch(channel.path) == pytest.approx(300 + 170 * number, abs=12)


@pytest.mark.parametrize("name", MONO)
def test_a_mono_format_is_read_by_its_bytes(name: str, tmp_path: Path) -> None:
    codec, rate, make = MONO[name]
    path = tmp_path / "call.txt"
    path.write_bytes(make())
    call = decode_call([path], tmp_path / "out")
    assert call.quality.codec is not None
    assert codec.removeprefix("adpcm_") in call.quality.codec
    assert (call.quality.rate, len(call.channels), call.quality.partial) == (rate, 1, False)
    assert call.duration == pytest.approx(3.0, abs=0.1)
    assert pitch(call.channels[0].path) == pytest.approx(300, abs=12)


@pytest.mark.parametrize("suffix", HEADERLESS)
def test_headerless_sound_is_told_by_its_name_alone(suffix: str, tmp_path: Path) -> None:
    codec, rate, make = HEADERLESS[suffix]
    kept = tmp_path / "5f3a"  # as a store keeps it, by hash
    kept.write_bytes(make())
    call = decode_call([kept], tmp_path / "out", names=[f"call{suffix}"])
    assert call.quality.codec is not None
    assert codec.removeprefix("adpcm_") in call.quality.codec
    assert (call.quality.rate, len(call.channels), call.quality.partial) == (rate, 1, False)
    assert call.duration == pytest.approx(3.0, abs=0.05)
    assert pitch(call.channels[0].path) == pytest.approx(300, abs=12)
    with pytest.raises(UnreadableAudio, match="no"):
        decode_call([kept], tmp_path / "unnamed")


def test_two_headerless_legs_are_a_call(tmp_path: Path) -> None:
    for name, sound in (("rep", tone(3)), ("client", tone(2, channels=2)[1:])):
        (tmp_path / name).write_bytes(raw("alaw", "pcm_alaw", sound, 8000))
    call = decode_call([tmp_path / "rep", tmp_path / "client"], tmp_path / "out", names=["a.alaw", "b.alaw"])
    assert [channel.seconds for channel in call.channels] == pytest.approx([3.0, 2.0], abs=0.01)


@pytest.mark.parametrize("silence", [b"\xff", b"\x7f", b"\xff\xfe\x7e", b"\xff\xfd\x7d\xfe"])
def test_a_quiet_mu_law_line_is_sound_though_it_may_begin_like_something_else(silence: bytes, tmp_path: Path) -> None:
    speech = raw("mulaw", "pcm_mulaw", tone(2), 8000)
    path = tmp_path / "call.ulaw"
    path.write_bytes((silence * 8000)[:8000] + speech)
    assert decode_call([path], tmp_path / "out").duration == pytest.approx(3.0, abs=0.01)


def test_speex_is_read(tmp_path: Path) -> None:
    path = tmp_path / "call"
    path.write_bytes(speex(3))
    quality = decode_call([path], tmp_path / "out").quality
    assert (quality.codec, quality.rate, quality.partial) == ("speex", 8000, False)
    assert quality.decoded == pytest.approx(3.0, abs=0.05)
    assert quality.peak_dbfs is not None


def test_two_legs_of_other_lengths_and_rates_become_two_channels(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(wav(tone(2)))
    (tmp_path / "b").write_bytes(encoded("flac", "flac", tone(3, 44100, 2), 44100))
    call = decode_call([tmp_path / "a", tmp_path / "b"], tmp_path / "out")
    assert [round(channel.seconds, 2) for channel in call.channels] == [2.0, 3.0]
    assert (call.quality.channels, call.duration) == (2, pytest.approx(3.0, abs=0.01))
    assert call.quality.rate == 8000


def test_three_channels_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(wav(tone(1, 8000, 3)))
    call = decode_call([tmp_path / "a"], tmp_path / "out")
    assert (len(call.channels), call.quality.channels) == (3, 3)


def test_of_four_channels_the_empty_one_and_the_copy_are_no_people(tmp_path: Path) -> None:
    one, other = tone(2, 8000, 2)
    four = np.vstack((one, np.zeros_like(one), other, one // 2))
    (tmp_path / "a").write_bytes(wav(four))
    call = decode_call([tmp_path / "a"], tmp_path / "out")
    assert (len(call.channels), call.quality.channels, call.quality.dual_mono) == (2, 4, False)
    assert [pitch(channel.path) for channel in call.channels] == pytest.approx([300, 470], abs=12)
    assert sorted((tmp_path / "out").iterdir()) == sorted(channel.path for channel in call.channels)

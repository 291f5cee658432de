"""What is measured about a recording: band width, echo, levels, copies and empty sides, however it was stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from tests.corpus.memory import watch_children
from tests.corpus.sounds import encoded, raw, tone, wav
from tests.corpus.voices import voice
from transcription.audio import DecodedCall, decode_call
from transcription.errors import UnreadableAudio
from transcription.transcript import AudioQuality

Sound = NDArray[np.int16]


def decode(tmp_path: Path, *files: bytes) -> DecodedCall:
    """The call of these files, decoded in a folder of its own."""
    paths = []
    for number, data in enumerate(files):
        paths.append(tmp_path / f"{len(list(tmp_path.iterdir()))}-{number}")
        paths[-1].write_bytes(data)
    return decode_call(paths, tmp_path / f"out{len(list(tmp_path.iterdir()))}")


def quality(tmp_path: Path, sound: Sound, rate: int = 16000) -> AudioQuality:
    """What is measured of a WAV."""
    return decode(tmp_path, wav(sound, rate=rate)).quality


def resampled(sound: Sound, rate: int, to: int) -> Sound:
    """The sound at another rate, as a usual converter makes it."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="s16", layout="mono")
    frame.sample_rate = rate
    converter = AudioResampler(format="s16", layout="mono", rate=to)
    return np.hstack([part.to_ndarray() for part in (*converter.resample(frame), *converter.resample(None))])


def late(sound: Sound, seconds: float, rate: int = 16000) -> Sound:
    """The sound later by some time, as long as before."""
    samples = round(seconds * rate)
    return np.pad(sound, ((0, 0), (samples, 0)))[:, : sound.shape[1]]


def dialogue(seconds: float = 40) -> tuple[Sound, Sound]:
    """Two people who take turns of a few seconds."""
    one, other = voice(seconds, pitch=110, seed=1), voice(seconds, pitch=200, seed=2)
    turn = (np.arange(one.shape[1]) // (4 * 16000)) % 2
    return (one * (turn == 0)).astype("<i2"), (other * (turn == 1)).astype("<i2")


def scaled(sound: Sound, factor: float) -> Sound:
    """The sound louder or softer."""
    return np.clip(sound * factor, -32768, 32767).astype("<i2")


def test_levels_clipping_and_the_noise_floor_are_measured(tmp_path: Path) -> None:
    quiet = np.random.default_rng(0).normal(0, 20, (1, 16000))
    loud = np.clip(40_000 * np.sin(np.arange(16000) * 0.3), -32768, 32767)[None, :]
    found = quality(tmp_path, np.hstack((quiet, loud)).astype("<i2"))
    assert found.peak_dbfs == pytest.approx(0, abs=0.1)
    assert found.rms_dbfs == pytest.approx(-5.1, abs=0.2)
    assert found.clipping == pytest.approx(0.2, abs=0.1)
    assert found.noise_floor_dbfs == pytest.approx(20 * np.log10(20 / 32768), abs=2)


def test_speech_recorded_wide_is_wide(tmp_path: Path) -> None:
    width = quality(tmp_path, voice(20)).bandwidth_hz
    assert width is not None
    assert 6000 <= width <= 8000


@pytest.mark.parametrize("rate", [16000, 44100])
def test_a_telephone_call_in_a_wide_file_shows_its_width(rate: int, tmp_path: Path) -> None:
    narrow = resampled(voice(20), 16000, 8000)
    width = quality(tmp_path, resampled(narrow, 8000, rate), rate).bandwidth_hz
    assert width is not None
    assert 3000 <= width <= 4000


@pytest.mark.parametrize("name", ["AMR", "Opus", "MP3"])
def test_a_call_that_went_through_a_narrow_codec_shows_it(name: str, tmp_path: Path) -> None:
    narrow = resampled(voice(20), 16000, 8000)
    made = {
        "AMR": lambda: encoded("amr", "libopencore_amrnb", narrow, 8000),
        "Opus": lambda: encoded("ogg", "libopus", resampled(narrow, 8000, 48000), 48000, bit_rate=24_000),
        "MP3": lambda: encoded("mp3", "libmp3lame", resampled(narrow, 8000, 44100), 44100, bit_rate=64_000),
    }[name]()
    width = decode(tmp_path, made).quality.bandwidth_hz
    assert width is not None
    assert 3000 <= width <= 4000


def test_line_noise_is_no_speech_energy(tmp_path: Path) -> None:
    narrow = resampled(resampled(voice(20), 16000, 8000), 8000, 16000)
    hiss = np.random.default_rng(3).normal(0, 20, narrow.shape)
    width = quality(tmp_path, (narrow + hiss).astype("<i2")).bandwidth_hz
    assert width is not None
    assert 3000 <= width <= 4000


@pytest.mark.parametrize("delay", [0.0, 0.12, 0.45])
def test_echo_is_found_at_any_delay_and_grows_with_its_level(delay: float, tmp_path: Path) -> None:
    one, other = dialogue()
    clean = quality(tmp_path, np.vstack((one, other))).echo
    faint = quality(tmp_path, np.vstack((one, other + scaled(late(one, delay), 0.004)))).echo
    strong = quality(tmp_path, np.vstack((one, other + scaled(late(one, delay), 0.2)))).echo
    assert clean is not None
    assert faint is not None
    assert strong is not None
    assert clean < 0.05 < faint < strong
    assert strong > 0.8


def test_echo_of_the_second_channel_in_the_first_counts_as_well(tmp_path: Path) -> None:
    one, other = dialogue()
    echo = quality(tmp_path, np.vstack((one + scaled(late(other, 0.2), 0.2), other))).echo
    assert echo is not None
    assert echo > 0.8


def test_two_voices_in_the_room_at_once_are_no_echo(tmp_path: Path) -> None:
    one, other = voice(40, pitch=110, seed=1), voice(40, pitch=200, seed=2)
    echo = quality(tmp_path, np.vstack((one, other))).echo
    assert echo is not None
    assert echo < 0.25


def test_one_channel_has_no_echo(tmp_path: Path) -> None:
    assert quality(tmp_path, voice(3)).echo is None


def test_echo_between_two_files_of_other_rates_is_found(tmp_path: Path) -> None:
    one, other = dialogue()
    mixed = resampled(other + scaled(late(one, 0.1), 0.2), 16000, 8000)
    echo = decode(tmp_path, wav(one, rate=16000), wav(mixed, rate=8000)).quality.echo
    assert echo is not None
    assert echo > 0.7


COPIES = {
    "the same": lambda sound: sound,
    "half as loud": lambda sound: scaled(sound, 0.5),
    "upside down": lambda sound: -sound,
    "20 ms later": lambda sound: late(sound, 0.02),
    "with some hiss": lambda sound: (sound + np.random.default_rng(4).normal(0, 20, sound.shape)).astype("<i2"),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_that_differ_a_little_are_dual_mono(name: str, tmp_path: Path) -> None:
    one = voice(20)
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.vstack((one, COPIES[name](one))), rate=16000))
    call = decode_call([path], tmp_path / "out")
    assert (len(call.channels), call.quality.dual_mono, call.quality.channels) == (1, True, 2)
    assert call.quality.echo is None
    assert list((tmp_path / "out").iterdir()) == [call.channels[0].path]


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus", "amr", "mu-law"])
def test_a_copy_through_a_lossy_codec_is_dual_mono(codec: str, tmp_path: Path) -> None:
    one = voice(20)
    narrow = resampled(one, 16000, 8000)
    copy = {
        "mp3": lambda: encoded("mp3", "libmp3lame", one, 16000, bit_rate=24_000),
        "aac": lambda: encoded("mp4", "aac", one, 16000),
        "opus": lambda: encoded("ogg", "libopus", one, 16000, bit_rate=16_000),
        "amr": lambda: encoded("amr", "libopencore_amrnb", narrow, 8000),
        "mu-law": lambda: raw("wav", "pcm_mulaw", narrow, 8000),
    }[codec]()
    call = decode(tmp_path, wav(one, rate=16000), copy)
    assert (len(call.channels), call.quality.dual_mono) == (1, True)


def test_two_people_with_strong_echo_are_not_dual_mono(tmp_path: Path) -> None:
    one, other = dialogue()
    mixed = np.vstack((one + scaled(other, 0.5), other + scaled(one, 0.5)))
    call = decode(tmp_path, wav(mixed, rate=16000))
    assert (len(call.channels), call.quality.dual_mono) == (2, False)


def test_a_silent_side_is_told_and_is_no_dual_mono(tmp_path: Path) -> None:
    one = voice(20)
    for silence in (np.zeros_like(one), np.random.default_rng(5).normal(0, 8, one.shape).astype("<i2")):
        call = decode(tmp_path, wav(np.vstack((one, silence)), rate=16000))
        assert (len(call.channels), call.quality.dual_mono) == (2, False)
        assert call.quality.silent_channels == (1,)
        assert call.quality.echo == pytest.approx(0, abs=0.05)
        assert call.quality.bandwidth_hz is not None
    assert decode(tmp_path, wav(tone(2, 8000, 2))).quality.silent_channels == ()


def test_a_leg_of_a_header_alone_is_a_silent_leg(tmp_path: Path) -> None:
    call = decode(tmp_path, wav(tone(2)), wav(data=b""))
    assert [channel.samples for channel in call.channels] == [32000, 0]
    assert (call.quality.silent_channels, call.quality.partial) == ((1,), False)
    assert (call.quality.rate, call.quality.codec) == (8000, "pcm_s16le")
    with pytest.raises(UnreadableAudio, match="no sound"):
        decode(tmp_path, wav(data=b""), wav(data=b""))


def test_the_worse_leg_says_what_is_missing(tmp_path: Path) -> None:
    found = decode(tmp_path, wav(tone(10)), wav(tone(10, channels=2)[1:])[:80_000]).quality
    assert found.partial
    assert found.declared == pytest.approx(10, abs=0.1)
    assert found.decoded == pytest.approx(5, abs=0.1)


def test_memory_of_the_decoder_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks = []
    for minutes in (5, 20):
        path = tmp_path / f"{minutes}.wav"
        path.write_bytes(wav(np.tile(voice(60, rate=8000), (2, minutes)), rate=8000))
        with watch_children(b"transcription.") as seen:
            decode_call([path], tmp_path / f"out{minutes}")
        peaks.append(max(seen.values()))
    assert peaks[1] < peaks[0] + 5


def test_the_echo_may_be_measured_later(tmp_path: Path) -> None:
    one, other = voice(24).astype(float), voice(24, seed=2, pitch=200).astype(float)
    speaks = np.repeat([True, False] * 4, one.shape[1] // 8)
    legs = []
    for number, sound in enumerate((one * speaks + 0.1 * other * ~speaks, other * ~speaks)):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(wav(sound.astype(np.int16), rate=16000))
        legs.append(path)
    now = decode_call(legs, tmp_path / "now")
    later = decode_call(legs, tmp_path / "later", echo_later=True)
    assert now.settled() is now
    assert later.quality.echo is None
    assert later.settled().quality == now.quality
    assert (now.quality.echo or 0) > 0.01


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_what_may_be_the_same_sound_is_compared_at_once(share: float, tmp_path: Path) -> None:
    sound = voice(10)
    path = tmp_path / "call.wav"
    path.write_bytes(wav(np.concatenate([sound, (sound * share).astype(np.int16)]), rate=16000))
    call = decode_call([path], tmp_path / "out", echo_later=True)
    assert call.quality.dual_mono
    assert call.settled() is call

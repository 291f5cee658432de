"""Sounds of a line in which nobody speaks: no span of speech, and a mark of the right kind; people stay heard."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks import line_sounds
from benchmarks.line_sounds import BUSY, MUSIC, NOISE, RATE, RINGING, Sound, cadence, mu_law, samples, telephone, white
from transcription.audio import decode_call
from transcription.errors import Cancelled
from transcription.sounds import find_marks, listen_channel
from transcription.speech import Span
from transcription.transcript import Mark

CALLS = Path(__file__).resolve().parents[3] / "workers" / "demo" / "calls"


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The rep of a sample call, 40 s."""
    call = decode_call([CALLS / "en-model-call.ogg"], tmp_path_factory.mktemp("talk"))
    return np.fromfile(call.channels[0].path, dtype="<i2", count=40 * RATE).astype(np.float32) / 32768


def heard(sound: Sound, folder: Path) -> tuple[tuple[Span, ...], tuple[Mark, ...]]:
    path = folder / "channel.raw"
    samples(sound).tofile(path)
    return listen_channel(path, channel=0)


def kinds(marks: tuple[Mark, ...]) -> set[str]:
    return {mark.kind for mark in marks}


def silence(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def seconds_of(spans: tuple[Span, ...]) -> float:
    return sum(span.length for span in spans)


@pytest.mark.parametrize("country", RINGING)
@pytest.mark.parametrize("line", [0.0, 0.002])
def test_ringing_is_one_mark_and_no_speech(country: str, line: float, tmp_path: Path) -> None:
    tones, pattern = RINGING[country]
    sound = np.concatenate((silence(1), mu_law(cadence(tones, pattern, 21)), silence(1)))
    spans, marks = heard(sound + white(sound.size / RATE, line), tmp_path)
    assert spans == ()
    assert [mark.kind for mark in marks] == ["ringback"]
    assert marks[0].start == pytest.approx(1.0, abs=0.15)
    assert marks[0].channel == 0


@pytest.mark.parametrize("country", BUSY)
def test_busy_and_dial_tones_are_tones(country: str, tmp_path: Path) -> None:
    tones, pattern = BUSY[country]
    spans, marks = heard(mu_law(cadence(tones, pattern, 8)), tmp_path)
    assert spans == ()
    assert [mark.kind for mark in marks] == ["tone"]
    assert marks[0].end - marks[0].start == pytest.approx(8, abs=0.7)


def test_a_single_ring_before_the_answer_is_ringing(tmp_path: Path, talk: Sound) -> None:
    spans, marks = heard(np.concatenate((cadence((425,), (1, 1), 2), talk[: 10 * RATE])), tmp_path)
    assert [(mark.kind, round(mark.start), round(mark.end)) for mark in marks] == [("ringback", 0, 1)]
    assert seconds_of(spans) > 7


@pytest.mark.parametrize(
    "sound", [line_sounds.keys("0123456789*#", 3), line_sounds.fax(11), cadence((1000,), (0.6, 2), 2.6)]
)
def test_keys_fax_and_beeps_are_tones(sound: Sound, tmp_path: Path) -> None:
    spans, marks = heard(np.concatenate((silence(1), sound)), tmp_path)
    assert spans == ()
    assert kinds(marks) == {"tone"}


@pytest.mark.parametrize("kind", MUSIC)
@pytest.mark.parametrize("line", ["as it is", "telephone"])
def test_hold_music_is_music_from_end_to_end_and_no_speech(kind: str, line: str, tmp_path: Path) -> None:
    music = MUSIC[kind](24)
    sound = np.concatenate((silence(3), mu_law(telephone(music)) if line == "telephone" else music, silence(3)))
    spans, marks = heard(sound, tmp_path)
    assert spans == ()
    assert [mark.kind for mark in marks] == ["music"]
    assert marks[0].start == pytest.approx(3, abs=1)
    assert marks[0].end == pytest.approx(27, abs=1)


@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("level", [0.0005, 0.005, 0.05])
def test_line_noise_holds_no_speech_and_no_music(kind: str, level: float, tmp_path: Path) -> None:
    spans, marks = heard(NOISE[kind](40, level), tmp_path)
    assert spans == ()
    assert kinds(marks) <= {"noise"}


@pytest.mark.parametrize("kind", ["white", "pink", "hum 50 Hz", "hum 60 Hz"])
def test_loud_steady_noise_is_marked(kind: str, tmp_path: Path) -> None:
    _, marks = heard(NOISE[kind](30, 0.03), tmp_path)
    assert [mark.kind for mark in marks] == ["noise"]
    assert marks[0].end - marks[0].start > 25


def test_nobody_speaks_in_near_silence(shared_data: Path, tmp_path: Path) -> None:
    call = decode_call([shared_data / "audio" / "near_silence.wav"], tmp_path)
    assert listen_channel(call.channels[0].path) == ((), ())


def test_people_over_quiet_music_are_heard_and_not_covered(tmp_path: Path, talk: Sound) -> None:
    alone, _ = heard(talk, tmp_path)
    loud = float(np.sqrt(np.mean(talk**2)))
    music = MUSIC["band"](talk.size / RATE)
    music *= loud / 4 / float(np.sqrt(np.mean(music**2)))
    spans, marks = heard(talk + music[: talk.size], tmp_path)
    assert seconds_of(spans) > 0.95 * seconds_of(alone)
    assert kinds(marks) <= {"music"}
    assert not any(mark.start < span.end - 0.1 and span.start + 0.1 < mark.end for mark in marks for span in spans)


def test_music_between_two_people_who_talk_is_marked_and_they_are_not(tmp_path: Path, talk: Sound) -> None:
    spans, marks = heard(np.concatenate((talk, MUSIC["melody"](20), talk)), tmp_path)
    length = talk.size / RATE
    assert kinds(marks) == {"music"}
    assert sum(mark.end - mark.start for mark in marks) == pytest.approx(20, abs=2.5)
    assert all(mark.start > length - 2 and mark.end < length + 22 for mark in marks)
    assert not any(span.start > length + 1 and span.end < length + 19 for span in spans)


@pytest.mark.parametrize("kind", ["white", "pink", "hum 50 Hz"])
@pytest.mark.parametrize("ratio", [10, 5])
def test_speech_in_noise_is_kept(kind: str, ratio: int, tmp_path: Path, talk: Sound) -> None:
    alone, _ = heard(talk, tmp_path)
    spoken = np.concatenate([talk[int(s.start * RATE) : int(s.end * RATE)] for s in alone])
    noise = NOISE[kind](talk.size / RATE, float(np.sqrt(np.mean(spoken**2))) / 10 ** (ratio / 20))
    spans, _ = heard(talk + noise[: talk.size], tmp_path)
    kept = sum(max(0.0, min(a.end, b.end) - max(a.start, b.start)) for a in alone for b in spans)
    assert kept > 0.95 * seconds_of(alone)


@pytest.mark.parametrize(
    "call", ["en-hard-no.wav", "ru-send-email.ogg", "ko-think-it-over.ogg", "zh-too-expensive.ogg"]
)
def test_people_are_never_marked(call: str, tmp_path: Path) -> None:
    for channel in decode_call([CALLS / call], tmp_path).channels:
        spans, marks = listen_channel(channel.path)
        assert marks == ()
        assert all(a.end <= b.start for a, b in pairwise(spans))


def test_the_same_sound_gives_the_same_marks_and_looking_can_be_stopped(tmp_path: Path) -> None:
    path = tmp_path / "channel.raw"
    samples(np.concatenate((cadence((440, 480), (2, 4), 12), MUSIC["chords"](70)))).tofile(path)
    marks = find_marks(path, channel=1)
    assert find_marks(path, channel=1) == marks
    assert [mark.kind for mark in marks] == ["ringback", "music"]
    with pytest.raises(Cancelled):
        find_marks(path, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        listen_channel(path, cancelled=lambda: True)


@pytest.mark.parametrize("count", [0, 1, 511, 512, 1024, 15 * 64 * 512, 15 * 64 * 512 + 1])
def test_any_length_can_be_looked_at(count: int, tmp_path: Path) -> None:
    path = tmp_path / "channel.raw"
    samples(white(count / RATE + 0.001, 0.01))[:count].tofile(path)
    spans, marks = listen_channel(path)
    assert spans == ()
    assert all(0 <= mark.start < mark.end <= count / RATE + 0.07 for mark in marks)

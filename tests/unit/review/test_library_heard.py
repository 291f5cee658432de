"""What counts as played, and the sound of a clip cut out of its call."""

from __future__ import annotations

import contextlib
import io
import random
from pathlib import Path

import av
import numpy as np
import pytest

from review.library.heard import allowed, believe, go_on_at, is_heard, lay_together, seconds_heard
from review.library.sound import NoSound, cut_sound
from review.library.words import cut_words, hide_names
from transcription.encode_child import encode
from transcription.speech import RATE
from transcription.transcript import Transcript, Turn, Word

SECONDS = 40


def test_pieces_are_laid_together() -> None:
    assert lay_together([[0, 2], [5, 7]], (1.9, 5.2), 6.0) == ((0.0, 6.0),)
    assert lay_together([], (3.0, 4.0), 10.0) == ((3.0, 4.0),)
    assert lay_together([[3.0, 4.0]], (4.2, 5.0), 10.0) == ((3.0, 5.0),), "players skip a frame where they go on"
    assert lay_together([[3.0, 4.0]], (8.0, 99.0), 10.0) == ((3.0, 4.0), (8.0, 10.0))
    assert lay_together([[3.0, 4.0]], None, 10.0) == ((3.0, 4.0),)


def test_the_order_of_reports_does_not_matter() -> None:
    pieces = [(float(at), at + 1.0) for at in range(20)]
    for seed in range(5):
        spans: tuple[tuple[float, float], ...] = ()
        for piece in random.Random(seed).sample(pieces, len(pieces)):
            spans = lay_together(spans, piece, 20.0)
        assert spans == ((0.0, 20.0),)


def test_a_report_claims_no_more_than_could_be_played() -> None:
    assert allowed(None, 0.0) == 20.0
    assert allowed(1.0, 2.0) == 7.0
    assert allowed(19.0, 1000.0) == 20.0
    assert allowed(3.0, -60.0) == 3.0, "a clock set back"
    assert believe(0.0, 100.0, 20.0) == (0.0, 20.0)
    assert believe(0.0, 4.0, 5.0) == (0.0, 4.0)
    assert believe(0.0, 4.0, 0.0) is None
    for start, end in ((3.0, 3.0), (4.0, 1.0), (-1.0, 4.0), (float("nan"), 1.0), (1.0, float("nan"))):
        assert believe(start, end, 20.0) is None


def test_a_clip_is_heard_but_for_its_edges() -> None:
    assert is_heard([(0.2, 9.9)], 10.0)
    assert is_heard([(2.0, 60.0)], 60.0)
    assert not is_heard([(0.0, 50.0)], 60.0)
    assert not is_heard([], 1.0)
    assert seconds_heard([(0.0, 2.5), (4.0, 5.0)]) == 3.5


@pytest.fixture(scope="module")
def call_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call in which every second sounds at its own pitch: 200 Hz and 20 Hz more for each second."""
    folder = tmp_path_factory.mktemp("sound")
    times = np.arange(RATE * SECONDS) / RATE
    sound = (np.sin(2 * np.pi * np.cumsum(200 + times.astype(int) * 20) / RATE) * 8000).astype("<i2")
    (folder / "left").write_bytes(sound.tobytes())
    (folder / "right").write_bytes(np.zeros_like(sound).tobytes())
    encode(
        {
            "channels": [str(folder / "left"), str(folder / "right")],
            "audio": str(folder / "audio.webm"),
            "peaks": str(folder / "peaks.json"),
        }
    )
    return folder / "audio.webm"


def pitches(content: bytes) -> list[float]:
    """The loudest pitch of each whole second."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
        rate = stream.rate
    left = np.concatenate([frame.reshape(-1, 2)[:, 0] if frame.shape[0] == 1 else frame[0] for frame in frames])
    found = []
    for second in range(len(left) // rate):
        piece = left[int((second + 0.2) * rate) : int((second + 0.8) * rate)]
        found.append(float(np.argmax(np.abs(np.fft.rfft(piece)))) / len(piece) * rate)
    return found


def test_a_cut_holds_its_stretch_and_nothing_else(call_sound: Path) -> None:
    whole = call_sound.read_bytes()
    cut = cut_sound(call_sound, 12.0, 18.06)
    assert [round(pitch / 10) * 10 for pitch in pitches(cut)] == [440, 460, 480, 500, 520, 540]
    assert len(cut) < len(whole) * 6.06 / SECONDS + 1000
    with av.open(io.BytesIO(cut)) as container:
        packets = [bytes(packet) for packet in container.demux() if packet.size]
    with av.open(str(call_sound)) as container:
        times = {bytes(packet): float(packet.pts * packet.time_base) for packet in container.demux() if packet.size}
    assert {packet for packet in packets if packet not in times} == set(), "copied, not made anew"
    assert min(times[packet] for packet in packets) >= 12.0
    assert max(times[packet] for packet in packets) <= 18.04


def test_a_cut_can_be_sought_in(call_sound: Path) -> None:
    with av.open(io.BytesIO(cut_sound(call_sound, 5.0, 25.0))) as container:
        assert container.duration == pytest.approx(20_000_000)
        container.seek(15_000_000)
        packet = next(iter(container.demux()))
        assert float(packet.pts * packet.time_base) == pytest.approx(15.0, abs=5.1)


def test_a_cut_beyond_the_end_and_of_no_sound(call_sound: Path, tmp_path: Path) -> None:
    assert len(pitches(cut_sound(call_sound, 38.0, 90.0))) in (1, 2)
    with pytest.raises(NoSound):
        cut_sound(call_sound, 90.0, 95.0)
    with pytest.raises(NoSound):
        cut_sound(call_sound, 4.0, 4.005)
    broken = tmp_path / "broken.webm"
    content = call_sound.read_bytes()
    for damaged in (b"", b"no sound at all", content[:3000], content[:40] + b"\0" * 400, b"\x1a\x45\xdf\xa3\x80" * 9):
        broken.write_bytes(damaged)
        with pytest.raises(NoSound):
            cut_sound(broken, 0.0, 60.0)


def test_damage_anywhere_is_told_and_never_a_fault(call_sound: Path, tmp_path: Path) -> None:
    content, broken = call_sound.read_bytes(), tmp_path / "broken.webm"
    dice = random.Random(7)
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(4):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        broken.write_bytes(damaged)
        with contextlib.suppress(NoSound):
            assert cut_sound(broken, 10.0, 12.0)


def test_only_words_inside_the_seconds() -> None:
    words = tuple(Word(text, at, at + 0.5, 0.9) for at, text in enumerate(["one", "two", "three", "four", "five"]))
    transcript = Transcript(
        turns=(Turn("rep", "one two three four five", 0.0, 5.0, words=words), Turn("client", "no times", 5.0, 9.0)),
        language="en",
    )
    assert cut_words(transcript, 1.0, 3.5) == "two three four"
    assert cut_words(transcript, 0.0, 9.0) == "one two three four five – no times"
    assert cut_words(transcript, 4.0, 6.0) == "five", "a turn without times of its words is not guessed at"
    assert cut_words(transcript, 0.0, 9.0, role="client") == "no times"


def test_a_clients_name_is_hidden_in_every_form() -> None:
    assert hide_names("Hello Ms Lindqvist, Lindqvists of Nordlys", ["Marta Lindqvist", "Nordlys"]) == (
        "Hello Ms […], […] of […]"
    )
    assert hide_names("здравствуйте, Петрову передайте", ["Пётр Петров"]) == "здравствуйте, […] передайте"
    assert hide_names("передайте Анне и Петра позовите", ["Анна Пётр"]) == "передайте […] и […] позовите"
    assert hide_names("это Анализ Анны", ["Анна"]) == "это Анализ […]"
    assert hide_names("我是王小明先生，叫我小明", ["王小明"]) == "我是[…]先生，叫我[…]"
    assert hide_names("김민수입니다, 민수씨는요", ["김민수"]) == "[…]입니다, […]씨는요"
    assert hide_names("an offer of Al", ["Al", None, ""]) == "an offer of Al"


def test_listening_goes_on_where_a_piece_is_missing() -> None:
    assert go_on_at([(0.0, 12.0)], 12.0, 60.0) == 12.0
    assert go_on_at([(0.0, 12.0), (30.0, 41.0)], 41.0, 60.0) == 41.0, "where it was left off"
    assert go_on_at([(0.0, 48.5), (50.0, 69.6)], 69.6, 69.66) == 48.5, "at the end there is nothing left to hear"
    assert go_on_at([(20.0, 69.6)], 69.6, 69.66) == 0.0
    assert go_on_at([], 69.6, 69.66) == 0.0

"""The generator's own parts: the telephone band, where turns are put, files that come out the same twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workers.demo import generate, telephone
from workers.demo.encode import write_recording
from workers.demo.manifest import sample_calls
from workers.demo.script import Line, read_scripts
from workers.demo.telephone import LEAD, RATE, narrow, record
from workers.demo.transcripts import timed_words
from workers.demo.voices import VOICES, NoSpeechProgram, Voice, speak

SCRIPT = next(script for script in read_scripts() if script.id == "en-quick-close")


def tone(frequency: float, seconds: float = 1.0, rate: int = 16000) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


def loudness(frequency: float) -> float:
    return float(np.sqrt(np.mean(narrow(tone(frequency), 16000) ** 2)))


def test_a_telephone_passes_the_voice_and_little_else() -> None:
    assert loudness(1000) > 0.6
    assert loudness(60) < 0.35 * loudness(1000)
    assert loudness(5000) < 0.001
    assert len(narrow(tone(1000), 16000)) == RATE


def test_lines_lie_where_the_script_puts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone, "speak", lambda text, voice: (tone(440, seconds=len(text)), 16000.0))
    lines = (Line("rep", "ab", 9.0), Line("client", "cde", 0.5), Line("rep", "f", 0.0, overlap=0.4))
    sound, placed = record(replace(SCRIPT, lines=lines))
    assert [(item.start, item.end) for item in placed] == [
        (LEAD, LEAD + 2),
        (pytest.approx(LEAD + 2.5), pytest.approx(LEAD + 5.5)),
        (pytest.approx(LEAD + 5.1), pytest.approx(LEAD + 6.1)),
    ]
    assert sound.shape == (2, round((LEAD + 6.1 + LEAD) * RATE))
    rep, client = np.abs(sound[:, round((LEAD + 3) * RATE) : round((LEAD + 4) * RATE)]).max(axis=1)
    assert client > 20 * rep


def test_word_times_share_out_the_turn() -> None:
    assert timed_words("one three", 2.0, 10.0) == [("one", 2.0, 5.0), ("three", 5.0, 10.0)]
    assert [word for word, _, _ in timed_words("您好，我是A4。", 0.0, 1.0)] == ["您", "好，", "我", "是", "A4。"]


@pytest.mark.parametrize("container", ["ogg", "webm", "wav"])
@pytest.mark.parametrize("count", [1, 2])
def test_the_same_sound_gives_the_same_file(tmp_path: Path, container: str, count: int) -> None:
    sound = (np.stack([tone(300 * (n + 1), 2, RATE) for n in range(count)]) * 20000).astype(np.int16)
    for name in ("one", "two"):
        write_recording(tmp_path / name, sound, container)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert 1000 < (tmp_path / "one").stat().st_size < 40_000


def test_a_missing_speech_program_is_named() -> None:
    with pytest.raises(NoSpeechProgram, match=r"no-such-voice-program.*apt-get install"):
        speak("hello", Voice("no-such-voice-program", "any"))


def test_a_call_is_made_again_the_same(tmp_path: Path) -> None:
    try:
        speak("hello", VOICES["peter"])
    except NoSpeechProgram as absent:
        pytest.skip(f"a sample call cannot be made again here: {absent}")
    for name in ("one", "two"):
        assert generate.main(["--out", str(tmp_path / name), SCRIPT.id]) == 0
    one, two = (tmp_path / name / "en-quick-close.ogg" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    shipped = next(call for call in sample_calls() if call.name == SCRIPT.id)
    made = json.loads((tmp_path / "one" / "calls.json").read_text(encoding="utf-8"))
    assert made[0]["seconds"] == pytest.approx(shipped.seconds, abs=0.5)


def test_an_unknown_script_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        generate.main(["no-such-call"])
    assert refused.value.code == 2
    assert "no-such-call" in capsys.readouterr().err

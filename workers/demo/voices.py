"""The voices of the sample calls: flite for English, espeak-ng for Russian, Korean and Chinese.

Both programs are needed only to make the sample calls again; the product never calls them. The English voices were
chosen by measuring what pocketsphinx understands of them over a telephone line (`python -m benchmarks.demo_speech`).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]


class NoSpeechProgram(RuntimeError):
    """A text-to-speech program is not installed; names it and says how to get it."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed; on Debian: apt-get install flite espeak-ng")
        self.program = program


@dataclass(frozen=True, slots=True)
class Voice:
    """A program with its voice name and arguments; `speed` above 1 speaks faster and higher, as a tape would."""

    program: str
    name: str
    arguments: tuple[str, ...] = ()
    speed: float = 1.0


def _flite(name: str, *, pitch: int | None = None, stretch: float | None = None, speed: float = 1.0) -> Voice:
    arguments: tuple[str, ...] = ()
    if pitch is not None:
        arguments += ("--setf", f"int_f0_target_mean={pitch}")
    if stretch is not None:
        arguments += ("--setf", f"duration_stretch={stretch}")
    return Voice("flite", name, arguments, speed)


def _espeak(name: str, *, pitch: int, words_per_minute: int) -> Voice:
    return Voice("espeak-ng", name, ("-p", str(pitch), "-s", str(words_per_minute)))


VOICES: Final[dict[str, Voice]] = {
    # English: American and Scottish recordings, each also a little higher or lower
    "peter": _flite("rms", pitch=110),
    "daniel": _flite("awb"),
    "robert": _flite("rms", pitch=140),
    "scottish": _flite("awb"),
    "scottish_low": _flite("awb", pitch=105),
    "american": _flite("rms"),
    "woman": _flite("slt", stretch=0.92, speed=0.92),
    "american_low": _flite("rms", pitch=90),
    # other languages: formant synthesis, plain to hear as a machine; their transcripts are imported
    "anna": _espeak("ru+f3", pitch=55, words_per_minute=165),
    "russian_man": _espeak("ru+m3", pitch=38, words_per_minute=155),
    "russian_woman": _espeak("ru+f2", pitch=70, words_per_minute=150),
    "minjun": _espeak("ko+m3", pitch=42, words_per_minute=160),
    "korean_woman": _espeak("ko+f2", pitch=65, words_per_minute=155),
    "korean_man": _espeak("ko+m7", pitch=30, words_per_minute=150),
    "wangfang": _espeak("cmn-latn-pinyin+f3", pitch=58, words_per_minute=165),
    "chinese_man": _espeak("cmn-latn-pinyin+m3", pitch=35, words_per_minute=155),
    "chinese_woman": _espeak("cmn-latn-pinyin+f2", pitch=72, words_per_minute=160),
}


def speak(text: str, voice: Voice) -> tuple[Samples, float]:
    """The text as mono samples in -1..1 and their rate in Hz. Raises NoSpeechProgram, CalledProcessError."""
    program = shutil.which(voice.program)
    if program is None:
        raise NoSpeechProgram(voice.program)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "turn.wav"
        if voice.program == "flite":
            command = [program, "-voice", voice.name, *voice.arguments, "-t", text, "-o", str(wav)]
        else:
            command = [program, "-v", voice.name, *voice.arguments, "-w", str(wav), text]
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(str(wav), "rb") as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64) / 32768
    return _without_silent_ends(samples, rate), rate * voice.speed


def _without_silent_ends(samples: Samples, rate: int) -> Samples:
    """Cut what lies 20 ms outside the first and last audible sample, so that the script alone sets the pauses."""
    audible = np.flatnonzero(np.abs(samples) > 0.01)
    if not len(audible):
        return samples
    margin = rate // 50
    return samples[max(0, audible[0] - margin) : audible[-1] + margin]

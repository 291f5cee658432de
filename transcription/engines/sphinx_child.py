"""A process of the stand-in engine: recognises English segments one after another, each as if it were the first.

Started by `transcription.engines.sphinx`. One JSON object a line comes in (file and samples), one goes out (words).
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from transcription.children import die_with_parent

DITHER: Final = 6.0
"""Standard deviation of the noise added, in int16 steps (about -75 dBFS). Telephone sound has nothing above 4 kHz and
synthetic pauses are digital silence; both are unlike the model's training speech. Measured on flite voices at 8 kHz,
percent of words wrong without and with it: rms 7.7 -> 6.2, awb 16.3 -> 13.3, slt 27.8 -> 25.4."""

FRAME_SECONDS: Final = 0.01
_MEMORY: Final = 512 * 1024 * 1024  # beyond the bare interpreter; a decoder with its model takes about 150 MB


def main() -> None:
    """Answer requests until standard input ends."""
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    memory = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    decoder = _load()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        samples = np.fromfile(request["path"], dtype="<i2", count=request["count"], offset=2 * request["first"])
        print(json.dumps({"words": list(recognise(decoder, samples))}), flush=True)


def recognise(decoder: Any, samples: np.ndarray[Any, np.dtype[np.int16]]) -> Iterator[tuple[str, float, float, float]]:
    """(word, start, end, confidence) of one segment; times in seconds from the segment's beginning.

    The confidence is the word's posterior probability in the recogniser's lattice, uncalibrated. Fillers (silence,
    noise, breath) are left out. Nothing of earlier segments is used: noise and cepstral means start afresh.
    """
    with warnings.catch_warnings():
        # Marked as unnecessary by its authors, yet it is what forgets the noise heard in earlier segments.
        warnings.simplefilter("ignore", DeprecationWarning)
        decoder.start_stream()
    noise = np.random.default_rng(0).normal(0.0, DITHER, samples.size)
    dithered = np.clip(np.rint(samples + noise), -32768, 32767).astype("<i2")
    decoder.start_utt()
    decoder.process_raw(dithered.tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    length = samples.size / 16_000
    for segment in decoder.seg() or ():
        word = spoken(segment.word)
        if word is None:
            continue
        end = min(length, (segment.end_frame + 1) * FRAME_SECONDS)
        start = min(end, segment.start_frame * FRAME_SECONDS)
        yield word, round(start, 3), round(end, 3), round(min(1.0, max(0.0, float(segment.prob))), 4)


def spoken(entry: str) -> str | None:
    """The word a dictionary entry stands for, None for fillers: "read(2)" is "read", "<sil>" is nothing."""
    if entry.startswith(("<", "[", "+")):
        return None
    word = entry.partition("(")[0]
    return "I" + word[1:] if word == "i" or word.startswith("i'") else word or None


def _load() -> Any:
    from pocketsphinx import Config, Decoder

    return Decoder(Config(loglevel="FATAL"))


if __name__ == "__main__":
    main()

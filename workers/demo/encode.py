"""Writing recordings as small files: Opus in Ogg or WebM, or mu-law WAV as telephone exchanges write it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import av
import numpy as np
from numpy.typing import NDArray

from workers.demo.telephone import RATE

OPUS_BITS_PER_CHANNEL: Final = 12_000  # per second
SUFFIXES: Final = {"ogg": ".ogg", "webm": ".webm", "wav": ".wav"}


def write_recording(path: Path, channels: NDArray[np.int16], container: str) -> None:
    """Write `(channels, samples)` int16 at 8 kHz to `path`; the same samples give the same bytes."""
    layout = "stereo" if len(channels) == 2 else "mono"
    codec = "pcm_mulaw" if container == "wav" else "libopus"
    # bitexact: no random stream serial and no writer's version in the file
    options = {"flags": "+bitexact"}
    if codec == "libopus" and len(channels) == 2:
        # Each person in a stream of their own: joint stereo lets one be heard on the other's channel at -45 dBFS.
        options["mapping_family"] = "255"
    with av.open(str(path), "w", format=container, container_options={"fflags": "+bitexact"}) as output:
        stream = cast(av.AudioStream, output.add_stream(codec, rate=RATE, options=options))
        stream.layout = layout
        stream.codec_context.layout = layout
        if codec == "libopus":
            stream.bit_rate = OPUS_BITS_PER_CHANNEL * len(channels)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channels.T.reshape(1, -1)), format="s16", layout=layout)
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)

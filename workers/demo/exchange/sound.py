"""The recording as a telephone exchange writes it: WAV, 8 kHz, both people in one file."""

from __future__ import annotations

import io
from pathlib import Path

RATE = 8000  # Hz


def as_wav(recording: Path) -> bytes:
    """A shipped recording as the bytes of a 16-bit PCM WAV, as many channels as it has. Tens of milliseconds."""
    import av

    written = io.BytesIO()
    with av.open(str(recording)) as source, av.open(written, "w", format="wav") as target:
        heard = source.streams.audio[0]
        layout = heard.codec_context.layout.name
        stream = target.add_stream("pcm_s16le", rate=RATE)
        stream.codec_context.layout = layout
        change = av.AudioResampler(format="s16", layout=layout, rate=RATE)
        for frame in source.decode(heard):
            for piece in change.resample(frame):
                target.mux(stream.encode(piece))
        for piece in change.resample(None):
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return written.getvalue()

"""What is worth knowing about a call's sound before trusting its words: facts in round figures, and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LEAST_ABOVE_NOISE: Final = 20.0
"""dB between the mean level and the noise floor under which a recording is called noisy: clear telephone calls here
measure 25 to 50, a recording of a room without a speaker 2."""

MOST_CLIPPING: Final = 0.001
"""Share of samples at full scale from which clipping is heard as crackle."""

MOST_ECHO: Final = 0.3
"""Echo (0..1) from which one side is plainly heard in the other's channel."""

LEAST_BAND: Final = 2500.0
"""Hz: speech that ends below this has lost the sounds that tell "s" from "f"; the telephone's own band ends at 3400."""


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """`above_noise` in dB, `band` and `rate` in kHz; None where nothing was measured. `remarks` are short codes."""

    codec: str | None
    rate: float | None
    channels: int | None
    band: float | None
    above_noise: float | None
    remarks: tuple[str, ...]


def read_audio(quality: Mapping[str, Any] | None) -> AudioFacts | None:
    """The facts in a transcript's `quality`, None when the call came without sound."""
    if not quality or quality.get("rate") is None:
        return None
    level, floor = quality.get("rms_dbfs"), quality.get("noise_floor_dbfs")
    above = None if level is None or floor is None else level - floor
    band = quality.get("bandwidth_hz")
    silent = len(quality.get("silent_channels") or ())
    remarks = (
        ("same_sound", bool(quality.get("dual_mono"))),
        ("silent_side", silent > 0),
        ("noisy", above is not None and above < LEAST_ABOVE_NOISE),
        ("clipped", (quality.get("clipping") or 0.0) > MOST_CLIPPING),
        ("echo", (quality.get("echo") or 0.0) > MOST_ECHO),
        ("narrow", band is not None and band < LEAST_BAND),
    )
    return AudioFacts(
        codec=quality.get("codec"),
        rate=quality["rate"] / 1000,
        channels=quality.get("channels"),
        band=None if band is None else band / 1000,
        above_noise=above,
        remarks=tuple(code for code, holds in remarks if holds),
    )

"""Speech engines behind one Protocol: choose one, load it, keep it. Nothing heavy is imported until an engine loads."""

from __future__ import annotations

from transcription.engines.choice import choose_engine, describe_engines, is_english, load_engine
from transcription.engines.protocol import (
    DEFAULT_MODEL,
    Accuracy,
    Engine,
    EngineChoice,
    EngineName,
    EngineRequest,
    EngineState,
)

__all__ = [
    "DEFAULT_MODEL",
    "Accuracy",
    "Engine",
    "EngineChoice",
    "EngineName",
    "EngineRequest",
    "EngineState",
    "choose_engine",
    "describe_engines",
    "is_english",
    "load_engine",
]

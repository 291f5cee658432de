"""What a speech engine is: the Protocol each adapter fulfils, and the frozen types used to ask for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from transcription.coming import ComingSpeech
from transcription.speech import Recognition, SpokenChannel

EngineName = Literal["auto", "whisper", "sphinx", "imported"]

Accuracy = Literal["normal", "high"]
"""How much care an engine takes: `high` is slower, and an engine that knows only one way of working takes that."""

DEFAULT_MODEL = "small"
"""The Whisper model taken when nobody names one."""

Progress = Callable[[float], None]
"""Called with the share 0..1 of speech already recognised."""

Cancelled = Callable[[], bool]
"""Asked between segments; True stops the engine with `transcription.errors.Cancelled`."""


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """What the caller wants; `model` is a local folder or a hub name, `language` None means not known."""

    engine: EngineName = "auto"
    model: str | None = None
    language: str | None = None
    models_dir: Path | None = None
    hub_timeout: float = 3.0


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine will run, with which model, and why, in words a user reads on the transcript."""

    name: str
    model: str
    reason: str
    models_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class EngineState:
    """One line of `callcoach doctor`: could this engine run now, and if not, why."""

    name: str
    available: bool
    model: str
    why: str


class Engine(Protocol):
    """A loaded speech engine. Loading is expensive: the caller keeps it for many calls."""

    @property
    def name(self) -> str:
        """Short name as stored on the transcript."""

    @property
    def model(self) -> str:
        """The model's name and version as stored on the transcript."""

    @property
    def draft(self) -> bool:
        """True when the engine is a stand-in whose words need care."""

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        hotwords: Sequence[str] = (),
        accuracy: Accuracy = "normal",
    ) -> Recognition:
        """Words of every channel's spans. The same input gives the same result.

        `hotwords` are names likely to be said (products, the client); an engine may listen for them where it is
        unsure, or not at all.

        Raises Cancelled, NeedsModel (the language is not one the engine can do) and EngineFailed.
        """


@runtime_checkable
class ComingEngine(Protocol):
    """What an engine may know beside: beginning on the first speech of a call while the rest is still listened to."""

    def can_begin(self, language: str | None, accuracy: Accuracy) -> bool:
        """Whether it can for such a call."""

    def recognise_coming(
        self,
        coming: ComingSpeech,
        language: str,
        *,
        on_progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        hotwords: Sequence[str] = (),
    ) -> Recognition:
        """The same answer as `recognise` gives when all spans are known. Raises also what listening failed with."""

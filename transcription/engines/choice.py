"""Which engine runs and why: whisper if a model can be had, sphinx for known English, else an honest refusal."""

from __future__ import annotations

import importlib.util

from transcription.engines.protocol import DEFAULT_MODEL, Engine, EngineChoice, EngineRequest, EngineState
from transcription.errors import NeedsModel
from transcription.speech import primary_language

SPHINX_MODEL = "en-us"


def choose_engine(request: EngineRequest) -> EngineChoice:
    """The engine that will run for this request, and why. Raises NeedsModel when none can do it honestly.

    May ask the model hub whether it answers (at most `hub_timeout` seconds); fetches and loads nothing.
    """
    if request.engine == "whisper":
        return _whisper(request)
    if request.engine == "sphinx":
        return _sphinx(request, "asked for by name")
    if request.engine == "imported":
        return EngineChoice("imported", "", "the transcript came with the call")
    try:
        return _whisper(request)
    except NeedsModel as missing:
        if is_english(request.language) and _sphinx_installed():
            return _sphinx(request, f"stand-in for a known-English call: {missing.reason}")
        raise


def load_engine(choice: EngineChoice, *, threads: int | None = None) -> Engine:
    """Load the chosen engine; seconds to minutes, so the caller keeps it. Raises NeedsModel or EngineFailed.

    `threads` is how many processor cores it may use; None means all of this process's.
    """
    if choice.name == "whisper":
        from transcription.engines.whisper import WhisperEngine

        return WhisperEngine.load(choice.model, models_dir=choice.models_dir, threads=threads)
    if choice.name == "sphinx":
        from transcription.engines.sphinx import SphinxEngine

        return SphinxEngine(workers=threads)
    raise NeedsModel(
        f"There is no engine to load for '{choice.name}'.",
        "An imported transcript is read by engines.imported instead.",
    )


def describe_engines(request: EngineRequest) -> list[EngineState]:
    """What each engine would do for this request, for `callcoach doctor`."""
    states = []
    for name, make in (("whisper", _whisper), ("sphinx", lambda r: _sphinx(r, "installed"))):
        try:
            choice = make(request)
        except NeedsModel as missing:
            states.append(EngineState(name, False, request.model or "", f"{missing.reason} {missing.advice}"))
        else:
            states.append(EngineState(name, True, choice.model, choice.reason))
    return states


def is_english(language: str | None) -> bool:
    """True when the language is known to be English ("en", "en-US"); unknown is not English."""
    return primary_language(language) == "en"


def _whisper(request: EngineRequest) -> EngineChoice:
    from transcription.engines.whisper_models import find_model

    model = request.model or DEFAULT_MODEL
    found = find_model(model, models_dir=request.models_dir, hub_timeout=request.hub_timeout)
    return EngineChoice("whisper", model, found.why, models_dir=request.models_dir)


def _sphinx(request: EngineRequest, why: str) -> EngineChoice:
    if not _sphinx_installed():
        raise NeedsModel("The stand-in engine pocketsphinx is not installed.", "Install the package 'pocketsphinx'.")
    if not is_english(request.language):
        said = f"the language is {request.language}" if request.language else "the language is not known"
        raise NeedsModel(
            f"The stand-in engine understands only English and {said}.",
            "Say that the call is English (the source's language, or --language en), or provide a Whisper model.",
        )
    return EngineChoice("sphinx", SPHINX_MODEL, why)


def _sphinx_installed() -> bool:
    return importlib.util.find_spec("pocketsphinx") is not None

"""What a command says when it cannot do what it was asked: named refusals and the exit codes of the contract."""

from __future__ import annotations

import importlib

DONE = 0
OUR_FAULT = 1
BAD_INPUT = 2
DONE_IN_PART = 3

# Errors whose text is written for the person at the terminal. Named here rather than imported: a command that
# succeeds never pays for the libraries behind them.
FOR_THE_USER = (
    "review.bad_setting.BadSetting",
    "review.errors.ReviewError",
    "review.migrations.run.NewerDatabase",
    "review.services.people.BadRep",
    "review.services.passwords.WeakPassword",
    "review.services.sources.UnknownSource",
    "review.services.tokens.BadToken",
    "review.services.users.BadUser",
    "scoring.facts.NotFacts",
    "scoring.learning.store.ModelRefused",
    "scoring.standards.StandardNotFound",
    "scoring.yaml_source.SourceInvalid",
    "transcription.errors.TranscriptionError",
    "workers.bundles.BadFactsFile",
    "workers.embedded_redis.RedisUnavailable",
)

OURS = ("transcription.errors.EngineFailed", "transcription.errors.MachineLimit")
"""Of those, the ones that are no fault of what was given."""


class CommandRefused(Exception):
    """The command cannot run as asked; str() is one sentence for the person at the terminal."""

    def __init__(self, sentence: str, exit_code: int = BAD_INPUT) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def sentence_for(error: Exception) -> tuple[str, int] | None:
    """The sentence and exit code for an error the person can act on; None when the fault is ours."""
    if isinstance(error, CommandRefused):
        return one_line(str(error)), error.exit_code
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if names.intersection(OURS):  # nothing in the input can be changed to mend it
        return one_line(str(error)), OUR_FAULT
    if names.intersection(FOR_THE_USER):
        return one_line(str(error)), BAD_INPUT
    if names.intersection(("sqlalchemy.exc.OperationalError", "sqlalchemy.exc.ArgumentError")):
        return _about_database(error), BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        return one_line(f"{error.filename}: {(error.strerror or str(error)).lower()}"), BAD_INPUT
    return None


def missing_names() -> list[str]:
    """Entries of FOR_THE_USER that name no class (for the test that keeps the list true)."""
    missing = []
    for path in FOR_THE_USER:
        module, _dot, name = path.rpartition(".")
        if not hasattr(importlib.import_module(module), name):
            missing.append(path)
    return missing


def one_line(text: str) -> str:
    """The text on one line, so that standard error stays one sentence a fault."""
    return " ".join(text.split())


def _about_database(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    why = one_line(str(original))
    if "no such table" in why or "does not exist" in why:
        return "the database is not set up for this version: run `callcoach migrate`."
    return f"the database cannot be used ({why or type(error).__name__}): check CALLCOACH_DATABASE_URL."

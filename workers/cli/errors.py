"""What a command says when it cannot do what it was asked: named refusals and the exit codes of the contract."""

from __future__ import annotations

DONE = 0
OUR_FAULT = 1
BAD_INPUT = 2
DONE_IN_PART = 3


class CommandRefused(Exception):
    """The command cannot run as asked; str() is one sentence for the person at the terminal.

    `exit_code` is BAD_INPUT unless the fault is on our side of the counter.
    """

    def __init__(self, sentence: str, exit_code: int = BAD_INPUT) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def sentence_for(error: Exception) -> tuple[str, int] | None:
    """The sentence and exit code for an error the person can act on; None when the fault is ours.

    Imports the error classes only here: a command that succeeds never pays for them.
    """
    if isinstance(error, CommandRefused):
        return one_line(str(error)), error.exit_code
    from review.settings import BadSetting

    if isinstance(error, BadSetting):
        return one_line(str(error)), BAD_INPUT
    for base in _expected_errors():
        if isinstance(error, base):
            return one_line(str(error)), BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        return one_line(f"{error.filename}: {(error.strerror or str(error)).lower()}"), BAD_INPUT
    return None


def one_line(text: str) -> str:
    """The text on one line, so that standard error stays one sentence a fault."""
    return " ".join(text.split())


def _expected_errors() -> tuple[type[Exception], ...]:
    from transcription.errors import TranscriptionError

    return (TranscriptionError,)

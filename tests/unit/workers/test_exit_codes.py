"""Which exit code an error gets: the input's faults are 2, our own are 1."""

from __future__ import annotations

import pytest

from transcription.errors import EngineFailed, NeedsModel, TranscriptionError, UnreadableAudio
from workers.cli.errors import BAD_INPUT, OUR_FAULT, CommandRefused, sentence_for


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreadableAudio("it is empty"), BAD_INPUT),
        (NeedsModel("There is no model.", "Give one."), BAD_INPUT),
        (EngineFailed("sphinx", "its process ended"), OUR_FAULT),
        (CommandRefused("Done in part.", 3), 3),
        (FileNotFoundError(2, "No such file or directory", "x.wav"), BAD_INPUT),
    ],
)
def test_each_error_has_its_sentence_and_code(error: Exception, code: int) -> None:
    known = sentence_for(error)
    assert known is not None
    sentence, got = known
    assert got == code
    assert sentence
    assert "\n" not in sentence


def test_a_fault_of_ours_is_not_dressed_up_as_advice() -> None:
    assert sentence_for(KeyError("role")) is None
    assert issubclass(EngineFailed, TranscriptionError)

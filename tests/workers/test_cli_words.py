"""The commands about words: transcribe masks and writes files, retranscribe sends drafts round, rights are granted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from docx import Document

import transcription.engines
from review.models import Call
from tests.factories import store_words, wav_bytes
from tests.workers.installation import Installation
from transcription.engines import EngineChoice, EngineRequest
from transcription.errors import NeedsModel
from transcription.speech import Recognition, SpokenChannel, Utterance
from transcription.transcript import Word
from workers.cli.main import main
from workers.demo.manifest import sample_calls

CARD = ("my", "card", "number", "is", "5105", "1051", "0510", "5100")


class CardEngine:
    """Hears a card number in the first span of each channel, and remembers what it was told."""

    name, model, draft = "whisper", "small", False

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        **more: Any,
    ) -> Recognition:
        """The card number, word by word."""
        self.told = more
        lanes = []
        for channel in channels:
            spans = channel.spans[:1]
            lanes.append(tuple(Utterance(span, _spread(span.start, span.end)) for span in spans))
        return Recognition(tuple(lanes), language)


def _spread(start: float, end: float) -> tuple[Word, ...]:
    step = (end - start) / len(CARD)
    return tuple(Word(text, start + n * step, start + (n + 1) * step, 0.9) for n, text in enumerate(CARD))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CardEngine:
    """The only engine there is."""
    made = CardEngine()
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(transcription.engines, "choose_engine", lambda _request: EngineChoice("whisper", "small", ""))
    monkeypatch.setattr(transcription.engines, "load_engine", lambda _choice, **_more: made)
    return made


@pytest.fixture(scope="module")
def recording() -> str:
    """A sample call in one file."""
    return str(next(call for call in sample_calls() if call.language == "en" and len(call.files) == 1).files[0])


@pytest.mark.parametrize("form", ["json", "txt", "srt", "vtt"])
def test_private_numbers_are_masked_unless_asked_for(
    engine: CardEngine, recording: str, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert main(["transcribe", recording, "--language", "en", "--format", form]) == 0
    said = capsys.readouterr().out
    assert "[card]" in said
    assert "5105" not in said
    assert main(["transcribe", recording, "--language", "en", "--format", form, "--keep-private"]) == 0
    assert "5105" in capsys.readouterr().out
    if form == "json":
        assert {item["kind"] for item in json.loads(said)["redactions"]} == {"card"}


def test_a_word_document_is_written_to_a_file(
    engine: CardEngine, recording: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "call.docx"
    assert main(["transcribe", recording, "--language", "en", "--format", "docx", "--output", str(path)]) == 0
    assert capsys.readouterr().out == ""
    document = Document(io.BytesIO(path.read_bytes()))
    assert "[card]" in document.tables[0].rows[1].cells[2].text
    first = path.read_bytes()
    assert main(["transcribe", recording, "--language", "en", "--format", "docx", "--output", str(path)]) == 0
    assert path.read_bytes() == first, "the same input must give the same bytes"


def test_a_place_that_cannot_be_written_is_said_before_the_work(
    engine: CardEngine, recording: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place, why in ((tmp_path, "it is a folder"), (tmp_path / "none" / "x.txt", "there is no such folder")):
        assert main(["transcribe", recording, "--language", "en", "--output", str(place)]) == 2
        assert why in capsys.readouterr().err
    assert engine.told == {}


def test_what_is_known_reaches_the_engine(engine: CardEngine, recording: str) -> None:
    command = ["transcribe", recording, "--language", "en", "--accuracy", "high"]
    assert main([*command, "--hotwords", "Nordhem desk, Stillo", "--hotwords", "Marta"]) == 0
    assert engine.told["accuracy"] == "high"
    assert tuple(engine.told["hotwords"])[:3] == ("Nordhem desk", "Stillo", "Marta")


@pytest.fixture
def command(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation that commands of this process work on."""
    for name, value in installation.environment().items():
        if name.startswith("CALLCOACH_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("CALLCOACH_ENGINE", "auto")
    return installation


def _draft(installation: Installation, name: str) -> int:
    call_id = installation.accept_audio(name, wav_bytes(0.3)).call_id
    with installation.database.session() as session:
        call = session.get_one(Call, call_id)
        store_words(session, call, state="scored", engine="sphinx", model="en-us", draft=True)
        call.speech_rank = 0
    return call_id


def test_drafts_are_told_and_sent(
    command: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _draft(command, "first"), _draft(command, "second")

    def none(_request: EngineRequest) -> EngineChoice:
        raise NeedsModel("The hub does not answer.", "Copy a model.")

    monkeypatch.setattr(transcription.engines, "choose_engine", none)
    assert main(["retranscribe"]) == 0
    assert "no better speech model is there: The hub does not answer." in capsys.readouterr().out
    assert main(["retranscribe", "--all"]) == 0
    assert "no call was sent" in capsys.readouterr().out
    assert command.state(first) == "scored"

    monkeypatch.setattr(
        transcription.engines, "choose_engine", lambda _request: EngineChoice("whisper", "small", "found")
    )
    assert main(["retranscribe"]) == 0
    assert "2 calls could be transcribed better with small" in capsys.readouterr().out
    assert command.state(first) == "scored", "telling must not send"
    assert main(["retranscribe", str(first)]) == 0
    assert "1 call will be transcribed again" in capsys.readouterr().out
    assert (command.state(first), command.state(second)) == ("received", "scored")
    assert main(["retranscribe", "--all"]) == 0
    assert "1 call will be transcribed again with small" in capsys.readouterr().out
    assert command.state(second) == "received"
    assert main(["retranscribe"]) == 0
    assert "0 of 2 calls sent round are done" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "said"), [(["1", "--all"], "not both"), (["99999"], "no call 99999")])
def test_calls_that_cannot_go_are_one_sentence(
    command: Installation, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["retranscribe", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_right_is_granted_shown_and_taken_away(command: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "add", "lead@example.com", "--role", "quality_lead", "--generate"]) == 0
    capsys.readouterr()
    assert main(["user", "grant", "lead@example.com", "see_originals"]) == 0
    assert "audit log" in capsys.readouterr().out
    assert main(["user", "list"]) == 0
    assert "may: see_originals" in capsys.readouterr().out
    assert main(["user", "revoke", "lead@example.com", "see_originals"]) == 0
    capsys.readouterr()
    assert main(["user", "list"]) == 0
    assert "see_originals" not in capsys.readouterr().out
    assert main(["user", "grant", "nobody@example.com", "see_originals"]) == 2
    assert "nobody@example.com" in capsys.readouterr().err

"""`callcoach score` quotes no private number of the transcript it is given, unless it is told to."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from workers.cli import score

TURNS = [
    {"role": "rep", "text": "Hello, this is Megan from Northgate, how can I help?"},
    {
        "role": "client",
        "text": "It's too expensive, but fine. My card number is 4242 4242 4242 4242, is that a problem?",
    },
    {"role": "rep", "text": "I understand. So 4242 4242 4242 4242 it is, when shall we deliver?"},
]


@pytest.mark.parametrize("form", ["json", "text"])
def test_quotes_show_masks(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps({"turns": TURNS}))
    parser = argparse.ArgumentParser()
    score.add_arguments(parser)
    assert score.run(parser.parse_args([str(path), "--format", form])) == 0
    assert "4242" not in capsys.readouterr().out
    assert score.run(parser.parse_args([str(path), "--format", form, "--keep-private"])) == 0
    kept = capsys.readouterr().out
    assert "4242" in kept or form == "text"

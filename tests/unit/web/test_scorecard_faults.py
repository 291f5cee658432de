"""What is wrong with a scorecard's draft: every sentence the reader of standards has, has a form to translate."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import scoring.standard_criteria
import scoring.standard_reading
import scoring.yaml_source
from review.scorecards.bodies import Fault
from web.reading import scorecard_faults


@pytest.fixture(autouse=True)
def _plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorecard_faults, "_", lambda text, **values: text % values if values else text)


def _sentences() -> list[tuple[str, str]]:
    """(problem, fix) of every `.wrong(...)` and SourceInvalid in the readers, with each piece filled in as `x`."""
    found = []
    for module in (scoring.yaml_source, scoring.standard_criteria, scoring.standard_reading):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            wrong = isinstance(node.func, ast.Attribute) and node.func.attr == "wrong"
            if wrong and len(node.args) == 2:
                found.append((_text(node.args[0]), _text(node.args[1])))
    return found


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else _value(part) for part in node.values)
    return "use one of: 7"


def _value(part: ast.expr) -> str:
    bounds = isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.BoolOp)
    return "at least 7" if bounds else "7"


@pytest.mark.parametrize(("problem", "fix"), _sentences())
def test_every_sentence_of_the_reader_has_a_form_of_its_own(problem: str, fix: str) -> None:
    said = scorecard_faults.fault_words(Fault(path=(), problem=problem, fix=fix))
    assert said != f"{problem[:1].upper()}{problem[1:]}; {fix}."


def test_bounds_are_told() -> None:
    fault = Fault(path=(), problem="'weight' is -5", fix="write a number of at least 0 and at most 10000")
    assert scorecard_faults.fault_words(fault) == "“weight” is -5: write a number from 0 to 10000."

"""docs/standards.md speaks of what there is: each detector, level, setting, stage and command."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from scoring.assessment import STAGES
from scoring.detectors.catalogue import DETECTORS, DetectorSpec
from scoring.standard_parts import KINDS, MODES
from scoring.standards import load_standard, read_standard
from workers.cli import rescore, standards

PAGE = (Path(__file__).parents[3] / "docs" / "standards.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("spec", DETECTORS.values(), ids=lambda spec: spec.name)
def test_every_detector_is_in_the_table(spec: DetectorSpec) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{spec.name}` |"))
    for level in spec.levels:
        assert level in row
    for setting in {*spec.required, *spec.optional} - {"window"}:
        assert f"`{setting}`" in row


def test_every_stage_and_command_is_named() -> None:
    for stage in STAGES:
        assert stage in PAGE
    for module, acts in ((standards, ("list", "show", "export", "check", "import")), (rescore, ("--all", "--source"))):
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        for act in acts:
            assert f"callcoach {module.NAME} {act}" in PAGE or f"`{act} " in PAGE


def test_the_example_of_who_answers_is_one_that_can_be_read() -> None:
    example = re.search(r"      - id: price_calm\n.*?(?=```)", PAGE, re.DOTALL)
    assert example is not None
    text = load_standard("cold-call").source_text.rstrip() + "\n" + example[0]
    made = read_standard(text, "example.yaml").sections[-1].criteria[-1]
    assert (made.kind, made.mode, made.mandatory, made.na_allowed) == ("yes_no", "suggest", True, False)
    for kind in KINDS:
        assert f"| `{kind}` |" in PAGE
    for mode in MODES:
        assert f"mode: {mode}" in PAGE or f"`{mode}`" in PAGE

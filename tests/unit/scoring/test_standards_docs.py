"""docs/standards.md speaks of what there is: each detector, level, setting, stage and command."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from scoring.assessment import STAGES
from scoring.detectors.catalogue import DETECTORS, DetectorSpec
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

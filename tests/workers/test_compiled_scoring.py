"""Compiled scoring says what plain scoring says, to the byte, and children of the supervisor run on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from review.settings import process_environment, read_settings
from workers.compiled.building import compile_scoring
from workers.compiled.place import CODE, compiled_folder, environment_with
from workers.processes import make_supervisor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: compiled scoring is not tested"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    # Without optimisation the compiler takes a fraction of the time; what the code does is the same.
    compile_scoring(folder, process_environment(read_settings({"CALLCOACH_DATA": str(folder)})), optimisation="0")
    return folder


def _digests(environment: Mapping[str, str]) -> dict[str, Any]:
    script = CODE / "tests" / "workers" / "compiled_digests.py"
    env = {**os.environ, "PYTHONPATH": str(CODE), "PYTHONSAFEPATH": "1", **environment}
    done = subprocess.run([sys.executable, str(script)], env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_assessment_is_the_same_bytes(data: Path) -> None:
    plain = _digests({"PYTHONHASHSEED": "1"})
    compiled = _digests({"PYTHONHASHSEED": "2", **environment_with(compiled_folder(data))})
    assert plain["engine"].endswith("engine.py")
    assert compiled["engine"].startswith(str(data))
    assert not compiled["engine"].endswith(".py")
    assert len(plain["found"]) > 60
    assert compiled["found"] == plain["found"]


def test_it_is_made_once_for_the_same_code(data: Path) -> None:
    before = compiled_folder(data)
    assert before is not None
    made = before.stat().st_mtime_ns
    assert compile_scoring(data, {}) == before
    assert before.stat().st_mtime_ns == made


def test_workers_run_on_it_but_not_while_the_code_is_being_changed(data: Path) -> None:
    settings = read_settings({"CALLCOACH_DATA": str(data)})
    lines: list[str] = []
    assert make_supervisor(settings, lines.append).environment["PYTHONPATH"].startswith(str(compiled_folder(data)))
    reloading = make_supervisor(settings, lines.append, reload=True)
    assert str(data / "compiled") not in reloading.environment.get("PYTHONPATH", "")

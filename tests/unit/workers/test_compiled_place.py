"""Compiled scoring is used only where it was made from exactly the code that is here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from review.settings import read_settings
from workers import processes
from workers.compiled import building
from workers.compiled.building import CannotCompile, compile_scoring
from workers.compiled.modules import compiled_modules
from workers.compiled.place import CODE, compiled_folder, environment_with, fingerprint, place_for


@pytest.fixture
def code(tmp_path: Path) -> Path:
    root = tmp_path / "code"
    (root / "scoring" / "packs").mkdir(parents=True)
    (root / "transcription").mkdir()
    (root / "scoring" / "engine.py").write_text("LIMIT = 1\n")
    (root / "scoring" / "packs" / "pack.yaml").write_text("version: 1\n")
    (root / "transcription" / "transcript.py").write_text("")
    return root


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scoring/engine.py", "LIMIT = 2\n"),
        ("scoring/packs/pack.yaml", "version: 2\n"),
        ("scoring/moved.py", "LIMIT = 1\n"),
        ("transcription/transcript.py", "Word = tuple\n"),
    ],
)
def test_any_change_of_its_sources_makes_it_unfit(code: Path, tmp_path: Path, name: str, text: str) -> None:
    place = place_for(tmp_path, code)
    place.mkdir(parents=True)
    assert compiled_folder(tmp_path, code) == place
    (code / name).write_text(text)
    assert compiled_folder(tmp_path, code) is None


def test_what_python_leaves_behind_changes_nothing(code: Path) -> None:
    before = fingerprint(code)
    (code / "scoring" / "__pycache__").mkdir()
    (code / "scoring" / "__pycache__" / "engine.pyc").write_bytes(b"\0")
    assert fingerprint(code) == before


def test_without_it_a_process_starts_as_ever() -> None:
    assert environment_with(None) == {}


def test_with_it_a_process_finds_it_before_the_plain_code(tmp_path: Path) -> None:
    found = environment_with(tmp_path, CODE)
    assert found["PYTHONPATH"].split(os.pathsep) == [str(tmp_path), str(CODE)]
    assert found["PYTHONSAFEPATH"] == "1"


def test_a_search_path_of_the_persons_own_stays_behind_it(tmp_path: Path) -> None:
    found = environment_with(tmp_path, CODE, before="/srv/plugins")
    assert found["PYTHONPATH"].split(os.pathsep) == [str(tmp_path), str(CODE), "/srv/plugins"]


def test_the_supervisor_hands_a_search_path_on(code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/srv/plugins")
    monkeypatch.setattr(processes, "compiled_folder", lambda _data: code)
    settings = read_settings({"CALLCOACH_DATA": str(tmp_path)})
    path = processes.make_supervisor(settings, print).environment["PYTHONPATH"].split(os.pathsep)
    assert path[0] == str(code)
    assert path[-1] == "/srv/plugins"


def test_what_judges_a_call_is_compiled_and_what_trains_is_not() -> None:
    modules = set(compiled_modules(CODE))
    assert {"scoring/engine.py", "scoring/matching.py", "scoring/languages/korean.py"} <= modules
    assert not {"scoring/yaml_source.py", "scoring/__init__.py", "scoring/learning/text_model.py"} & modules


def test_without_a_compiler_it_says_what_to_install_and_leaves_nothing(
    code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building.shutil, "which", lambda _name: None)
    data = tmp_path / "data"
    with pytest.raises(CannotCompile, match="apt install gcc"):
        compile_scoring(data, {}, code=code)
    assert not data.exists()


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")
def test_a_compiler_that_gives_up_is_quoted_and_leaves_nothing(code: Path, tmp_path: Path) -> None:
    (code / "scoring" / "__init__.py").write_text("")
    (code / "scoring" / "engine.py").write_text("LIMIT: int = 'a word'\n")
    data = tmp_path / "data"
    environment = {**environment_with(CODE), "PATH": os.defpath}
    with pytest.raises(CannotCompile, match=r"engine\.py"):
        compile_scoring(data, environment, code=code)
    assert list((data / "compiled").iterdir()) == []

"""`callcoach standards` and `callcoach packs`: what they print, refuse and store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoring.standards import load_standard, read_standard
from tests.unit.scoring.test_schemas import ENTRY, HEAD
from tests.unit.scoring.test_scripts import SMALL
from workers.cli.main import main


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without an installation."""
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_without_an_installation_what_ships_is_listed_shown_and_exported(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["standards", "list"]) == 0
    assert "cold-call" in capfd.readouterr().out
    assert main(["standards", "show", "cold-call", "--language", "ru"]) == 0
    shown = capfd.readouterr().out
    assert "Холодный звонок" in shown
    assert "+ Здоровается и называет своё имя: “Добрый день, меня зовут Анна Орлова.”" in shown
    assert main(["standards", "export", "cold-call"]) == 0
    exported = capfd.readouterr().out
    assert exported == load_standard("cold-call").source_text
    assert main(["standards", "export", "cold-call", "--language", "ru"]) == 0
    assert read_standard(capfd.readouterr().out, "x.yaml").languages == ("en", "ru")
    assert main(["standards", "export", "nothing"]) == 2
    assert "there are: closing" in capfd.readouterr().err
    assert main(["standards", "export", "cold-call", "--version", "99"]) == 2
    assert not data.exists()


def test_check_names_file_line_and_fix_and_goes_on(
    data: Path, small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(SMALL.replace("- greeting", "- greetign"), encoding="utf-8")
    assert main(["standards", "check", str(broken), str(small)]) == 2
    said = capfd.readouterr()
    assert f"{broken}, line 8" in said.err
    assert "did you mean 'greeting'" in said.err
    assert f"{small}: 'small' version 1 is right: 2 stages, 1 criteria" in said.out
    broken.write_bytes(b"\xff\xfe\x00")
    assert main(["standards", "check", str(broken)]) == 2
    assert "not UTF-8" in capfd.readouterr().err
    assert main(["standards", "check", str(tmp_path / "none.yaml")]) == 2


def test_import_stores_a_version_that_is_listed_as_own(
    data: Path, small: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["standards", "import", str(small)]) == 2
    assert "no installation" in capfd.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["standards", "import", str(small)]) == 0
    assert "'small' version 1 is stored" in capfd.readouterr().out
    assert main(["standards", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capfd.readouterr().out)}
    assert rows["small"] == {
        "name": "small",
        "version": 1,
        "title": "Small",
        "languages": ["en"],
        "criteria": 1,
        "origin": "own",
    }
    assert main(["standards", "export", "small"]) == 0
    assert capfd.readouterr().out == SMALL
    shipped = load_standard("cold-call")
    small.write_text(shipped.source_text.replace("en: Cold call,", "en: Ours,", 1), encoding="utf-8")
    assert main(["standards", "import", str(small)]) == 2
    assert f"write 'version: {shipped.version + 1}'" in capfd.readouterr().err


def test_packs_are_listed_and_checked_line_by_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "list"]) == 0
    assert "zh" in capfd.readouterr().out
    folder = tmp_path / "mine"
    folder.mkdir()
    assert main(["packs", "check", str(folder)]) == 2
    assert "no pack.yaml" in capfd.readouterr().err
    head = HEAD.replace("thresholds: {fuzzy: 88}", "thresholds: {fuzzy: 88, fuzzy_shared_stems: 0.6}")
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    good = ENTRY.replace("match: [a, b, c, d, e]", "match: [many thanks, a many thanks, so many thanks, x, y]", 1)
    (folder / "some.yaml").write_text(good, encoding="utf-8")
    assert main(["packs", "check", str(folder / "some.yaml")]) == 2
    assert "'some.one' does not find its line 'x'" in capfd.readouterr().err
    (folder / "some.yaml").write_text(good.replace("x, y]", "oh many thanks, many thanks to you]"), encoding="utf-8")
    assert main(["packs", "check", str(folder)]) == 0
    assert "1 entries, 10 lines tried" in capfd.readouterr().out
    (folder / "some.yaml").write_text(ENTRY.replace("role: rep", "role: seller"), encoding="utf-8")
    assert main(["packs", "check", str(folder)]) == 2
    assert "mine/some.yaml, line 4" in capfd.readouterr().err

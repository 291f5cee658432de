"""Faults of a model folder: each is found before loading and names the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.whisper_model import build_whisper_model
from transcription.engines.whisper_folder import check_folder
from transcription.errors import NeedsModel


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_whisper_model(tmp_path_factory.mktemp("whisper") / "whole")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A folder of links to the whole model, to be broken by the test."""
    copy = tmp_path / "model"
    copy.mkdir()
    for file in whole.iterdir():
        (copy / file.name).symlink_to(file)
    return copy


def replace(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    data = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(change(data))


def refusal(folder: Path) -> str:
    with pytest.raises(NeedsModel) as caught:
        check_folder(folder)
    assert folder.name in caught.value.reason
    assert str(folder.parent) not in str(caught.value)
    assert "--model" in caught.value.advice
    return caught.value.reason


def test_a_whole_folder_is_accepted_with_or_without_a_preprocessor(folder: Path) -> None:
    check_folder(folder)
    (folder / "preprocessor_config.json").unlink()
    check_folder(folder)


def test_the_older_vocabulary_as_text_is_accepted(folder: Path) -> None:
    tokens = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    (folder / "vocabulary.json").unlink()
    (folder / "vocabulary.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    check_folder(folder)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}" in refusal(folder)
    assert "is missing" in refusal(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json"])
@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe\x00", b"7"])
def test_a_damaged_text_file_is_named(folder: Path, name: str, damage: bytes) -> None:
    replace(folder, name, lambda _data: damage)
    assert name in refusal(folder)


@pytest.mark.parametrize("kept", [0, 3, 40, 5000, -1])
def test_a_model_cut_short_is_found_without_loading_it(folder: Path, kept: int) -> None:
    replace(folder, "model.bin", lambda data: data[:kept])
    assert "model.bin" in refusal(folder)


def test_another_kind_of_model_is_not_taken_for_whisper(folder: Path) -> None:
    replace(folder, "model.bin", lambda data: data.replace(b"WhisperSpec", b"Wav2VecSpec", 1))
    assert "model.bin is not a Whisper model" in refusal(folder)


def test_a_pointer_in_the_models_place_is_explained(folder: Path) -> None:
    replace(folder, "model.bin", lambda _data: b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    assert "Git LFS pointer" in refusal(folder)


def test_a_vocabulary_of_another_size_is_found(folder: Path) -> None:
    replace(folder, "vocabulary.json", lambda data: json.dumps(json.loads(data)[:-1]).encode())
    assert "vocabulary.json holds 51864 tokens but model.bin was made with 51865" in refusal(folder)


def test_the_tokenizer_of_another_model_is_found(folder: Path, tmp_path: Path) -> None:
    other = build_whisper_model(tmp_path / "other", english_only=True)
    replace(folder, "tokenizer.json", lambda _data: (other / "tokenizer.json").read_bytes())
    assert "tokenizer.json belongs to another Whisper model" in refusal(folder)


def test_a_model_without_alignment_is_refused_because_words_would_have_no_times(folder: Path) -> None:
    replace(folder, "config.json", lambda _data: b'{"alignment_heads": null}')
    assert "alignment_heads" in refusal(folder)


def test_a_model_of_128_bands_needs_its_preprocessor_file(tmp_path: Path) -> None:
    large = build_whisper_model(tmp_path / "large", mels=128)
    check_folder(large)
    (large / "preprocessor_config.json").unlink()
    assert "needs 128 mel bands, but preprocessor_config.json is missing" in refusal(large)

"""Files of the judge of closed leads: what is written is read back, and everything else is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from review.learning.rejection_file import load_head, read_head, save_head
from scoring.learning.call_model import CallModel, Scaled
from scoring.learning.rejection_model import RejectionModel
from scoring.learning.store import ModelRefused

HEAD = RejectionModel(
    "rejection.en:1",
    CallModel((Scaled("words", ("rep: later", "client: no"), (1.0, 2.0), 0.5, True),), (0.7, -0.3), 0.1),
)
CARD = {"language": "en", "version": 1}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "learned" / "head.json"
    sha256 = save_head(path, HEAD, CARD)
    assert load_head(path, sha256) == HEAD
    assert save_head(tmp_path / "other.json", HEAD, CARD) == sha256
    assert [file.name for file in path.parent.iterdir()] == ["head.json"]


def test_one_byte_more_or_no_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "head.json"
    sha256 = save_head(path, HEAD, CARD)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ModelRefused, match="not those that were stored"):
        load_head(path, sha256)
    with pytest.raises(ModelRefused, match="no such file"):
        load_head(tmp_path / "gone.json", sha256)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"format":1}',
        b'{"format":1,"rejection":[]}',
        b'{"format":1,"rejection":{"version":"v","model":{"blocks":7}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "head.json"
    path.write_bytes(broken)
    with pytest.raises(ModelRefused):
        load_head(path, hashlib.sha256(broken).hexdigest())


def test_numbers_that_cannot_be_counted_with_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "head.json"
    save_head(path, HEAD, CARD)
    for damage in ({"offset": float("nan")}, {"weights": [0.7]}, {"weights": [0.7, float("inf")]}):
        held = json.loads(path.read_bytes())
        held["rejection"]["model"].update(damage)
        with pytest.raises(ModelRefused, match="numbers cannot be read"):
            read_head(json.dumps(held).encode(), "head.json")

"""Every recording of the corpus ends as it must: a named error or an honest length, in little memory, no file left."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corpus.entries import Entry, Refused
from tests.corpus.memory import watch_children
from tests.corpus.strange import ALL_ENTRIES
from transcription.audio import DecodedCall, decode_call
from transcription.errors import TranscriptionError, UnreadableAudio
from transcription.magic import HEAD_BYTES, identify_head

CHILD_MOST_MB = 300


@pytest.fixture(autouse=True)
def children_stay_small() -> Iterator[None]:
    """Decoding never needs more, whatever the file: the peak of every child process, watched while the test runs."""
    with watch_children(b"transcription.") as peaks:
        yield
    assert max(peaks.values(), default=0) < CHILD_MOST_MB


@pytest.fixture
def bystanders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Everything in the test's folder but the recording; temporary files would be made there as well."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return list(tmp_path.rglob("*"))


@pytest.mark.parametrize("entry", ALL_ENTRIES, ids=lambda entry: entry.title)
def test_every_input_ends_as_it_must(entry: Entry, tmp_path: Path, bystanders: list[Path]) -> None:
    data = entry.make()
    path = tmp_path / entry.name
    path.write_bytes(data)
    refused_at_the_door = isinstance(_look(data, entry.name), UnreadableAudio)
    assert not refused_at_the_door or isinstance(entry.expected, Refused)
    out = tmp_path / "out"
    if isinstance(entry.expected, Refused):
        with pytest.raises(TranscriptionError) as caught:
            decode_call([path], out)
        assert type(caught.value).__name__ == entry.expected.kind
        assert entry.expected.says in str(caught.value)
        assert "\n" not in str(caught.value)
        left = []
    else:
        call = decode_call([path], out)
        _check_read(call, entry)
        left = [channel.path for channel in call.channels]
    assert sorted(tmp_path.rglob("*")) == sorted([*bystanders, path, out, *left])
    assert path.read_bytes() == data


def _look(data: bytes, name: str) -> object:
    """What the upload page makes of a file's beginning: its kind, or why it is refused."""
    try:
        return identify_head(data[:HEAD_BYTES], name=name)
    except UnreadableAudio as error:
        return error


def _check_read(call: DecodedCall, entry: Entry) -> None:
    assert not isinstance(entry.expected, Refused)
    quality = call.quality
    assert quality.decoded is not None
    assert entry.expected.least <= quality.decoded <= entry.expected.most
    assert quality.partial is entry.expected.partial
    assert all(channel.path.stat().st_size == 2 * channel.samples for channel in call.channels)
    assert call.duration >= quality.decoded - 0.001  # what is lost inside is silence, so that the rest keeps its time


def test_the_list_names_every_entry_once() -> None:
    titles = [entry.title for entry in ALL_ENTRIES]
    assert len(set(titles)) == len(titles) >= 60

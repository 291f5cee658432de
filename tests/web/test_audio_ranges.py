"""Audio over HTTP: ranges are capped at 1 MiB, honest about their place, and whole only when small."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from web.audio import RANGE_LIMIT, cap_range, send_audio

SIZE = 2 * RANGE_LIMIT + 4321
BODY = bytes(range(251)) * (SIZE // 251 + 1)


@pytest.fixture
def audio_file(tmp_path: Path) -> Path:
    path = tmp_path / "audio.webm"
    path.write_bytes(BODY[:SIZE])
    return path


@pytest.fixture
def client(audio_file: Path) -> FlaskClient:
    app = Flask("ranges")
    app.add_url_rule("/audio", view_func=lambda: send_audio(audio_file))
    return app.test_client()


@pytest.mark.parametrize(
    ("header", "size", "capped"),
    [
        (None, 10, None),
        (None, SIZE, f"bytes=0-{RANGE_LIMIT - 1}"),
        ("bytes=0-", SIZE, f"bytes=0-{RANGE_LIMIT - 1}"),
        ("bytes=100-", SIZE, f"bytes=100-{100 + RANGE_LIMIT - 1}"),
        ("bytes=5-9", SIZE, "bytes=5-9"),
        ("bytes=5-99999999999", 100, "bytes=5-99"),
        ("bytes=-10", 100, "bytes=90-99"),
        ("bytes=-500", 100, "bytes=0-99"),
        ("bytes=100-", 100, "bytes=100-"),
        ("bytes=9-5", 100, "bytes=9-5"),
        ("bytes=-0", 100, "bytes=100-"),
        ("bytes=0-1,5-6", 100, None),
        ("bytes=0-1,5-6", SIZE, f"bytes=0-{RANGE_LIMIT - 1}"),
        ("pages=1-2", 100, None),
        ("bytes=-", 100, None),
        ("bytes=" + "9" * 5000 + "-", 100, None),
        ("bytes=0-", 0, None),
    ],
)
def test_a_range_is_capped(header: str | None, size: int, capped: str | None) -> None:
    assert cap_range(header, size) == capped


@given(first=st.integers(0, 10**7), last=st.one_of(st.none(), st.integers(0, 10**7)), size=st.integers(1, 10**7))
def test_a_range_that_can_be_answered_starts_where_it_was_asked_and_is_never_too_long(
    first: int, last: int | None, size: int
) -> None:
    capped = cap_range(f"bytes={first}-{'' if last is None else last}", size)
    assert capped is not None
    start, _dash, end = capped.removeprefix("bytes=").partition("-")
    assert int(start) == first
    if first < size and (last is None or last >= first):
        assert first <= int(end) < min(size, first + RANGE_LIMIT)


def test_an_open_range_gives_one_mebibyte_and_says_where_it_lies(client: FlaskClient) -> None:
    answer = client.get("/audio", headers={"Range": "bytes=1000-"})
    assert answer.status_code == 206
    assert len(answer.data) == RANGE_LIMIT
    assert answer.data == BODY[1000 : 1000 + RANGE_LIMIT]
    assert answer.headers["Content-Range"] == f"bytes 1000-{1000 + RANGE_LIMIT - 1}/{SIZE}"
    assert answer.headers["Content-Type"] == "audio/webm"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"]
    assert answer.headers["Last-Modified"]


def test_following_ranges_gives_the_whole_file(client: FlaskClient) -> None:
    got = b""
    while len(got) < SIZE:
        answer = client.get("/audio", headers={"Range": f"bytes={len(got)}-"})
        assert answer.status_code == 206
        got += answer.data
    assert got == BODY[:SIZE]


def test_a_request_without_a_range_is_capped_too(client: FlaskClient) -> None:
    answer = client.get("/audio")
    assert answer.status_code == 206
    assert len(answer.data) == RANGE_LIMIT


def test_a_range_beyond_the_end_is_refused_with_the_size(client: FlaskClient) -> None:
    answer = client.get("/audio", headers={"Range": f"bytes={SIZE}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


def test_an_unchanged_copy_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/audio").headers["ETag"]
    answer = client.get("/audio", headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer.data == b""


def test_a_stale_copy_starts_again_from_the_beginning(client: FlaskClient, audio_file: Path) -> None:
    etag = client.get("/audio").headers["ETag"]
    fresh = client.get("/audio", headers={"Range": "bytes=50-59", "If-Range": etag})
    assert (fresh.status_code, fresh.data) == (206, BODY[50:60])
    os.utime(audio_file, ns=(1, 1))
    stale = client.get("/audio", headers={"Range": "bytes=50-59", "If-Range": etag})
    assert stale.status_code == 206
    assert stale.headers["Content-Range"].startswith("bytes 0-")
    assert len(stale.data) == RANGE_LIMIT


def test_a_missing_file_is_not_found(client: FlaskClient, audio_file: Path) -> None:
    audio_file.unlink()
    assert client.get("/audio").status_code == 404

"""What the application answers when the rest of a request does not come, without logging a fault."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SignIn, csrf_token


class HalfABody:
    """A body whose sender stalls in the middle."""

    def __init__(self) -> None:
        self.first = b"email=an"

    def read(self, _size: int = -1) -> bytes:
        """The first half, then the error of a connection that is given up."""
        if not self.first:
            raise ConnectionResetError("the sender stalled")
        first, self.first = self.first, b""
        return first


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged."""
    caplog.set_level(logging.INFO)
    return caplog


def post_half(browser: FlaskClient, url: str, length: int, **headers: str) -> Any:
    """Post a form of which only the beginning comes."""
    connection = {"wsgi.input": HalfABody(), "wsgi.input_terminated": True, "CONTENT_LENGTH": str(length)}
    form = "application/x-www-form-urlencoded"
    return browser.post(url, headers=headers, content_type=form, environ_overrides=connection)


def test_half_a_form_is_answered_as_too_slow(client: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    answer = post_half(client, "/sign-in", 1000)
    assert answer.status_code == 408
    assert "Sending took too long" in answer.text
    assert [record for record in log.records if record.exc_info] == []


def test_half_of_too_large_a_recording_is_refused_as_too_large(sign_in: SignIn, log: pytest.LogCaptureFixture) -> None:
    browser = sign_in("quality_lead")
    answer = post_half(browser, "/upload", 10**9, **{"X-CSRFToken": csrf_token(browser, "/upload")})
    assert answer.status_code == 413
    assert [record for record in log.records if record.exc_info] == []

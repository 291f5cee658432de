"""Which addresses a provider may name in its description of itself."""

from __future__ import annotations

import pytest

from review.accounts.oidc.protocol import _is_safe

OUT, HERE = "https://login.example.com", "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("address", "issuer", "safe"),
    [
        ("https://login.example.com/token", OUT, True),
        ("http://login.example.com/token", OUT, False),
        ("http://127.0.0.1:8000/token", OUT, False),
        ("https://localhost/token", OUT, False),
        ("http://127.0.0.1:9000/token", HERE, True),
        ("file:///etc/passwd", OUT, False),
        ("https://[", OUT, False),
        (None, OUT, False),
    ],
)
def test_no_provider_leads_us_to_ourselves(address: object, issuer: str, safe: bool) -> None:
    assert _is_safe(address, issuer) is safe

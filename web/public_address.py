"""Whole addresses of our pages, for letters and for links that people copy."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for

from web.parts import parts

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


def shown_address(endpoint: str, **values: Any) -> str:
    """The address for the signed-in person who asks: the public one, else the one their own browser used."""
    base = parts().settings.public_url or request.url_root
    return base.rstrip("/") + url_for(endpoint, **values)


def letter_address(endpoint: str, **values: Any) -> str:
    """The address for a letter that somebody unknown asked for: never made of what their request says our name is.

    Whoever sends a request chooses its Host; a link made of it would hand the token to them.
    """
    settings = parts().settings
    base = settings.public_url
    if base is None:
        asked = urlsplit(f"//{request.host}")
        # Our own machine by its usual names: a link to it leads nobody away.
        base = f"http://{request.host}" if asked.hostname in _HERE else f"http://{settings.host}:{settings.port}"
    return base.rstrip("/") + url_for(endpoint, **values)

"""Whether a request was made on this very machine, and not passed on from elsewhere."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import request

OWN_NAMES: Final = frozenset({"127.0.0.1", "::1", "localhost"})
PASSED_ON: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


def asked_on_this_machine() -> bool:
    """True for a program here that asked us directly and by an own name of this machine.

    The connection's own other end counts, never what a header says of it. A proxy on this machine hands requests of
    the whole world on: it is told by its headers or by the name that was asked for; so is a page of another site that
    had its name resolve to this machine.
    """
    before = request.environ.get("werkzeug.proxy_fix.orig") or {}
    peer = before.get("REMOTE_ADDR", request.remote_addr)
    asked = urlsplit(f"//{before.get('HTTP_HOST') or request.host}").hostname
    return _is_loopback(peer) and asked in OWN_NAMES and not any(name in request.headers for name in PASSED_ON)


def _is_loopback(address: str | None) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_loopback

"""Secrets inside a request's body or address: hidden before it is kept, found again only by who has the secret.

Some systems cannot sign and send the secret itself, among the call's facts. What is kept holds a keyed fingerprint in
its place (HMAC-SHA256 with the token of the door's address, 128 bits): a request refused because the source had
another secret can still be read again once the right one is entered, and nobody reads the secret out of what is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Collection, Iterable
from typing import Final
from urllib.parse import quote_plus, unquote_plus

MARK: Final = "callcoach-hidden-"
_MARKED: Final = re.compile(rf"{MARK}[0-9a-f]{{32}}")
_STRING: Final = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'  # the last one may be cut off
_TOKENS: Final = re.compile(rf"{_STRING}|[^\s\"{{}}\[\],:]+|[{{}}\[\],:]", re.DOTALL)


def hide_in_body(body: bytes, names: Collection[str], token: str) -> bytes:
    """The body of a JSON or form request with the values of these fields hidden; the rest byte for byte."""
    if not names:
        return body
    text = body.decode("utf-8", "surrogateescape")
    told = _hide_json(text, names, token) if text.lstrip()[:1] in ("{", "[") else _hide_form(text, names, token)
    return told.encode("utf-8", "surrogateescape")


def hide_in_query(query: Iterable[tuple[str, str]], names: Collection[str], token: str) -> list[tuple[str, str]]:
    """The arguments of an address with the values of these fields hidden."""
    return [(name, _mark(value, token) if _is_one(name, names) else value) for name, value in query]


def bring_back(text: str, secrets: Collection[str], token: str, write: Callable[[str], str] = str) -> str:
    """The text with every fingerprint of one of these secrets replaced by it; others stay. `write` escapes it."""
    known = {_mark(secret, token): secret for secret in secrets}
    return _MARKED.sub(lambda match: write(known[match.group()]) if match.group() in known else match.group(), text)


def bring_back_body(body: bytes, secrets: Collection[str], token: str) -> bytes:
    """The same for a body, escaped as its form needs."""
    if MARK.encode() not in body:
        return body
    text = body.decode("utf-8", "surrogateescape")
    write = _in_json if text.lstrip()[:1] in ("{", "[") else quote_plus
    return bring_back(text, secrets, token, write).encode("utf-8", "surrogateescape")


def _hide_json(text: str, names: Collection[str], token: str) -> str:
    """Token by token, so that a body that is cut off or no JSON at all behind its first half is hidden as well."""
    pieces: list[str] = []
    done, before, key = 0, "", ""
    for match in _TOKENS.finditer(text):
        one = match.group()
        is_value = before == ":" and one not in "{[" and key and _is_one(_plain(key), names)
        pieces += (text[done : match.start()], f'"{_mark(_plain(one), token)}"' if is_value else one)
        done = match.end()
        key = before if one == ":" else key
        before = one
    return "".join((*pieces, text[done:]))


def _hide_form(text: str, names: Collection[str], token: str) -> str:
    pieces = []
    for piece in text.split("&"):
        name, sign, value = piece.partition("=")
        plain = unquote_plus(name)
        inner = re.fullmatch(r".*\[([^\[\]]+)\]", plain)
        known = sign and _is_one(inner[1] if inner else plain, names)
        pieces.append(f"{name}={_mark(unquote_plus(value), token)}" if known else piece)
    return "&".join(pieces)


def _is_one(name: str, names: Collection[str]) -> bool:
    return _folded(name) in {_folded(one) for one in names}


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "").replace("-", "")


def _plain(token: str) -> str:
    """What a token of JSON says."""
    if not token.startswith('"'):
        return token
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token.strip('"')


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _mark(value: str, token: str) -> str:
    if not value or _MARKED.fullmatch(value):
        return value
    digest = hmac.new(token.encode(), value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"{MARK}{digest[:32]}"

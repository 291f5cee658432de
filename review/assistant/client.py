"""Asking an OpenAI-compatible server on the company's own network; calls never leave it.

The address must be this machine's or a private one: names are looked up, and the connection goes to the address that
was checked, so a name that answers differently a second later changes nothing. No proxy of the environment is used, no
redirect is followed, an answer has a size limit.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from review.errors import ReviewError

LARGEST_ANSWER: Final = 1024 * 1024
TRIES: Final = 3
LONGEST_WAIT: Final = 10.0  # seconds that a server's Retry-After may ask for
TOKENS: Final = 2000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is: the base address (".../v1"), the model's name, the key if it wants one, seconds to wait."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 120.0


class AssistantFailed(ReviewError):
    """The local model gave no usable answer; the call and its assessment stay as they are."""

    code = "assistant_failed"

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(f"The local model was not asked or did not answer: {why}. The call is unchanged. {fix}")
        self.why = why


class AssistantNotLocal(AssistantFailed):
    """The address leads out of the company's network, where no call may go."""

    code = "assistant_not_local"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is not an address of this machine or of a private network",
            "Set CALLCOACH_ASSISTANT_URL to a server of your own.",
        )
        self.host = host


def ask(
    endpoint: Endpoint,
    messages: list[dict[str, str]],
    *,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> str:
    """The model's reply to the chat; each try takes at most the endpoint's time. AssistantFailed, AssistantNotLocal."""
    import httpx2

    address, headers, extensions = _resolved(endpoint.url)
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    body = {
        "model": endpoint.model,
        "messages": messages,
        "temperature": 0,
        "seed": 0,
        "max_tokens": TOKENS,
        "response_format": {"type": "json_object"},
    }
    url = f"{address.rstrip('/')}/chat/completions"
    with httpx2.Client(timeout=endpoint.timeout, trust_env=False, follow_redirects=False) as client:
        for attempt in range(1, TRIES + 1):
            until = clock() + endpoint.timeout
            try:
                with client.stream("POST", url, json=body, headers=headers, extensions=extensions) as response:
                    status = response.status_code
                    if status == 200:
                        return _content(_limited(response.iter_bytes(), clock, until))
                    pause = _pause(response.headers.get("Retry-After"), attempt)
            except httpx2.TimeoutException as error:
                raise _too_slow(endpoint) from error
            except _OutOfTime as error:
                raise _too_slow(endpoint) from error
            except httpx2.HTTPError as error:
                raise AssistantFailed(f"{type(error).__name__} at {endpoint.url}", "See that it runs.") from error
            if status != 429 and status < 500:
                raise AssistantFailed(f"it answered {status}", "Check CALLCOACH_ASSISTANT_URL, _MODEL and _KEY.")
            if attempt < TRIES:
                wait(pause)
    raise AssistantFailed(f"it answered {status} {TRIES} times", "Try again when it is less busy.")


def _resolved(url: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The address with the name looked up and checked, the Host header and the name that TLS must see."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise AssistantFailed(f"the name {host} is not known here", "Check CALLCOACH_ASSISTANT_URL.") from error
    numbers = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not numbers or not all(_own(number) for number in numbers):
        raise AssistantNotLocal(host)
    number = numbers[0]
    place = f"[{number}]" if number.version == 6 else str(number)
    headers = {"Host": parts.netloc.rpartition("@")[2]}
    return f"{parts.scheme}://{place}:{port}{parts.path}", headers, {"sni_hostname": host}


def _own(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """This machine or a private network; not link-local (cloud metadata answers there), unspecified or multicast."""
    mapped = getattr(number, "ipv4_mapped", None)
    number = mapped or number
    if number.is_loopback:
        return True
    return number.is_private and not (number.is_link_local or number.is_unspecified or number.is_reserved)


class _OutOfTime(Exception):
    """The answer was still coming, piece by piece, when its time was over."""


def _too_slow(endpoint: Endpoint) -> AssistantFailed:
    return AssistantFailed(
        f"it took longer than {endpoint.timeout:g} s", "Use a smaller model, or raise the time limit."
    )


def _limited(pieces: Any, clock: Callable[[], float], until: float) -> bytes:
    body = bytearray()
    for piece in pieces:
        if clock() >= until:
            raise _OutOfTime
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise AssistantFailed("its answer is larger than 1 MB", "Use another model.")
    return bytes(body)


def _content(body: bytes) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise AssistantFailed(
            "its answer is not that of a chat server", "The address must end where `/chat/completions` begins."
        ) from error
    if not isinstance(content, str):
        raise AssistantFailed("its answer holds no text", "Use another model.")
    return content


def _pause(retry_after: str | None, attempt: int) -> float:
    asked = float(retry_after) if retry_after and retry_after.isdecimal() else 0.5 * 2**attempt
    return min(asked, LONGEST_WAIT)

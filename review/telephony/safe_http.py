"""Fetching from other systems without being led elsewhere: hosts by list, addresses checked, sizes and times limited.

A name is looked up, every address it has is checked, and the connection goes to the address that was checked, so a
name that answers differently a second later changes nothing. Redirects are followed by hand and checked the same way;
passwords go to the first host only. No proxy of the environment is used.
"""

from __future__ import annotations

import io
import ipaddress
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from review.deadline import Deadline
from review.errors import ReviewError
from review.telephony.provider import Request

MOST_REDIRECTS: Final = 5
LARGEST_JSON: Final = 2 * 1024 * 1024
CONNECT_SECONDS: Final = 10.0
SILENT_SECONDS: Final = 30.0  # the longest wait for the next piece
WHOLE_SECONDS: Final = 600.0
LONGEST_WAIT: Final = 3600.0  # that a server's Retry-After may ask for
_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
_METADATA: Final = ipaddress.ip_address("fd00:ec2::254")  # of Amazon's machines, among the private addresses
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class FetchFailed(ReviewError):
    """Something could not be fetched. `last`: trying again by itself will not help; `wait` in seconds, if they said."""

    code = "fetch_failed"

    def __init__(self, why: str, advice: str, *, code: str, last: bool = False, wait: float | None = None) -> None:
        super().__init__(f"The recording could not be fetched: {why}. {advice}")
        self.why = why
        self.advice = advice
        self.reason = code
        self.last = last
        self.wait = wait


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, by this machine's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Where may be asked: `hosts` ("*.name" for all below it), and of those `own`, which may be on our own network.

    `until`: when everything that is asked has to be over, by `clock`; without it each answer has its own time.
    `stopping` is looked at while an answer is read.
    """

    hosts: tuple[str, ...]
    own: tuple[str, ...] = ()
    resolve: Resolve = look_up
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    until: float | None = None
    stopping: Callable[[], bool] = field(default=lambda: False, repr=False)

    def ask_json(self, request: Request) -> Any:
        """The JSON a server answers. Raises FetchFailed."""
        with self.open(request, LARGEST_JSON) as body:
            data = body.read()
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise FetchFailed("the provider's answer is no JSON", "It is tried again.", code="not_json") from error

    @contextmanager
    def open(self, request: Request, limit: int) -> Iterator[Body]:
        """The body of the answer, read as a stream of at most `limit` bytes. Raises FetchFailed, also while reading."""
        import httpx2

        until = self.clock() + WHOLE_SECONDS if self.until is None else self.until
        timeout = httpx2.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
        url, form, secret = request.url, dict(request.form), dict(request.secret_headers)
        method: str = request.method
        with httpx2.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            for _ in range(MOST_REDIRECTS + 1):
                if (left := until - self.clock()) < 0:
                    raise FetchFailed("it took too long", "It is tried again.", code="timeout")
                address, headers, extensions = self._checked(url)
                headers.update(secret)
                deadline = Deadline(left)
                extensions.update(deadline.extensions)
                asked = client.stream(method, address, data=form or None, headers=headers, extensions=extensions)
                try:
                    with deadline, asked as response:
                        if not 300 <= response.status_code < 400 or "Location" not in response.headers:
                            _check_status(response.status_code, response.headers)
                            yield Body(response.iter_raw(), limit, self.clock, until, self.stopping)
                            return
                        following = _joined(url, response.headers["Location"])
                        keeps = response.status_code in (307, 308)
                except httpx2.InvalidURL as error:
                    raise FetchFailed("its address cannot be read", _CHECK, code="bad_address", last=True) from error
                except httpx2.HTTPError as error:
                    if deadline.over or isinstance(error, httpx2.TimeoutException):
                        raise FetchFailed("it took too long", "It is tried again.", code="timeout") from error
                    why = f"{type(error).__name__} at {urlsplit(url).hostname}"
                    raise FetchFailed(why, "See that the PBX can be reached from here.", code="unreachable") from error
                if not _same_place(url, following):
                    secret, form, method = {}, {}, "GET"
                elif not keeps:
                    form, method = {}, "GET"
                url = following
        raise FetchFailed("it leads from one address to the next without end", "Check the address.", code="redirects")

    def _checked(self, url: str) -> tuple[str, dict[str, str], dict[str, Any]]:
        """The address with the name looked up and checked, the headers, and the name that TLS must see."""
        wanted = read_address(url)
        if not matches(wanted.host, self.hosts):
            raise FetchFailed(
                f"{wanted.host} is none of the hosts this source may fetch from",
                "Add the host on the source's page if it is yours, then retry.",
                code="host_not_allowed",
                last=True,
            )
        return pin(wanted, self.resolve, own=matches(wanted.host, self.own))


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address of http or https in its parts; `place` is host and port as the sender wrote them."""

    scheme: str
    host: str
    port: int
    place: str
    path: str  # with the query


def read_address(url: str) -> WebAddress:
    """The parts of an address. Raises FetchFailed (`bad_address`) for what is none of http or https."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise FetchFailed("its address cannot be read", _CHECK, code="bad_address", last=True) from error
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or not parts.netloc.isascii():
        raise FetchFailed("its address is none of http or https", _CHECK, code="bad_address", last=True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebAddress(parts.scheme, host, port, parts.netloc, path)


def pin(wanted: WebAddress, resolve: Resolve, *, own: bool) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The address with its name looked up and checked, the headers, and the name that TLS must see.

    `own`: it may stand on our own network. Raises FetchFailed (`no_name`, `inner_address`).
    """
    try:
        numbers = [ipaddress.ip_address(text) for text in resolve(wanted.host, wanted.port)]
    except (OSError, ValueError) as error:
        raise FetchFailed(f"the name {wanted.host} is not known here", "It is tried again.", code="no_name") from error
    if not numbers or not all(may_be_asked(number, own=own) for number in numbers):
        raise FetchFailed(
            f"{wanted.host} leads to an address of an inner network",
            "If the PBX stands on your own network, enter its host on the source's page and say so there.",
            code="inner_address",
            last=True,
        )
    place = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])
    headers = {"Host": wanted.place, "Accept-Encoding": "identity", "User-Agent": "callcoach"}
    return f"{wanted.scheme}://{place}:{wanted.port}{wanted.path}", headers, {"sni_hostname": wanted.host}


class Body(io.RawIOBase):
    """The bytes of an answer as they come; reading raises FetchFailed past the limit or the time."""

    def __init__(
        self,
        pieces: Iterator[bytes],
        limit: int,
        clock: Callable[[], float],
        until: float,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._pieces = pieces
        self._left = limit
        self._limit = limit
        self._clock = clock
        self._until = until
        self._stopping = stopping
        self._rest = b""

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all of them for -1; empty at the end."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1024 * 1024), b""))
        while not self._rest:
            if self._stopping():
                raise FetchFailed("it was stopped", "It is tried again.", code="stopped")
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left -= len(piece)
            if self._left < 0:
                why = f"it is larger than {self._limit // 1024**2} MB"
                raise FetchFailed(why, "Raise CALLCOACH_MAX_UPLOAD_MB if it should be taken.", code="large", last=True)
            if self._clock() > self._until:
                raise FetchFailed("it came too slowly", "It is tried again.", code="slow")
            self._rest = piece
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def matches(host: str, patterns: Sequence[str]) -> bool:
    """Whether a host is one of these, or below a `*.name` among them."""
    host = host.casefold().strip("[]")
    return any(
        host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern.strip("[]")
        for pattern in (one.casefold() for one in patterns)
    )


def may_be_asked(number: Address, *, own: bool) -> bool:
    """Whether a recording may come from there: the open net, or with `own` this machine and private networks.

    Never link-local (the metadata of clouds answers there), unspecified, multicast or reserved ones.
    """
    number = _inner(number)
    if number.is_loopback:  # ::1 counts as reserved too
        return own
    if (
        number == _METADATA
        or number.is_link_local
        or number.is_unspecified
        or number.is_multicast
        or number.is_reserved
    ):
        return False
    site = isinstance(number, ipaddress.IPv6Address) and number.is_site_local  # fec0::/10, given up, counts as global
    if number.is_global and not site:
        return True
    shared = isinstance(number, ipaddress.IPv4Address) and number in _SHARED
    return own and (number.is_private or shared or site)


def _inner(number: Address) -> Address:
    """The IPv4 address that an IPv6 one only wraps."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None) or number


_CHECK: Final = "See what the PBX was told to send."


def _check_status(status: int, headers: Mapping[str, str]) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise FetchFailed(f"the server answered {status}", "Check user and password of the source.", code="denied")
    if status in (404, 409, 425):
        raise FetchFailed(
            f"the server answered {status}: it is not there (yet)", "It is tried again.", code="not_there"
        )
    if status == 410:
        raise FetchFailed("the server has it no more", "Nothing can be done.", code="gone", last=True)
    asked = headers.get("Retry-After") or ""
    wait = min(float(asked), LONGEST_WAIT) if asked.isdecimal() else None
    raise FetchFailed(f"the server answered {status}", "It is tried again.", code="status", wait=wait)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchFailed(
            "it leads to an address that cannot be read", _CHECK, code="bad_address", last=True
        ) from error


def _same_place(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)

"""One try: the message is posted to an address that was looked up and checked, and its answer read a little way.

No redirect is followed, no proxy of the environment is used, and only addresses of the open net are asked, except
hosts that the installation's settings name as its own. Those may speak http; all others speak https.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from review.deadline import Deadline
from review.telephony.safe_http import FetchFailed, Resolve, look_up, matches, pin, read_address

CONNECT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 10.0  # the longest wait for the next piece
WHOLE_SECONDS: Final = 15.0  # however busily it drips
KEPT_OF_ANSWER: Final = 300  # characters, shown beside the try
READ_OF_ANSWER: Final = 16 * 1024  # bytes; what comes after is not read
LONGEST_WAIT: Final = 3600.0  # that a server's Retry-After may ask for


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try. `why` is empty when it was taken (2xx), else a word of WHY.

    `status` is None without an answer; `wait` in seconds if the receiver named a time.
    """

    why: str
    status: int | None = None
    answer: str = ""
    seconds: float = 0.0
    wait: float | None = None

    @property
    def taken(self) -> bool:
        """True when the receiver has it."""
        return not self.why


WHY: Final = (
    "bad_address",  # cannot be read as an address
    "not_https",
    "no_name",  # the name is not known
    "inner_address",  # leads into an inner network
    "unreachable",
    "timeout",
    "redirect",
    "gone",  # 410: the receiver wants nothing any more
    "status",  # any other answer than 2xx
    "secret_lost",  # the signing secret cannot be read with this installation's key
    "fault",  # a fault of ours
)


@dataclass(frozen=True, slots=True)
class Poster:
    """Where may be posted to: the open net over https, and the hosts named in `own` ("*.name" for all below it)."""

    own: tuple[str, ...] = ()
    resolve: Resolve = look_up
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def check(self, url: str) -> str:
        """Why this address cannot be used, as a word of WHY; empty when it can. Looks the name up."""
        try:
            self._pinned(url)
        except FetchFailed as error:
            return error.reason
        return ""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send one message. Raises nothing: what went wrong is in the outcome."""
        import httpx2

        began = self.clock()
        try:
            address, pinned, extensions = self._pinned(url)
        except FetchFailed as error:
            return Outcome(error.reason)
        timeout = httpx2.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
        sent = {**pinned, "Content-Type": "application/json", **headers}
        deadline = Deadline(WHOLE_SECONDS)
        try:
            with (
                deadline,
                httpx2.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client,
                client.stream(
                    "POST", address, content=body, headers=sent, extensions={**extensions, **deadline.extensions}
                ) as response,
            ):
                status, asked = response.status_code, response.headers.get("Retry-After") or ""
                text = self._beginning(response.iter_raw(), began + WHOLE_SECONDS)
        except httpx2.TimeoutException:
            return Outcome("timeout", seconds=self.clock() - began)
        except httpx2.InvalidURL:
            return Outcome("bad_address")
        except (httpx2.HTTPError, UnicodeError) as error:
            if deadline.over:
                return Outcome("timeout", seconds=self.clock() - began)
            return Outcome("unreachable", answer=type(error).__name__, seconds=self.clock() - began)
        return Outcome(_why(status), status, text, self.clock() - began, _wait(asked))

    def _pinned(self, url: str) -> tuple[str, dict[str, str], dict[str, object]]:
        wanted = read_address(url)
        own = matches(wanted.host, self.own)
        if wanted.scheme != "https" and not own:
            raise FetchFailed("it is not https", "Give an address with https.", code="not_https", last=True)
        return pin(wanted, self.resolve, own=own)

    def _beginning(self, pieces: Iterator[bytes], until: float) -> str:
        """What the answer says, as much of it as is shown; a slow answer is cut: its status has come."""
        import httpx2

        read = b""
        try:
            for piece in pieces:
                read += piece[: READ_OF_ANSWER - len(read)]
                if len(read) >= READ_OF_ANSWER or self.clock() > until:
                    break
        except httpx2.HTTPError:
            pass  # the status is what counts, and it is there
        return readable(read)


def readable(body: bytes) -> str:
    """The beginning of an answer as text that any database and page can hold."""
    text = body.decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text[: 4 * KEPT_OF_ANSWER]).strip()[
        :KEPT_OF_ANSWER
    ]


def _wait(asked: str) -> float | None:
    """Seconds that Retry-After asks for, as a number or as a time (RFC 9110, 10.2.3); None where it says neither."""
    if asked.isdecimal() and asked.isascii() and len(asked) < 10:
        return min(float(asked), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:  # "-0000": the sender says no more than that it is UTC
        at = at.replace(tzinfo=UTC)
    return min(max(0.0, (at - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)


def _why(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return "redirect"
    return "gone" if status == 410 else "status"

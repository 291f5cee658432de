"""What a telephone system's module has to be able to do, and the plain types it speaks in. Nothing here keeps anything.

A module reads one request of its provider: whether it is really from there, and which calls it tells of. Keeping the
request, making the call and fetching the recording are done the same way for all (deliveries, fetches, safe_http).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Protocol

from review.errors import ReviewError
from review.services.call_facts import CallFacts

TOLERANCE: Final = 300.0  # seconds a signed time may be away from ours


class WrongSignature(ReviewError):
    """A request is not from whom it should be, or was changed on the way; `why` says what does not match."""

    code = "wrong_signature"

    def __init__(self, why: str) -> None:
        super().__init__(f"The delivery was refused: {why}. Check the secret on the source's page.")
        self.why = why


class Unreadable(ReviewError):
    """A request is from the provider, but no call can be read from it; `why` says what is wrong with it."""

    code = "unreadable_delivery"

    def __init__(self, why: str) -> None:
        super().__init__(f"No call can be read from this delivery: {why}. It is kept and can be replayed.")
        self.why = why


class NoRecording(ReviewError):
    """The provider has no recording to give: not yet (`later`), or not any more."""

    code = "no_recording"

    def __init__(self, why: str, *, later: bool) -> None:
        super().__init__(f"The recording could not be fetched: {why}.")
        self.why = why
        self.later = later


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a multipart delivery, in the store already; `size` in bytes, `kind` as its first bytes say."""

    field: str
    name: str
    sha256: str
    size: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One request as it came. `headers` have lower-case names; `body` is without the files of a multipart body.

    `rest` is the path behind the door's token. `addresses` are the full addresses the sender may have signed.
    `body_mac` computes the HMAC-SHA256 of the raw body with what is put before it (files included).
    """

    method: str = "POST"
    rest: str = ""
    query: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    files: tuple[SentFile, ...] = ()
    received_at: datetime
    body_mac: Callable[[bytes, bytes], str] | None = None

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower-case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def asked(self, name: str) -> str | None:
        """The first value of a query argument."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What is set for one source: its provider, settings, and secrets (in clear, in memory only)."""

    source: str
    provider: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]

    def secret(self, name: str) -> str:
        """A secret. Raises WrongSignature when it was never entered: nothing can be checked then."""
        value = self.secrets.get(name, "")
        if not value:
            raise WrongSignature(f"the source has no {name.replace('_', ' ')} yet")
        return value

    def setting(self, name: str) -> str:
        """A setting as text; "" when it is not set."""
        return str(self.settings.get(name) or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNews:
    """What a delivery tells of one call. `facts.source` is put in by who takes it.

    `recordings` are references (ids or addresses) to fetch, `files` recordings that came along.
    """

    facts: CallFacts
    recordings: tuple[str, ...] = ()
    files: tuple[SentFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The calls a delivery tells of; none of them with the reason `why`."""

    calls: tuple[CallNews, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a recording, or for where it is. `secret_headers` go to the first host only, not to redirects."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    form: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict)


AskJson = Callable[[Request], Any]
"""Asks an allowed host and gives the JSON of its answer. Raises FetchFailed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to enter on a source's page. `made`: we make it and show it once, instead of being told it."""

    name: str
    kind: Literal["text", "secret", "zone", "hosts", "flag", "url"] = "text"
    made: bool = False
    required: bool = False
    default: str = ""


Outcome = Literal["accepted", "ignored", "refused", "failed", "waiting"]


class Provider(Protocol):
    """One telephone system."""

    name: ClassVar[str]  # in the address of its doors
    title: ClassVar[str]  # as it calls itself
    fields: ClassVar[tuple[Field, ...]]  # what has to be known of it, beside what every source has
    hosts: ClassVar[tuple[str, ...]]  # where its recordings come from; "*.name" means every host below name
    delay: ClassVar[float]  # seconds from the notice until the recording can be fetched
    takes_files: ClassVar[bool]  # whether recordings may come along in a multipart body
    hidden: ClassVar[tuple[str, ...]]  # fields of a body or query whose values are secrets; never of what is signed

    def greet(self, sent: Incoming) -> Answer | None:
        """The answer to a request that only tries out the address; None for a delivery."""
        ...

    def verify(self, sent: Incoming, door: Door) -> None:
        """Raise WrongSignature unless the request is from this provider and as it was sent."""
        ...

    def read(self, sent: Incoming, door: Door) -> Reading:
        """The calls this request tells of. Raises Unreadable."""
        ...

    def answer(self, outcome: Outcome, why: str, call_ids: Sequence[int]) -> Answer:
        """What the provider expects to hear."""
        ...

    def where(self, reference: str, door: Door, ask: AskJson) -> Request:
        """The request for a recording's bytes; may ask the provider for its address.

        Raises NoRecording, FetchFailed.
        """
        ...

    def sample(self, door: Door, address: str, now: datetime) -> Incoming:
        """A delivery like the provider's own, signed as it signs, for the test button."""
        ...


def plain_answer(outcome: Outcome, why: str) -> Answer:
    """For providers that only look at the status: what is kept is done, whatever came of it; it is not sent again."""
    if outcome == "refused":
        return Answer(401, f"refused: {why}\n")
    return Answer(200, f"{outcome}\n")

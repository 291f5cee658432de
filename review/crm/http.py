"""Talking to a CRM's server: time limits, retries that cannot double anything, rate limits, one token refresh."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from review.crm.errors import CrmBusy, CrmError, CrmGone, CrmNonsense, CrmRefused, CrmSignedOut, CrmUnreachable

SECONDS: Final = 30.0  # for each step of one request; CRMs answer a page in a few
STEPS: Final = 5  # of one try: a free connection, connecting, sending, the answer's first byte, its rest
LONGEST_TRY: Final = STEPS * SECONDS  # no single try lasts longer
TRIES: Final = 4
LONGEST_PUT_OFF: Final = 24 * 3600.0  # that a server may ask for: "inf" or a year would stop a connection for good
LONGEST_WAIT: Final = 30.0  # a longer Retry-After is handed on: the work is put off instead of waited for
LARGEST_ANSWER: Final = 32 * 1024 * 1024
LONGEST_DETAIL: Final = 300


class Refreshed(Exception):
    """Raised by `judge` when the answer means that the token has expired, whatever the HTTP status."""


class CrmHttp:
    """A server's JSON interface. `headers` gives what signs a request, `refresh` gets a new token.

    `judge(status, data)` may raise a CrmError for an error that the CRM reports in its own way, or Refreshed.
    Answers that redirect are refused, and `path` may be a full address only on the same server: the token goes
    nowhere else. `alive` is called before every try, and what it raises goes through: nothing more is sent then.
    """

    def __init__(
        self,
        base: str,
        *,
        headers: Callable[[], Mapping[str, str]],
        wait: Callable[[float], None],
        refresh: Callable[[], None] | None = None,
        judge: Callable[[int, Any], None] | None = None,
        seconds: float = SECONDS,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self.base = base if base.endswith("/") else base + "/"
        self._headers = headers
        self._wait = wait
        self._refresh = refresh
        self._judge = judge
        self._seconds = seconds
        self._alive = alive
        self._client: Any = None

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON at a path; None when the server has nothing (204)."""
        return self.send("GET", path, params=params, repeatable=True)

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> Any:
        """Send and read JSON. `repeatable`: doing it twice does no harm, so a lost answer is asked for again.

        Raises CrmError.
        """
        refreshed = False
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES
            self._alive()
            try:
                status, answer_headers, raw = self._once(method, path, params, body, form, headers)
            except CrmUnreachable:
                if last or not repeatable:
                    raise
                self._wait(_backoff(attempt))
                continue
            told_when = "retry-after" in answer_headers
            if (status == 429 and (told_when or not self._is_judged(status, raw))) or (status == 503 and told_when):
                pause = _retry_after(answer_headers.get("retry-after"), attempt)
                if last or pause > LONGEST_WAIT:
                    raise CrmBusy("It asks us to slow down.", retry_after=pause)
                self._wait(pause)
                continue
            if status >= 500 and repeatable and not last and not self._is_judged(status, raw):
                self._wait(_backoff(attempt))
                continue
            try:
                return self._read(status, raw)
            except Refreshed:
                if refreshed or self._refresh is None:
                    raise CrmSignedOut from None
                refreshed = True
                self._refresh()
            except CrmBusy as error:
                pause = error.retry_after or _backoff(attempt)
                if last or pause > LONGEST_WAIT:
                    raise
                self._wait(pause)
        raise CrmUnreachable(f"It did not answer in {TRIES} tries.")

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Any,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        import httpx2

        if self._client is None:
            self._client = httpx2.Client(timeout=self._seconds, follow_redirects=False)
        url = urljoin(self.base, path)
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise CrmNonsense(f"It sent us on to another server ({urlsplit(url).hostname}), which was not followed.")
        more: dict[str, Any] = {"headers": {"Accept": "application/json", **self._headers(), **(headers or {})}}
        if params is not None:
            more["params"] = params
        if body is not None:
            more["json"] = body() if callable(body) else body  # asked anew: it may carry the token
        if form is not None:
            more["data"] = form
        until = time.monotonic() + (STEPS - 1) * self._seconds  # a last piece may take one step more
        try:
            with self._client.stream(method, url, **more) as response:
                raw = bytearray()
                for piece in response.iter_bytes():
                    raw += piece
                    if len(raw) > LARGEST_ANSWER:
                        raise CrmNonsense(f"Its answer is larger than {LARGEST_ANSWER // 1024 // 1024} MB.")
                    if time.monotonic() > until:
                        raise CrmUnreachable("Its answer came too slowly.")
                return response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(raw)
        except httpx2.InvalidURL as error:
            raise CrmRefused(0, "the address cannot be used") from error
        except httpx2.HTTPError as error:
            host = urlsplit(url).hostname
            raise CrmUnreachable(f"{host} could not be reached ({type(error).__name__}).") from error

    def _is_judged(self, status: int, raw: bytes) -> bool:
        """Whether the CRM's own words say more than the status does."""
        if self._judge is None:
            return False
        try:
            self._judge(status, json.loads(raw))
        except (CrmError, Refreshed):
            return True
        except ValueError:
            return False
        return False

    def _read(self, status: int, raw: bytes) -> Any:
        if status == 204 or (status < 300 and not raw.strip()):
            return None
        try:
            data = json.loads(raw)
        except ValueError as error:
            if status < 400:
                raise CrmNonsense(f"Its answer ({status}) is no JSON.") from error
            data = None
        if self._judge is not None:
            self._judge(status, data)
        if status == 401:
            raise Refreshed
        if status == 403:
            raise CrmRefused(403, _detail(data) or "the key lacks the right for it")
        if status in (404, 410):
            raise CrmGone(status, _detail(data))
        if status >= 500:
            raise CrmUnreachable(f"It answered {status}.")
        if status >= 300:
            raise CrmRefused(status, _detail(data))
        return data


def _detail(data: Any) -> str:
    """The words of an error answer, whichever of the usual names they stand under."""
    if not isinstance(data, Mapping):
        return ""
    for name in ("detail", "error_description", "message", "title", "error"):
        value = data.get(name)
        if isinstance(value, str) and value:
            return value[:LONGEST_DETAIL]
    return ""


def _retry_after(text: str | None, attempt: int) -> float:
    """Seconds; a date or nonsense is read as our own backoff."""
    try:
        seconds = float(text or "")
    except ValueError:
        return _backoff(attempt)
    return min(max(0.0, seconds), LONGEST_PUT_OFF) if seconds == seconds else _backoff(attempt)


def _backoff(attempt: int) -> float:
    return min(LONGEST_WAIT, 2.0 ** (attempt - 1)) * random.uniform(0.75, 1.25)  # noqa: S311 (spreads, hides nothing)

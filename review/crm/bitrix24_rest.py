"""Bitrix24's way of calling methods: results in an envelope, fifty rows a page, batches, limits told inside answers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

from review.crm.connector import Access
from review.crm.errors import CrmBusy, CrmCannot, CrmGone, CrmNonsense, CrmRefused
from review.crm.http import CrmHttp, Refreshed
from review.crm.reading import dig, rows_at
from review.crm.tokens import Tokens

PAGE: Final = 50  # the portal's own; it cannot be asked for another
TOKENS_AT: Final = "https://oauth.bitrix.info/oauth/token/"
MOST_OPERATING: Final = 400.0  # of the 480 s a method may run in ten minutes: then it is blocked for the rest of them
_BUSY: Final = frozenset({"QUERY_LIMIT_EXCEEDED", "OVERLOAD_LIMIT"})
_EXPIRED: Final = frozenset({"expired_token", "invalid_token", "NO_AUTH_FOUND"})


class BitrixRest:
    """The portal's methods, by an incoming webhook's address or an application's token."""

    def __init__(self, access: Access) -> None:
        self._wait = access.wait
        webhook = access.secrets.get("webhook", "").strip()
        address = str(access.settings.get("address") or "").strip().rstrip("/")
        if webhook:
            self._tokens = None
            base = webhook
        elif address:
            at = str(access.settings.get("tokens_at") or TOKENS_AT)
            self._tokens = Tokens(access, at)
            base = f"{address}/rest/"
        else:
            raise CrmCannot("Give the address of an incoming webhook, or of the portal with an application's token.")
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CrmCannot("The address must begin with https:// and name the portal.")
        self.portal = f"{parts.scheme}://{parts.netloc}"
        refresh = self._tokens.refresh if self._tokens is not None and self._tokens.can_refresh else None
        self._http = CrmHttp(
            base,
            headers=dict,
            wait=access.wait,
            refresh=refresh,
            judge=_judge,
            seconds=access.seconds,
            alive=access.alive,
        )

    def call(self, method: str, params: Mapping[str, Any] | None = None, *, repeatable: bool = True) -> Any:
        """A method's result. `repeatable` False for one that makes something."""
        return dig(self._send(method, params or {}, repeatable=repeatable), "result")

    def page(self, method: str, params: Mapping[str, Any], number: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
        """One page of a list method, counted from 1, and whether more follow."""
        data = self._send(method, {**params, "start": (number - 1) * PAGE}, repeatable=True)
        return rows_at(data, "result"), dig(data, "next") is not None

    def every(self, method: str, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """All rows of a short list."""
        found: list[Mapping[str, Any]] = []
        number, more = 1, True
        while more:
            items, more = self.page(method, params, number)
            found += items
            number += 1
        return found

    def whole(self, method: str, params: Mapping[str, Any]) -> tuple[Any, bool]:
        """A result that is no plain list, and whether more follow."""
        data = self._send(method, params, repeatable=True)
        return dig(data, "result"), dig(data, "next") is not None

    def batch(self, commands: Mapping[str, str]) -> Mapping[str, Any]:
        """Results of up to fifty commands; those that failed are left out."""
        found = self.call("batch", {"halt": 0, "cmd": dict(commands)})
        results = dig(found, "result")
        if isinstance(results, list):  # an empty PHP array
            return {}
        if not isinstance(results, Mapping):
            raise CrmNonsense("It answered a batch with something else.")
        return results

    def _send(self, method: str, params: Mapping[str, Any], *, repeatable: bool) -> Any:
        data = self._http.send("POST", f"{method}.json", body=lambda: {**params, **self._auth()}, repeatable=repeatable)
        operating, until = dig(data, "time", "operating"), dig(data, "time", "operating_reset_at")
        if isinstance(operating, (int, float)) and operating > MOST_OPERATING:
            # The answer is good; the next request would soon be refused for minutes.
            self._wait(min(60.0, max(1.0, float(until) - time.time())) if isinstance(until, (int, float)) else 30.0)
        return data

    def _auth(self) -> Mapping[str, str]:
        """An application's token goes into the request; a webhook's is in its address."""
        if self._tokens is None:
            return {}
        self._tokens.headers()  # gets the first token when there is only a code
        return {"auth": self._tokens.bearer}


def like_php(params: Mapping[str, Any], prefix: str = "") -> str:
    """Nested parameters as PHP reads them in an address: `filter[ID]=1`."""
    parts = []
    for name, value in params.items():
        full = f"{prefix}[{name}]" if prefix else str(name)
        if isinstance(value, Mapping):
            parts.append(like_php(value, full))
        else:
            parts.append(f"{quote(full, safe='[]')}={quote(str(value))}")
    return "&".join(parts)


def _judge(status: int, data: Any) -> None:
    """Errors stand in the answer, whatever the status."""
    code, words = str(dig(data, "error") or ""), str(dig(data, "error_description") or "")[:300]
    if not code and (status < 400 or not words):
        return
    if code in _BUSY:
        raise CrmBusy("It asks us to slow down.")
    if code == "OPERATION_TIME_LIMIT":
        raise CrmBusy("Its time for this method is used up for now.", retry_after=600.0)
    if code in _EXPIRED:
        raise Refreshed
    if code == "INTERNAL_SERVER_ERROR" and status >= 500:
        return  # read as what it is: their fault
    if "not found" in words.casefold() or code in ("NOT_FOUND", "ERROR_NOT_FOUND"):
        raise CrmGone(status, words or code)
    raise CrmRefused(status, f"{code}: {words}" if words else code)

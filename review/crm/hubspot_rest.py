"""HubSpot's interface: searching by time of change, reading in batches, what is joined to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from review.crm.connector import Access
from review.crm.http import CrmHttp
from review.crm.reading import by_time, dig, id_of, iso_time, rows_at
from review.crm.tokens import Tokens

ADDRESS: Final = "https://api.hubapi.com"
PAGE: Final = 100
HISTORY_AT_ONCE: Final = 50  # of the batch with histories


class HubRest:
    """One HubSpot account, by a private app's token or an application's."""

    def __init__(self, access: Access) -> None:
        address = str(access.settings.get("address") or ADDRESS).rstrip("/")
        tokens = Tokens(
            access, f"{address}/oauth/v1/token", more={"redirect_uri": str(access.settings.get("redirect_uri") or "")}
        )
        refresh = tokens.refresh if tokens.can_refresh else None
        self.http = CrmHttp(
            address,
            headers=tokens.headers,
            wait=access.wait,
            refresh=refresh,
            seconds=access.seconds,
            alive=access.alive,
        )

    def changed(
        self, kind: str, properties: Sequence[str], since: datetime | None
    ) -> Iterator[tuple[list[Mapping[str, Any]], datetime | None]]:
        """Objects changed since, oldest first. A search gives at most 10,000: it is begun anew behind each page."""
        name = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"

        def fetch(start: datetime | None, page: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
            body: dict[str, Any] = {
                "limit": PAGE,
                "properties": list(properties),
                "sorts": [{"propertyName": name, "direction": "ASCENDING"}],
            }
            if start is not None:
                at = {"propertyName": name, "operator": "GTE", "value": str(int(start.timestamp() * 1000))}
                body["filterGroups"] = [{"filters": [at]}]
            if page > 1:
                body["after"] = str((page - 1) * PAGE)
            data = self.http.send("POST", f"crm/v3/objects/{kind}/search", body=body, repeatable=True)
            return rows_at(data, "results"), dig(data, "paging", "next", "after") is not None

        return by_time(fetch, lambda item: iso_time(dig(item, "properties", name)), since)

    def read(
        self, kind: str, ids: Sequence[str], properties: Sequence[str], *, history: str | None = None
    ) -> list[Mapping[str, Any]]:
        """Objects by their ids; those that are gone are left out (the answer is 207 then)."""
        found: list[Mapping[str, Any]] = []
        size = HISTORY_AT_ONCE if history else PAGE
        for at in range(0, len(ids), size):
            body: dict[str, Any] = {
                "inputs": [{"id": one} for one in ids[at : at + size]],
                "properties": list(properties),
            }
            if history:
                body["propertiesWithHistory"] = [history]
            data = self.http.send("POST", f"crm/v3/objects/{kind}/batch/read", body=body, repeatable=True)
            found += rows_at(data, "results")
        return found

    def joined(self, kind: str, to: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """For each object the ids of the other kind it is joined to."""
        found: dict[str, list[str]] = {}
        for at in range(0, len(ids), PAGE):
            body = {"inputs": [{"id": one} for one in ids[at : at + PAGE]]}
            data = self.http.send("POST", f"crm/v4/associations/{kind}/{to}/batch/read", body=body, repeatable=True)
            for item in rows_at(data, "results"):
                own = id_of(dig(item, "from", "id"))
                others = [o for other in rows_at(item, "to") if (o := id_of(other.get("toObjectId"))) is not None]
                if own is not None:
                    found.setdefault(own, []).extend(others)
        return found

    def every(self, path: str) -> list[Mapping[str, Any]]:
        """All rows of a list that goes on behind a word."""
        found: list[Mapping[str, Any]] = []
        after: str | None = None
        while True:
            data = self.http.get(path, {"limit": PAGE, **({"after": after} if after else {})})
            found += rows_at(data, "results")
            following = id_of(dig(data, "paging", "next", "after"))
            if following is None or following == after:
                return found
            after = following

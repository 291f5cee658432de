"""The CRMs we can talk to: what each is called, what has to be said to connect it, and the module that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from review.crm.connector import Access, Connector
from review.errors import ReviewError


class UnknownCrm(ReviewError):
    """There is no connector of this kind."""

    code = "unknown_crm"

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no CRM connector '{kind}'. Nothing was changed.")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of CRM: the names of its settings and secrets, in the order a person is asked for them."""

    name: str
    title: str
    settings: tuple[str, ...]
    secrets: tuple[str, ...]
    make: Callable[[Access], Connector]
    takes_transcripts: bool = False


def _amocrm(access: Access) -> Connector:
    from review.crm.amocrm import AmoCrm

    return AmoCrm(access)


def _bitrix24(access: Access) -> Connector:
    from review.crm.bitrix24 import Bitrix24

    return Bitrix24(access)


def _hubspot(access: Access) -> Connector:
    from review.crm.hubspot import HubSpot

    return HubSpot(access)


def _rest(access: Access) -> Connector:
    from review.crm.rest import Rest

    return Rest(access)


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "amocrm",
            "amoCRM",
            ("address", "client_id", "redirect_uri", "calls_as", "unqualified_reasons", "fields", "do_not_call_field"),
            ("token", "refresh_token", "client_secret", "code"),
            _amocrm,
        ),
        Kind(
            "bitrix24",
            "Bitrix24",
            ("address", "client_id", "calls_as", "unqualified_reasons", "fields", "do_not_call_field"),
            ("webhook", "token", "refresh_token", "client_secret", "code"),
            _bitrix24,
            takes_transcripts=True,
        ),
        Kind(
            "hubspot",
            "HubSpot",
            ("client_id", "redirect_uri", "unqualified_reasons", "fields", "do_not_call_field"),
            ("token", "refresh_token", "client_secret", "code"),
            _hubspot,
        ),
        Kind("rest", "REST", ("address", "header", "mapping"), ("token",), _rest),
    )
}


def make_connector(kind: str, access: Access) -> Connector:
    """The connector of a kind. Raises UnknownCrm."""
    if kind not in KINDS:
        raise UnknownCrm(kind)
    return KINDS[kind].make(access)

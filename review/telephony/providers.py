"""Every telephone system there is a module for; taking a line out takes the system out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from review.telephony.bitrix24 import Bitrix24
from review.telephony.freeswitch import FreeSwitch
from review.telephony.generic import Generic
from review.telephony.mango import Mango
from review.telephony.provider import Provider
from review.telephony.threecx import ThreeCx
from review.telephony.twilio import Twilio
from review.telephony.uis import Uis
from review.telephony.zadarma import Zadarma

_ALL: Final[tuple[Provider, ...]] = (
    Generic(),
    FreeSwitch(),
    Twilio(),
    Zadarma(),
    Mango(),
    Uis(),
    ThreeCx(),
    Bitrix24(),
)

PROVIDERS: Final[Mapping[str, Provider]] = {provider.name: provider for provider in _ALL}

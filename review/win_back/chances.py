"""The chance of return a lead is ranked by, and its value beside leads of other currencies; pure.

Both shares start from what is written down below and move with what people decided and what came of it here: few
results move them a little, many take them over (a Beta prior).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

RETURNS: Final = 0.2
"""Of worked rejections: about a fifth return to the funnel (the head of sales' own figure, product.md)."""

_AGREE_COUNTS: Final = 10.0  # results that weigh as much as what the judge says
_RETURN_COUNTS: Final = 20.0


@dataclass(frozen=True, slots=True)
class BandTally:
    """What became of the leads of one band: `judged` by people, `wrong` of them; `worked`, `returned` of them."""

    judged: int = 0
    wrong: int = 0
    worked: int = 0
    returned: int = 0


def chance_of_return(probability: float, tally: BandTally) -> float:
    """0..1 that the lead comes back if it is worked: that it was closed wrongly, times how often such ones return."""
    agreed = (probability * _AGREE_COUNTS + tally.wrong) / (_AGREE_COUNTS + tally.judged)
    returns = (RETURNS * _RETURN_COUNTS + tally.returned) / (_RETURN_COUNTS + tally.worked)
    return agreed * returns


@dataclass(frozen=True, slots=True)
class Middles:
    """The middle value of deals, by currency; `usual` is the currency most deals are in."""

    by_currency: Mapping[str, float]
    usual: str | None = None

    def relative(self, value: float | None, currency: str | None) -> float:
        """A value in middle deals of its currency, so that crowns and yuan can stand in one list without a rate.

        An unknown value counts as a middle one; so does one in a currency no other deal is in.
        """
        middle = self.by_currency.get(currency or "")
        return 1.0 if value is None or not middle else max(0.0, value) / middle

    def guess(self, currency: str | None) -> tuple[float, str] | None:
        """What an unknown value is taken for: the middle of its currency, else of the usual one; None: none has one."""
        for name in (currency, self.usual):
            if name and self.by_currency.get(name):
                return self.by_currency[name], name
        return None


def middles_of(values: Mapping[str, list[float]]) -> Middles:
    """From all known values above nothing, by currency."""
    known = {name: [value for value in found if value > 0] for name, found in values.items()}
    by_currency = {name: float(median(found)) for name, found in sorted(known.items()) if found}
    usual = max(by_currency, key=lambda name: (len(known[name]), name), default=None)
    return Middles(by_currency, usual)

"""Why a lead was lost, in words: CRMs and telephone systems often tell it as a code, such as `not_interested`."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext as _


def N_(text: str) -> str:
    """Marks a phrase for the translation catalogues."""
    return text


_CODE: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*|[A-Z0-9]+(?:_[A-Z0-9]+)+")
_LOWER: Final = re.compile(r"[_\-\s]+")

_REASONS: Final = {
    "price": N_("price"),
    "expensive": N_("too expensive"),
    "too_expensive": N_("too expensive"),
    "high_price": N_("too expensive"),
    "price_too_high": N_("too expensive"),
    "budget": N_("no budget"),
    "no_budget": N_("no budget"),
    "no_money": N_("no budget"),
    "timing": N_("timing"),
    "bad_timing": N_("timing"),
    "not_now": N_("not now"),
    "later": N_("not now"),
    "postponed": N_("put off"),
    "put_off": N_("put off"),
    "need": N_("no need"),
    "no_need": N_("no need"),
    "not_needed": N_("no need"),
    "not_interested": N_("not interested"),
    "no_interest": N_("not interested"),
    "competitor": N_("competitor"),
    "chose_competitor": N_("chose a competitor"),
    "lost_to_competitor": N_("chose a competitor"),
    "chose_another_supplier": N_("chose a competitor"),
    "authority": N_("authority"),
    "no_authority": N_("does not decide"),
    "trust": N_("trust"),
    "fit": N_("fit"),
    "not_a_fit": N_("does not fit"),
    "no_fit": N_("does not fit"),
    "missing_feature": N_("does not fit"),
    "unreachable": N_("could not be reached"),
    "not_reached": N_("could not be reached"),
    "no_answer": N_("could not be reached"),
    "no_response": N_("could not be reached"),
    "no_contact": N_("could not be reached"),
    "could_not_be_reached": N_("could not be reached"),
    "unqualified": N_("unqualified"),
    "not_qualified": N_("unqualified"),
    "duplicate": N_("duplicate"),
    "spam": N_("spam"),
    "junk": N_("spam"),
    "wrong_number": N_("wrong number"),
    "do_not_call": N_("do not call"),
    "hard_no": N_("a firm no"),
    "unknown": N_("not known"),
    "other": N_("other"),
}
"""Codes that are common; a company's own code is shown as its words."""


def loss_reason_words(text: str | None) -> str:
    """A loss reason as it is shown: a code in the viewer's language, its own words where the code is not known.

    What a CRM calls a reason stays as it is called there, except where another language has words for the same.
    """
    told = (text or "").strip()
    known = _REASONS.get(_LOWER.sub("_", told.lower()))
    is_code = _CODE.fullmatch(told) is not None
    if known is None:
        return unfold_code(told)
    words = str(_(known))
    return words if is_code or words != known else told


def unfold_code(text: str | None) -> str:
    """A code that came from outside as words, such as `offer_sent`; anything else as it is."""
    told = (text or "").strip()
    return told.replace("_", " ").lower() if "_" in told and _CODE.fullmatch(told) else told

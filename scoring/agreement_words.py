"""What a figure of agreement means in words, and from how many calls on it means anything."""

from __future__ import annotations

from typing import Final, Literal

Meaning = Literal["nothing", "too_few", "same", "reliable", "tentative", "unreliable", "wording"]
"""nothing: nobody to compare; too_few: see FEWEST_CALLS and WIDEST; same: everybody always gave one and the same
answer; reliable, tentative, unreliable: see RELIABLE and TENTATIVE; wording: the question itself is the trouble."""

FEWEST_CALLS: Final = 5  # answered by two people or more
WIDEST: Final = 0.7  # of an interval of alpha: a wider one reaches from "reword it" to "alike"
RELIABLE: Final = 0.8  # Krippendorff 2018, ch. 12: rely on data from here on
TENTATIVE: Final = 0.667  # the same: tentative conclusions only
WORDING: Final = 0.4  # scoring.md: under it the criterion's wording is the problem


def meaning_of(alpha: float | None, low: float | None, high: float | None, *, calls: int, same: bool) -> Meaning:
    """The word for an alpha measured on `calls` calls; `same`: every pair of answers was the same."""
    if not calls:
        return "nothing"
    if calls < FEWEST_CALLS:
        return "too_few"
    if alpha is None:
        return "same" if same else "nothing"
    if low is None or high is None or high - low > WIDEST:
        return "too_few"
    if alpha >= RELIABLE:
        return "reliable"
    if alpha >= TENTATIVE:
        return "tentative"
    return "wording" if alpha < WORDING else "unreliable"

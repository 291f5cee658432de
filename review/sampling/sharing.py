"""Who gets which call of a draw, pure: in turn, or always whoever has the least to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from review.sampling.draw import Pick

IN_TURN: Final = "round_robin"
BY_LOAD: Final = "load"


def share_out(
    picks: Sequence[Pick],
    reviewers: Sequence[int],
    may: Callable[[int, int | None], bool],
    *,
    sharing: str,
    load: Mapping[int, int] | None = None,
    last: int | None = None,
) -> dict[int, int]:
    """The reviewer of each call, by call id; a call that nobody may score is left out.

    `may(user, rep)` says whether a reviewer may score the rep's calls. `load` are open assignments by user; `last` is
    who got the call before, so that the round goes on where it was.
    """
    found: dict[int, int] = {}
    carried = {user: (load or {}).get(user, 0) for user in reviewers}
    at = reviewers.index(last) + 1 if last in reviewers else 0
    for pick in picks:
        order = range(len(reviewers)) if sharing == BY_LOAD else _round(at, len(reviewers))
        able = [place for place in order if may(reviewers[place], pick.rep_id)]
        if not able:
            continue
        place = min(able, key=lambda n: (carried[reviewers[n]], n)) if sharing == BY_LOAD else able[0]
        user = reviewers[place]
        found[pick.call_id] = user
        carried[user] += 1
        at = place + 1
    return found


def _round(start: int, count: int) -> list[int]:
    return [(start + step) % count for step in range(count)] if count else []

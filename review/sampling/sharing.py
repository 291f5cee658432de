"""Who gets which call of a draw, pure: in turn, or always whoever has the least to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from review.sampling.draw import Pick, lot

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


def share_seconds(
    first: Mapping[int, int],
    reps: Mapping[int, int | None],
    reviewers: Sequence[int],
    may: Callable[[int, int | None], bool],
    *,
    percent: float,
    seed: str,
    load: Mapping[int, int],
) -> dict[int, int]:
    """Who scores a call beside its first reviewer, by call id: about `percent` of the calls in `first`, by lot.

    Each call has its own lot, so that small draws have their share over the weeks. The second is whoever has the least
    to do; a call that nobody else may score has none. `reps` is the rep of each call.
    """
    found: dict[int, int] = {}
    carried = {user: load.get(user, 0) for user in reviewers}
    for call_id in sorted(first):
        if int(lot(f"{seed}\nsecond", call_id)[:13], 16) >= percent / 100 * 16**13:
            continue
        able = [user for user in reviewers if user != first[call_id] and may(user, reps[call_id])]
        if able:
            found[call_id] = min(able, key=lambda user: (carried[user], reviewers.index(user)))
            carried[found[call_id]] += 1
    return found


def _round(start: int, count: int) -> list[int]:
    return [(start + step) % count for step in range(count)] if count else []

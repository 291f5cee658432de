"""Roles on one channel that three people share, one of whom takes over from another: the two have one role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

from transcription.roles.sides import RoleHints, RolesTold, Side
from transcription.roles.telling import UNDECIDED, tell_roles, weigh
from transcription.speech import SpokenChannel, primary_language
from transcription.transcript import Role

ASTRAY: Final = 0.2
"""Largest share of words on the wrong side of the takeover, of the two who change places together."""

CONTRARY: Final = 1.0
"""Log-odds by which the one who took over may sound more like the other side, before his role is doubted."""


def tell_shared(sides: Sequence[Side], hints: RoleHints, decoded: Sequence[SpokenChannel]) -> RolesTold:
    """`tell_roles`, except where three people share one channel and one takes over from another.

    Those two are weighed as one side against the one who stays: whoever takes a rep's place is a rep, whoever is
    handed a client's telephone a client. Who by his own words is clearly of the other side stays a letter.
    """
    shared = len(sides) == 3 and len(decoded) == 3 and len({channel.path for channel in decoded}) == 1
    pair = _change_places(sides) if shared else None
    if pair is None:
        return tell_roles(sides, hints)
    leaves, comes = pair
    stays = 3 - leaves - comes
    both = tuple(sorted((*sides[leaves].utterances, *sides[comes].utterances), key=lambda u: u.span.start))
    # In the order in which they are heard, as two people are.
    order = (both, sides[stays].utterances) if stays != 0 else (sides[stays].utterances, both)
    told = tell_roles([Side(order[n], sides[n].voice) for n in (0, 1)], hints)
    place = 0 if stays != 0 else 1
    voices = [replace(told.voices[place], channel=side.voice.channel) for side in sides]
    voices[stays] = replace(told.voices[1 - place], channel=sides[stays].voice.channel)
    weighed = weigh([side.utterances for side in sides], replace(hints, language=primary_language(hints.language)))
    for n in (leaves, comes):
        lean = weighed[n].odds - weighed[stays].odds
        if (voices[n].role == "rep" and lean < -CONTRARY) or (voices[n].role == "client" and lean > CONTRARY):
            letter: Role = "speaker_a" if n == 0 else "speaker_b"
            voices[n] = replace(voices[n], role=letter, confidence=UNDECIDED)
    return replace(told, voices=tuple(voices))


def _change_places(sides: Sequence[Side]) -> tuple[int, int] | None:
    """Who leaves and who comes: of all pairs that speak one after the other, the one that mixes least."""
    times = [sorted(w.start for u in side.utterances for w in u.words if w.start is not None) for side in sides]
    if not all(times):
        return None
    found = min((_astray(times[a], times[b]), a, b) for a, b in permutations(range(3), 2))
    return found[1:] if found[0] <= ASTRAY else None


def _astray(leaves: Sequence[float], comes: Sequence[float]) -> float:
    """The share of words on the wrong side of the best moment (of each voice, summed)."""
    edges = (*comes, max(comes[-1], leaves[-1]) + 1)
    return min(
        sum(t < edge for t in comes) / len(comes) + sum(t >= edge for t in leaves) / len(leaves) for edge in edges
    )

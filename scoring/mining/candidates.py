"""What may be worth telling reps to say: phrases of one to five words that enough calls contain, maximal ones only.

The unit is presence in a call, not the number of times: one talkative call is one call. Phrases grow word by word, and
only from phrases that enough calls contain, so memory follows what is common and not what is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.mining.calls import Act, MinedCall, Place, Said

LONGEST: Final = 5
LONGEST_CHARACTERS: Final = 10
"""Chinese is not cut into words; ten characters are about five of them."""
FEWEST_CALLS: Final = 8
FEWEST_SHARE: Final = 0.01
MOST_SHARE: Final = 0.9
SAME: Final = 0.95
"""Two phrases in 95 % of the same calls are one phrase; the longer is kept."""

LONGEST_SEQUENCE: Final = 4
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase (`kind` phrase), a move (act) or a sequence of moves after a context (sequence), as its words."""

    kind: str
    words: Key

    @property
    def text(self) -> str:
        """As it is shown and sorted."""
        return (" > " if self.kind == "sequence" else " ").join(self.words)


@dataclass(frozen=True, slots=True)
class Presence:
    """Which calls contain which candidate: `matrix` is bool [candidates, calls], candidates in order of text."""

    candidates: tuple[Candidate, ...]
    matrix: NDArray[np.bool_]

    def of(self, calls: NDArray[np.int64]) -> Presence:
        """The same candidates on some of the calls."""
        return Presence(self.candidates, self.matrix[:, calls])


def find_candidates(calls: Sequence[MinedCall], *, fewest: int | None = None) -> Presence:
    """Everything that at least `fewest` calls contain (by default 1 % of them, at least 8) and not nearly all do."""
    least = fewest if fewest is not None else max(FEWEST_CALLS, int(len(calls) * FEWEST_SHARE))
    most = int(len(calls) * MOST_SHARE)
    rows: dict[Candidate, NDArray[np.bool_]] = {}
    for phrase, row in _phrases(calls, least).items():
        if row.sum() <= most:
            rows[Candidate("phrase", phrase)] = row
    rows = _maximal(rows)
    for candidate, row in _moves(calls).items():
        if least <= row.sum() <= most:
            rows[candidate] = row
    order = sorted(rows, key=lambda candidate: (candidate.kind, candidate.text))
    matrix = np.array([rows[candidate] for candidate in order], dtype=bool).reshape(len(order), len(calls))
    return Presence(tuple(order), matrix)


def place_of(call: MinedCall, candidate: Candidate) -> Place | None:
    """Where the call first has the candidate (for a sequence: its first move after the context); None if nowhere."""
    if candidate.kind == "phrase":
        size = len(candidate.words)
        for line in call.lines:
            for at in range(len(line) - size + 1):
                if tuple(said.text for said in line[at : at + size]) == candidate.words:
                    return Place(line[at].place.turn, line[at].place.start, line[at + size - 1].place.end)
        return None
    return dict(_acts_of(call)).get(candidate)


def _phrases(calls: Sequence[MinedCall], least: int) -> dict[Key, NDArray[np.bool_]]:
    kept: dict[Key, NDArray[np.bool_]] = {}
    common: set[Key] = set()
    longest = LONGEST_CHARACTERS if any(call.characters for call in calls) else LONGEST
    for size in range(1, longest + 1):
        found: dict[Key, set[int]] = {}
        for number, call in enumerate(calls):
            for line in call.lines:
                for phrase in _grams(line, size):
                    if size == 1 or (phrase[:-1] in common and phrase[1:] in common):
                        found.setdefault(phrase, set()).add(number)
        common = {phrase for phrase, numbers in found.items() if len(numbers) >= least}
        if not common:
            break
        for phrase in common:
            row = np.zeros(len(calls), dtype=bool)
            row[list(found[phrase])] = True
            kept[phrase] = row
    return kept


def _grams(line: Sequence[Said], size: int) -> Iterator[Key]:
    words = [said.text for said in line]
    for at in range(len(words) - size + 1):
        yield tuple(words[at : at + size])


def _maximal(rows: dict[Candidate, NDArray[np.bool_]]) -> dict[Candidate, NDArray[np.bool_]]:
    """Without phrases that a longer one, one word more, has in nearly the same calls."""
    counts = {candidate: int(row.sum()) for candidate, row in rows.items()}
    gone: set[Candidate] = set()
    for candidate in rows:
        for part in (candidate.words[:-1], candidate.words[1:]):
            shorter = Candidate("phrase", part)
            if part and shorter in counts and counts[candidate] >= SAME * counts[shorter]:
                gone.add(shorter)
    return {candidate: row for candidate, row in rows.items() if candidate not in gone}


def _moves(calls: Sequence[MinedCall]) -> dict[Candidate, NDArray[np.bool_]]:
    rows: dict[Candidate, NDArray[np.bool_]] = {}
    for number, call in enumerate(calls):
        for candidate, _place in _acts_of(call):
            if candidate not in rows:
                rows[candidate] = np.zeros(len(calls), dtype=bool)
            rows[candidate][number] = True
    return rows


def _acts_of(call: MinedCall) -> list[tuple[Candidate, Place]]:
    """The rep's moves and the sequences of up to four moves after each objection of the client, first places only."""
    found: dict[Candidate, Place] = {}
    acts = sorted(call.acts, key=lambda act: (act.place.turn, act.place.start, act.name))
    for number, act in enumerate(acts):
        if act.role == "rep":
            found.setdefault(Candidate("act", (act.name,)), act.place)
        elif act.name.startswith("objection"):
            answer = _answer(acts[number + 1 :])
            for size in range(1, min(LONGEST_SEQUENCE, len(answer)) + 1):
                words = (act.name, *(move.name for move in answer[:size]))
                found.setdefault(Candidate("sequence", words), answer[0].place)
    return list(found.items())


def _answer(acts: Sequence[Act]) -> list[Act]:
    """The rep's different moves up to the client's next objection."""
    moves: list[Act] = []
    for act in acts:
        if act.role != "rep":
            if act.name.startswith("objection"):
                break
        elif not moves or moves[-1].name != act.name:
            moves.append(act)
    return moves

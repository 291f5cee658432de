"""The packs find what they must in lines as speech engines write them, and still pass by the near misses.

Marks are nearly always missing, so nothing may depend on them; a lost or doubled word may hide a phrase now and then, a
filler between words rarely. The least shares are what the packs reach on all of their lines, rounded down.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scoring.conversation import prepare
from scoring.matching import matcher_for
from scoring.packs import Entry, languages_with_packs, load_pack
from tests.unit.scoring.noisy_lines import KINDS
from transcription.transcript import Transcript, Turn

LEAST_FOUND = {"without_marks": 0.99, "with_filler": 0.92, "with_stammer": 0.95, "without_small_word": 0.97}
# English articles are lost most and stand inside many phrases. Chinese lines are cut every two characters, so that what
# is put in often breaks a word, which no speaker does.
LESS_FOUND = {("en", "without_small_word"): 0.86, ("zh", "with_filler"): 0.85, ("zh", "with_stammer"): 0.87}
MOST_FALSE = 0.015
EVERY = 2  # entries; every second one tells as much in half the time


def entries_found(line: str, entry: Entry, language: str) -> list[Entry]:
    role = "rep" if entry.role == "any" else entry.role
    turn = Turn(role, line)  # type: ignore[arg-type]  # a pack's roles are those of turns
    return [hit.entry for hit in matcher_for(load_pack(language)).find(prepare(Transcript((turn,), language=language)))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", languages_with_packs())
def test_noise_hides_few_phrases_and_makes_few_up(language: str, kind: str) -> None:
    noise: Callable[[str, str], str] = KINDS[kind]
    found = lines = wrong = misses = 0
    for entry in load_pack(language).entries[::EVERY]:
        for line in entry.match:
            lines += 1
            groups = {hit.group for hit in entries_found(noise(line, language), entry, language)}
            found += entry.group in groups
        for line in entry.miss:
            misses += 1
            wrong += entry in entries_found(noise(line, language), entry, language)
    least = LESS_FOUND.get((language, kind), LEAST_FOUND[kind])
    assert found >= least * lines, f"{found} of {lines} lines"
    assert wrong <= MOST_FALSE * misses, f"{wrong} of {misses} near misses"

"""Prints the audio corpus: every input and what must come of it. `python -m tests.corpus`"""

from __future__ import annotations

from tests.corpus.entries import Entry, Refused
from tests.corpus.strange import ALL_ENTRIES


def describe(entry: Entry) -> str:
    """What must come of an entry, in a few words."""
    expected = entry.expected
    if isinstance(expected, Refused):
        return f'{expected.kind}: "... {expected.says} ..."'
    length = f"{expected.least:g} to {expected.most:g} s read"
    return f"{length}, marked partial" if expected.partial else length


if __name__ == "__main__":
    for number, entry in enumerate(ALL_ENTRIES, 1):
        print(f"{number:3}  {entry.title:40} {entry.name:10} {describe(entry)}")

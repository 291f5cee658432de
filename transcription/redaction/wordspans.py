"""Where each of a turn's words stands in its text, even when the engine cut or spelled them a little differently."""

from __future__ import annotations

from typing import Final

from transcription.transcript import Turn

_AHEAD: Final = 60
"""Characters a word may lie behind the one before it: enough for a few words that the word list leaves out."""


def align_words(turn: Turn) -> list[tuple[int, int]]:
    """Character spans in `turn.text`, one per word, in order and not overlapping (an unfound run shares its gap)."""
    text = turn.text
    folded = text.lower()
    if len(folded) != len(text):  # a few letters change their length in lower case
        folded = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    spans: list[tuple[int, int] | None] = []
    cursor = 0
    for word in turn.words:
        wanted = word.text.strip()
        at = text.find(wanted, cursor, cursor + len(wanted) + _AHEAD) if wanted else -1
        if at < 0 and wanted:
            at = folded.find(wanted.lower(), cursor, cursor + len(wanted) + _AHEAD)
        if at < 0:
            spans.append(None)
            continue
        spans.append((at, at + len(wanted)))
        cursor = at + len(wanted)
    return _fill(spans, len(text))


def _fill(spans: list[tuple[int, int] | None], length: int) -> list[tuple[int, int]]:
    """Words that were not found stand in the gap between their found neighbours, each with an equal part of it."""
    filled: list[tuple[int, int]] = []
    index = before = 0
    while index < len(spans):
        span = spans[index]
        if span is not None:
            filled.append(span)
            before = span[1]
            index += 1
            continue
        behind = index
        while behind < len(spans) and spans[behind] is None:
            behind += 1
        found = spans[behind] if behind < len(spans) else None
        gap = (length if found is None else found[0]) - before
        count = behind - index
        filled.extend((before + gap * n // count, before + gap * (n + 1) // count) for n in range(count))
        before += gap
        index = behind
    return filled

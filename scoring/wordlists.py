"""Word lists written as a line of text."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of the text, divided by spaces."""
    return frozenset(text.split())

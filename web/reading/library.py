"""The library's facets as links: each choice narrows what is shown, and a chosen one leads back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.library.listing import LibraryPage


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One line of a facet; `query` is the page's query after following it."""

    value: str
    label: str
    count: int
    on: bool
    query: Mapping[str, str]


def read_facets(page: LibraryPage, chosen: Mapping[str, str]) -> dict[str, tuple[FacetChoice, ...]]:
    """The facets that can narrow: with more than one value, or one that is chosen."""
    found = {}
    for name, choices in page.facets.items():
        lines = []
        for choice in choices:
            on = chosen.get(name) == choice.value
            rest = {key: value for key, value in chosen.items() if key != name}
            query = rest if on else {**rest, name: choice.value}
            lines.append(FacetChoice(choice.value, choice.label, choice.count, on, query))
        if len(lines) > 1 or any(line.on for line in lines):
            found[name] = tuple(lines)
    return found

"""What a person asks the list of calls for: words, who said them, filters; read from an address and written back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlencode

from review.queries.filters import InboxFilters, read_filters
from review.queries.objections_filter import read_objection_filter
from review.queries.search import SPEAKERS
from review.queries.viewer import Viewer

LONGEST_QUERY: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Asked:
    """The words searched for (empty: none), who says them (None: anybody), and the filters."""

    query: str = ""
    by: str | None = None
    filters: InboxFilters = field(default_factory=InboxFilters)

    def to_query(self) -> dict[str, str]:
        """All that is set, ready for a link; `read_asked` reads it back."""
        words = {"q": self.query} if self.query else {}
        said_by = {"by": self.by} if self.by else {}
        return {**words, **said_by, **self.filters.to_query()}

    def to_text(self) -> str:
        """The same as a query string."""
        return urlencode(self.to_query())

    @property
    def active(self) -> int:
        """How much is set, without the words."""
        return self.filters.active + (self.by is not None)


def read_asked(values: Mapping[str, str], viewer: Viewer) -> Asked:
    """What the address asks for. Nonsense is left out, and so is what the viewer may not ask."""
    filters = read_filters(values)
    if not reviews(viewer):
        # Whether a scorecard that a rep was not shown yet exists is not for the rep; tags are the reviewers' own words.
        filters = dataclasses.replace(filters, evaluated=None, tag=None)
    by = values.get("by")
    return Asked(
        query=values.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY],
        by=by if by in SPEAKERS else None,
        filters=filters,
    )


def reviews(viewer: Viewer) -> bool:
    """Whether the viewer is one of those who review calls."""
    return viewer.has_role("manager", "reviewer", "quality_lead", "head_of_sales")


def read_view_query(page: str, text: str, viewer: Viewer) -> str:
    """The query string of a view, written anew from what it means: nothing else gets into an address of ours."""
    values = dict(parse_qsl(text[:4000]))
    if page == "objections":
        return urlencode(read_objection_filter(values).to_query())
    return read_asked(values, viewer).to_text()

"""Pages of lists over the API: `after` and `limit` in, `next` out; the same for every list.

    class TeamQuery(PageQuery):
        team_id: RowId | None = None

    rows = list_teams(db, viewer(), after=query.place(str), limit=query.limit + 1)
    shown, following = cut(rows, query.limit, lambda row: (row.name, row.id))

`beyond` of `review.queries.paging` is the condition for the query, `cut` makes the page and its mark.
"""

from __future__ import annotations

from typing import TypeVar

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from review.queries.paging import LONGEST_MARK, Place, cut, read_mark
from web.errors import Refused

__all__ = ["NEXT", "MarkQuery", "PageQuery", "cut"]

K = TypeVar("K")
NEXT = "Send it as `after` for the next page; null on the last."


class MarkQuery(BaseModel):
    """Pages of lists that have marks of their own; what is no mark of the list shows its first page."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, max_length=4000, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


class PageQuery(BaseModel):
    """Where a list goes on and how much of it; other parameters are refused unless a subclass adds them."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, max_length=LONGEST_MARK, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")

    @field_validator("after")
    @classmethod
    def _is_a_mark(cls, value: str | None) -> str | None:
        if value and read_mark(value) is None:
            raise ValueError("send `next` of the page before, unchanged")
        return value or None

    def place(self, kind: type) -> Place | None:
        """The last row of the page before, for a list sorted by keys of this type (datetime, int or str).

        None for the first page. Raises Refused (422) for the mark of another list.
        """
        found = read_mark(self.after)
        if found is None or isinstance(found[0], kind):
            return found
        fix = _("send `next` of this list's page before, unchanged")
        raise Refused(
            422,
            _("The parameter '%(field)s' cannot be used", field="after"),
            "",
            fix,
            code="bad_parameter",
            field="after",
            fix=fix,
        )

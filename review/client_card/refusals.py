"""Why something on a client's card is not stored; nothing is ever stored in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from review.comments.refusals import WritingRefused
from review.errors import ReviewError


class NoSuchClient(ReviewError):
    """There is no such client for this person."""

    code = "no_such_client"

    def __init__(self, client_id: int) -> None:
        super().__init__(f"There is no client {client_id}.")
        self.client_id = client_id


class ClientChanged(ReviewError):
    """Somebody stored a change after this form was opened; `theirs` is what stands there now."""

    code: ClassVar[str] = "client_changed"

    def __init__(self, revision: int, theirs: Mapping[str, Any]) -> None:
        super().__init__("The card was changed meanwhile; nothing was overwritten: choose what stands, field by field.")
        self.revision = revision
        self.theirs = theirs


class BadField(WritingRefused):
    """A value a field cannot hold; `field` names it."""

    code = "field"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"'{field}': {why} Nothing was stored.", field=field, why=why)

"""Why something of coaching is not stored. Nothing is ever stored in part; pages keep what was typed."""

from __future__ import annotations

from typing import Any, ClassVar

from review.errors import ReviewError


class CoachingRefused(ReviewError):
    """Base: what was asked is not done. `facts` are for the sentence shown to the person."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.facts = facts


class NoSuchCoaching(CoachingRefused):
    """There is no such session, plan or step, or none this person may see."""

    code = "not_found"

    def __init__(self, what: str, row_id: int) -> None:
        super().__init__(f"There is no {what} {row_id} that you can see.", what=what, id=row_id)


class BadField(CoachingRefused):
    """One field cannot be stored as it is: `field` names it, `why` is missing, unknown, too_long, past or range."""

    code = "bad_field"

    def __init__(self, field: str, why: str = "missing", **facts: Any) -> None:
        super().__init__(f"'{field}' cannot be stored ({why}); nothing was stored.", field=field, why=why, **facts)
        self.field = field
        self.why = why


class Moved(CoachingRefused):
    """Somebody changed it after it was read: `theirs` is the revision stored now. Nothing was overwritten."""

    code = "changed_meanwhile"

    def __init__(self, what: str, row_id: int, theirs: int) -> None:
        super().__init__(
            f"This {what} was changed meanwhile (it is at revision {theirs} now); nothing was overwritten: read it "
            "again and send your words on top of it.",
            what=what,
            id=row_id,
            revision=theirs,
        )
        self.theirs = theirs


class NotNow(CoachingRefused):
    """This step does not follow from the state it is in."""

    code = "not_now"

    def __init__(self, move: str, state: str) -> None:
        super().__init__(f"'{move}' does not follow when it is '{state}'; nothing was changed.", move=move, state=state)
        self.move = move
        self.state = state


class NotYourPart(CoachingRefused):
    """This step is the other person's: a rep confirms, a coach holds and closes."""

    code = "not_your_part"

    def __init__(self, move: str) -> None:
        super().__init__(f"'{move}' is not yours to do in this session; nothing was changed.", move=move)
        self.move = move

"""Why a comment, a clip or a playlist is not stored. Nothing is ever stored in part; pages keep what was typed."""

from __future__ import annotations

from typing import ClassVar

from review.errors import ReviewError


class WritingRefused(ReviewError):
    """Base: what was sent is not stored. `facts` are for the sentence shown to the person."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.facts = facts


class Empty(WritingRefused):
    """Nothing was written where words are needed."""

    code = "empty"

    def __init__(self, field: str) -> None:
        super().__init__(f"Nothing is written in '{field}'; nothing was stored.", field=field)


class TooLong(WritingRefused):
    """More characters than fit: `length` were sent, `most` are allowed."""

    code = "too_long"

    def __init__(self, field: str, length: int, most: int) -> None:
        super().__init__(
            f"'{field}' has {length} characters, at most {most} fit; nothing was stored: shorten it and send it again.",
            field=field,
            length=length,
            most=most,
        )


class MayNotSee(WritingRefused):
    """People are named who may not see this call, or not this comment."""

    code = "mention"

    def __init__(self, names: tuple[str, ...], *, reviewers_only: bool) -> None:
        listed = ", ".join(names)
        super().__init__(
            f"{listed} may not see this {'comment' if reviewers_only else 'call'}, so nothing was stored: take the "
            "name out or choose somebody else.",
            names=names,
            reviewers_only=reviewers_only,
        )


class NotYours(WritingRefused):
    """Only the person who wrote it may change it."""

    code = "not_yours"

    def __init__(self) -> None:
        super().__init__("Only the person who wrote this may change it; nothing was changed.")


class Answered(WritingRefused):
    """A comment somebody has answered stays as they read it."""

    code = "answered"

    def __init__(self) -> None:
        super().__init__("Somebody has answered this comment, so it stays as it is: write another one below it.")


class Gone(WritingRefused):
    """It was deleted, or never was, or is nothing this person may see."""

    code = "gone"

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} is no longer there; nothing was changed.", what=what)


class OutsideCall(WritingRefused):
    """A second that the call does not have, or a stretch that ends before it begins."""

    code = "outside"

    def __init__(self, start: float, end: float, duration: float | None) -> None:
        super().__init__(
            f"From {start:.1f} s to {end:.1f} s is no stretch of this call; nothing was stored.",
            start=start,
            end=end,
            duration=duration,
        )


class UnknownKind(WritingRefused):
    """An objection type, a stage or another choice there is not."""

    code = "unknown_kind"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"'{value[:60]}' is none of the choices of '{field}'; nothing was stored.", field=field)


def read_text(field: str, text: str, most: int, *, needed: bool = True) -> str:
    """The text as it is stored: plain, line ends as "\\n", without characters nobody can see.

    Raises Empty and TooLong; lengths are in characters.
    """
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in kept if sign in "\n\t" or (ord(sign) >= 32 and not 0xD800 <= ord(sign) <= 0xDFFF))
    kept = kept.strip()
    if needed and not kept:
        raise Empty(field)
    if len(kept) > most:
        raise TooLong(field, len(kept), most)
    return kept

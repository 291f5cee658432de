"""Why something in the library is not done. Nothing is ever stored in part."""

from __future__ import annotations

from review.comments.refusals import WritingRefused


class OwnVoice(WritingRefused):
    """One's own voice is not one's own to praise."""

    code = "own_voice"

    def __init__(self) -> None:
        super().__init__("This is your own voice: praise is for others to give; nothing was stored.")


class NotYourChoice(WritingRefused):
    """The person's role does not decide this about this clip, playlist or quiz."""

    code = "not_your_choice"

    def __init__(self) -> None:
        super().__init__("This is a manager's or lead's decision; nothing was changed.")


class TooLongToShare(WritingRefused):
    """A clip of more than `most` seconds is no clip but the call."""

    code = "too_long_to_share"

    def __init__(self, seconds: float, most: float) -> None:
        super().__init__(
            f"This clip lasts {seconds:.0f} s; at most {most:.0f} s of a call are opened to everybody: make a shorter "
            "clip of the part that matters.",
            most=int(most),
        )


class NotShared(WritingRefused):
    """The clip is not (any longer) open to everybody."""

    code = "not_shared"

    def __init__(self) -> None:
        super().__init__("This clip is not shared, so there is nothing to decide; load the page again.")


class NobodyThere(WritingRefused):
    """None of the people chosen can be given this: no sign-in, no role that listens, or not of one's teams."""

    code = "nobody_there"

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        super().__init__("Nobody chosen can be given this; nothing was stored.", names=names)


class PastDue(WritingRefused):
    """A due date that has gone by."""

    code = "past_due"

    def __init__(self) -> None:
        super().__init__("The due date has gone by already; nothing was stored: choose a later one.", field="due")


class StillWorkedOn(WritingRefused):
    """People were given it, and what they did hangs on it."""

    code = "still_worked_on"

    def __init__(self, people: int) -> None:
        super().__init__(
            f"{people} people were given this, and what they did would be lost; nothing was changed: take it back "
            "from them first.",
            people=people,
        )


class NotHeardYet(WritingRefused):
    """Self-assessment comes after listening: `left` clips were not heard through."""

    code = "not_heard_yet"

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} clips are not heard through yet; your answer was not stored.", left=left)


class OutOfRange(WritingRefused):
    """A number that is none of the choices, such as a rating outside 1..5."""

    code = "out_of_range"

    def __init__(self, field: str) -> None:
        super().__init__(f"'{field}' is none of the choices; nothing was stored.", field=field)

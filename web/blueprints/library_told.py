"""What the library's services refuse, as pages and programs are told it, in the viewer's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import gettext as _
from flask_babel import ngettext

from review.comments.refusals import WritingRefused
from web.blueprints.comments import refusals_told
from web.errors import Refused

STATUS = {
    "not_your_choice": 403,
    "own_voice": 403,
    "not_shared": 409,
    "still_worked_on": 409,
    "not_heard_yet": 409,
    "answered_already": 409,
    "quiz_closed": 409,
    "no_questions": 409,
}


@contextmanager
def library_told() -> Iterator[None]:
    """Turn a refusal into the answer its sender reads; what was typed stays where it was typed."""
    try:
        with refusals_told():
            yield
    except Refused as refused:
        refusal = refused.__cause__
        if isinstance(refusal, WritingRefused) and (words := _sentence(refusal)):
            status = STATUS.get(refusal.code, 422)
            kept = _("Nothing was stored.") if status == 422 else _("Nothing was changed.")
            raise Refused(status, words, kept, code=refusal.code, field=refusal.facts.get("field")) from refusal
        raise


def _sentence(refusal: WritingRefused) -> str:
    facts = refusal.facts
    if refusal.code == "too_long_to_share":
        return str(
            _(
                "At most %(seconds)s seconds of a call are opened to everybody: make a shorter clip of the part that "
                "matters",
                seconds=facts["most"],
            )
        )
    if refusal.code == "still_worked_on":
        people = int(str(facts["people"]))
        return str(
            ngettext(
                "%(num)s person was given this, and what they did would be lost: take it back from them first",
                "%(num)s people were given this, and what they did would be lost: take it back from them first",
                people,
            )
        )
    if refusal.code == "not_heard_yet":
        left = int(str(facts["left"]))
        return str(
            ngettext(
                "%(num)s clip is not heard through yet: your answer comes after it",
                "%(num)s clips are not heard through yet: your answer comes after them",
                left,
            )
        )
    words = {
        "own_voice": _("This is your own voice: praise is for others to give"),
        "not_your_choice": _("This is for a manager or a lead to decide"),
        "not_shared": _("This clip is not shared, so there is nothing to decide: load the page again"),
        "nobody_there": _("Nobody you chose can be given this: they need a sign-in, and to belong to your teams"),
        "past_due": _("The due date has gone by already: choose a later one"),
        "out_of_range": _("Choose one of the answers offered"),
        "unknown_kind": _("Choose one of the kinds offered"),
        "answered_already": _("You have answered this question; your answer stays as you gave it"),
        "quiz_closed": _("This quiz is closed: nobody can take it any more"),
        "no_questions": _("This quiz has no questions yet: add one first"),
        "bad_question": _("This is no question: its sound begins after it ends, or lies outside the call"),
        "bad_options": _("Give two to six different answers to choose from, and say which is right"),
    }
    return str(words.get(refusal.code, ""))

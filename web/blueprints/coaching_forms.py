"""The form of a coaching session: what it offers from the data, what was typed, and how a refusal is said."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from review.coaching.criteria import criteria_now, question_of, say
from review.coaching.days import due_day, end_of_day
from review.coaching.listing import SessionDetail
from review.coaching.moments import Moment, offered_clips
from review.coaching.progress import list_plans
from review.coaching.refusals import BadField, CoachingRefused, Moved, NoSuchCoaching, NotNow, NotYourPart
from review.coaching.strengths import find_strengths
from review.coaching.terms import LONGEST_TITLE, SessionTerms
from review.queries.call import get_call_row
from review.working_time.due import due_after
from web.auth import viewer
from web.blueprints.clips import read_number
from web.context import clock
from web.errors import Refused
from web.reading.coaching import FIRST, Typed, noon, read_clip, read_day

TEXTS = ("went_well", "action", "notes", "private_notes")
OTHERS = ("criterion", "cause", "action_by", "due_on", "talk_on", "picked", "weeks_before", "call_id", "plan_id")
USUAL_DAYS = 10
"""Working days until an action is due, unless somebody says otherwise: two weeks of calls to try it in."""


def read_form(db: Any, form: MultiDict[str, str], rep_id: int | None) -> SessionTerms:
    """What a form says, for the service to check. Raises BadField for what no field can hold."""
    standard, _slash, criterion = form.get("criterion", "").partition("/")
    due, talk = read_day(form.get("due_on", "")), read_day(form.get("talk_on", ""))
    if due is None:
        raise BadField("due_at", "missing")
    weeks = read_number(form.get("weeks_before"))
    clips = []
    for name in ("good", "work"):
        for value in form.getlist(name):
            clip = read_clip(value, good=name == "good")
            if clip is None:
                raise BadField("clips", "unknown")
            clips.append(clip)
    return SessionTerms(
        **{name: form.get(name, "") for name in (*TEXTS, "cause", "action_by", "picked")},
        standard=standard,
        criterion=criterion,
        due_at=end_of_day(db, rep_id, due),
        talk_at=noon(talk) if talk is not None else None,
        weeks_before=weeks if weeks is not None else 0,
        call_id=read_number(form.get("call_id")),
        plan_id=read_number(form.get("plan_id")),
        clips=tuple(clips),
    )


def typed_of(form: MultiDict[str, str]) -> Typed:
    """What was typed, to stand in the form again."""
    return Typed(
        {name: form.get(name, "") for name in (*TEXTS, *OTHERS)},
        good=tuple(form.getlist("good")),
        work=tuple(form.getlist("work")),
    )


def stored_of(db: Any, found: SessionDetail) -> Typed:
    """What is stored, as the form's fields."""
    line = found.line
    fields = {
        **{name: str(getattr(found, name) or "") for name in ("went_well", "notes", "private_notes", "picked")},
        "action": line.action,
        "criterion": f"{line.standard}/{line.criterion}",
        "cause": line.cause,
        "action_by": line.action_by,
        "due_on": due_day(db, line.rep_id, line.due_at).isoformat(),
        "talk_on": line.talk_at.date().isoformat() if line.talk_at else "",
        "weeks_before": str(found.weeks_before),
        "call_id": str(found.call_id or ""),
        "plan_id": str(line.plan_id or ""),
    }
    return Typed(
        fields,
        good=tuple(f"k:{one.id}" for one in found.moments if one.good),
        work=tuple(f"k:{one.id}" for one in found.moments if not one.good),
    )


def suggested(db: Any, rep_id: int, now: datetime, values: Mapping[str, str]) -> Typed:
    """A new session's fields, with what the address brought along from a call."""
    call_id = read_number(values.get("call"))
    criterion = f"{values['standard']}/{values['criterion']}" if "standard" in values and "criterion" in values else ""
    title = values.get("title", "").strip()[:LONGEST_TITLE] or _moment_title(db, values)
    stretch = f"s:{call_id}:{values.get('at', '')}:{values.get('end', '')}:{title}"
    has_stretch = bool(call_id and read_clip(stretch, good=False))
    of_figures = values.get("picked") == "figures"  # the moment is an example, not why this rep was chosen
    return Typed(
        {
            **FIRST,
            "criterion": criterion[:200],
            "due_on": due_day(db, rep_id, due_after(db, now, USUAL_DAYS)).isoformat(),
            "call_id": "" if of_figures else str(call_id or ""),
            "picked": "one_call" if call_id and not of_figures else "plan" if values.get("plan") else "figures",
            "plan_id": str(read_number(values.get("plan")) or ""),
        },
        work=(stretch,) if has_stretch and values.get("good") != "1" else (),
        good=(stretch,) if has_stretch and values.get("good") == "1" else (),
    )


def _moment_title(db: Any, values: Mapping[str, str]) -> str:
    """What a moment brought along from a call is called: by its criterion, else by its second."""
    try:
        question = question_of(db, values.get("standard", ""), values.get("criterion", ""))
    except BadField:
        at = values.get("at", "")
        second = float(at) if at.replace(".", "", 1).isdecimal() and at.isascii() and len(at) < 12 else 0.0
        return str(_("Moment at %(time)s", time=clock(second)))
    return say(question, "", viewer().language)[:LONGEST_TITLE]


def form_page(db: Any, rep_id: int, typed: Typed, now: datetime, *, moments: tuple[Moment, ...] = ()) -> dict[str, Any]:
    """Everything the form shows beside its fields."""
    standard, _slash, criterion = typed.get("criterion").partition("/")
    keep = (standard, criterion) if criterion else None
    criteria = criteria_now(db, rep_id, language=viewer().language, now=now, keep=keep)
    call_id = read_number(typed.get("call_id"))
    return {
        "criteria": criteria,
        "strengths": find_strengths(db, viewer(), rep_id, criteria, now),
        "clips": offered_clips(db, viewer(), rep_id),
        "plans": list_plans(db, viewer(), now, state="active", rep_id=rep_id),
        "stretches": [
            one for value in (*typed.good, *typed.work) if value.startswith("s:") and (one := _stretch(value))
        ],
        "picked_call": get_call_row(db, viewer(), call_id) if call_id else None,
        "moments": moments,
        "typed": typed,
        "token": request.form.get("token") or secrets.token_urlsafe(12),
        "today": now.date(),
    }


def _stretch(value: str) -> dict[str, Any] | None:
    clip = read_clip(value, good=False)
    return None if clip is None else {"value": value, "terms": clip}


def told(error: CoachingRefused) -> Refused:
    """A refusal as pages and programs read it."""
    kept = _("Nothing was changed.")
    if isinstance(error, NoSuchCoaching):
        abort(404)
    if isinstance(error, BadField):
        return Refused(422, field_words(error), kept, code=error.code, field=error.field)
    if isinstance(error, Moved):
        return Refused(
            409,
            _("This was changed by somebody else meanwhile"),
            kept,
            _("Load the page again and do it on what stands there now."),
            code=error.code,
            revision=error.theirs,
        )
    if isinstance(error, NotNow):
        return Refused(
            409,
            _("This step does not follow from the state it is in now"),
            kept,
            _("Load the page again to see how it stands."),
            code=error.code,
        )
    if isinstance(error, NotYourPart):
        return Refused(
            403,
            _("This is the other person's part: the rep confirms, the coach holds the talk and closes"),
            kept,
            code=error.code,
        )
    return Refused(422, _("This could not be stored"), kept, code=error.code)


def field_words(error: BadField) -> str:
    """What is wrong with one field, in the viewer's language."""
    if error.why == "too_long":
        return str(_("This text is longer than %(most)s characters: shorten it", most=error.facts["most"]))
    words = {
        "went_well": _("Say first what went well"),
        "criterion": _("Choose the one criterion it aims at, of a scorecard this rep is judged by"),
        "criteria": _("Choose one to three criteria"),
        "cause": _("Say whether it is knowledge or motivation"),
        "action": _("Write down what was agreed: who does what"),
        "action_by": _("Say who does it"),
        "due_at": _("Choose a due day that lies ahead, within a year"),
        "talk_at": _("Choose a day for the talk within a year"),
        "picked": _("Say why this rep was chosen now"),
        "weeks_before": _("Compare 1 to 26 weeks of calls"),
        "clips": _("One of the moments is no clip of this rep's calls, or lies outside its call"),
        "call_id": _("This call is not one of this rep's"),
        "plan_id": _("This plan is not one of this rep's"),
        "word": _("Write a word about it"),
        "comment": _("Write something"),
        "outcome": _("Write a word on what came of it"),
        "goal": _("Give the plan a goal"),
        "weeks": _("A plan runs 1 to 26 weeks"),
        "starts_on": _("Choose a first day within a year"),
        "week": _("Choose one of the plan's weeks"),
        "kind": _("Choose what is to be done; a plan holds at most 60 steps"),
        "words": _("Say what is to be done"),
        "playlist_id": _("Choose a playlist of the library"),
        "quiz_id": _("Choose a quiz"),
        "session_id": _("Choose a session of this rep"),
        "at": _("Say when the talk was held: not in the future, and within a year"),
    }
    return str(words.get(error.field, _("Something here is not known any more; load the page again")))

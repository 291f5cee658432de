"""Coaching in words: states, causes, what a follow-up says, what is missing; and the fields of its forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from review.coaching.effect import Effect
from review.coaching.follow_up import FollowUp
from review.coaching.terms import ClipTerms
from review.coaching.windows import USUAL_WEEKS
from web.context import number
from web.reading.win_back_brief import zone

Words = Callable[[], str]

STATES: Final[Mapping[str, Words]] = {
    "planned": lambda: str(_("planned")),
    "held": lambda: str(_("agreed")),
    "done": lambda: str(_("action done")),
    "not_done": lambda: str(_("action not done")),
    "followed_up": lambda: str(_("followed up")),
    "closed": lambda: str(_("closed")),
}
CAUSES: Final[Mapping[str, tuple[Words, Words]]] = {
    "knowledge": (
        lambda: str(_("Knowledge")),
        lambda: str(_("Cannot do it yet: does not know how, or was never shown. Practice and examples help.")),
    ),
    "motivation": (
        lambda: str(_("Motivation")),
        lambda: str(
            _("Can do it and does not: sees no reason, or something else counts more. A talk about why helps.")
        ),
    ),
}
PICKED: Final[Mapping[str, Words]] = {
    "figures": lambda: str(_("the figures of the last weeks")),
    "one_call": lambda: str(_("one call that stood out")),
    "asked": lambda: str(_("the rep asked for it")),
    "plan": lambda: str(_("a step of a plan")),
}
DOERS: Final[Mapping[str, Words]] = {
    "rep": lambda: str(_("the rep")),
    "coach": lambda: str(_("the coach")),
    "both": lambda: str(_("both")),
}
GROUPS: Final[Mapping[str, Words]] = {
    "without_coach": lambda: str(_("Without a coach")),
    "late": lambda: str(_("Overdue")),
    "ready": lambda: str(_("Follow-ups to read")),
    "soon": lambda: str(_("Due today")),
    "planned": lambda: str(_("Talks planned")),
    "under_way": lambda: str(_("Agreed, under way")),
    "waiting": lambda: str(_("Waiting for later calls")),
    "closed": lambda: str(_("Closed")),
}
EVENTS: Final[Mapping[str, Words]] = {
    "planned": lambda: str(_("wrote it down")),
    "changed": lambda: str(_("changed it")),
    "taken_over": lambda: str(_("took it over")),
    "confirmed": lambda: str(_("confirmed the agreement")),
    "held": lambda: str(_("held the talk")),
    "done": lambda: str(_("marked the action done")),
    "not_done": lambda: str(_("marked the action not done")),
    "followed_up": lambda: str(_("read the follow-up")),
    "closed": lambda: str(_("closed it")),
}
STEPS: Final[Mapping[str, Words]] = {
    "session": lambda: str(_("coaching session")),
    "playlist": lambda: str(_("playlist")),
    "quiz": lambda: str(_("quiz")),
    "practice": lambda: str(_("practice")),
}


def say(words: Mapping[str, Words], name: str) -> str:
    """The words of a code; the code itself for one nobody here knows."""
    return words[name]() if name in words else name


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the later calls say: one sentence, its tone (good, bad, calm) and what else must be known with it."""

    sentence: str
    tone: str
    notes: tuple[str, ...]


def read_verdict(found: FollowUp, *, picked: str, rep: str) -> Verdict:
    """The follow-up in plain words: never more than the interval allows."""
    if found.state == "not_held":
        return Verdict(str(_("Later calls are compared once the talk was held.")), "calm", ())
    if found.state == "rep_gone":
        return Verdict(str(_("The rep is not here any more, so there are no later calls to compare.")), "calm", ())
    notes = _notes(found, picked)
    effect = found.effect
    if effect is None or found.state == "waiting":
        return Verdict(
            str(_("Calls count from the day the action is done, at the latest from its due day.")), "calm", notes
        )
    if effect.too_early:
        return Verdict(
            " ".join([str(_("Too early to say:")), _missing(effect.before.missing, effect.after.missing)]),
            "calm",
            notes,
        )
    if effect.gain is not None:
        verdict = effect.gain.verdict
        return Verdict(_beyond_team(verdict, rep), {"better": "good", "worse": "bad"}.get(verdict, "calm"), notes)
    said = {
        "better": _("%(name)s does better on it than before.", name=rep),
        "worse": _("%(name)s does worse on it than before.", name=rep),
        "no_change_seen": _("No change can be seen that chance alone would not make."),
    }
    tone = {"better": "good", "worse": "bad"}.get(effect.own.verdict, "calm")
    return Verdict(str(said.get(effect.own.verdict, "")), tone, notes)


def points(change: float | None) -> str:
    """A change of shares as points with its sign."""
    if change is None:
        return "–"
    whole = round(change * 100)
    return f"+{number(whole)}" if whole > 0 else f"−{number(-whole)}" if whole < 0 else number(0)


def _beyond_team(verdict: str, rep: str) -> str:
    said = {
        "better": _("%(name)s improved more than the rest of the team over the same weeks.", name=rep),
        "worse": _("%(name)s fell behind the rest of the team over the same weeks.", name=rep),
    }
    other = _("No change can be seen beyond what the rest of the team did over the same weeks.")
    return str(said.get(verdict, other))


def _missing(before: int, after: int) -> str:
    parts = []
    if before:
        parts.append(
            str(
                ngettext(
                    "%(num)s more call from before is needed.", "%(num)s more calls from before are needed.", before
                )
            )
        )
    if after:
        parts.append(str(ngettext("%(num)s more later call is needed.", "%(num)s more later calls are needed.", after)))
    return " ".join(parts)


def _notes(found: FollowUp, picked: str) -> tuple[str, ...]:
    notes: list[str] = []
    effect = found.effect
    if picked == "one_call":
        notes.append(
            str(
                _(
                    "This session was picked after a call that stood out. After an unusually bad call the next ones "
                    "are usually better by themselves: that call is left out, and a small gain should not be trusted."
                )
            )
        )
    if effect is not None:
        notes.extend(_which_count(effect))
        if effect.team is None and not found.others:
            notes.append(
                str(_("There is nobody else in the team to compare with: a change of all sellers would look the same."))
            )
        elif effect.team is not None and effect.gain is None and not effect.too_early:
            notes.append(str(_("The rest of the team has too few calls in these weeks to take their change off.")))
    if not found.asked:
        notes.append(str(_("The scorecard in use does not ask this criterion any more: later calls do not answer it.")))
    return tuple(notes)


def _which_count(effect: Effect) -> list[str]:
    """Which calls count, where that is not simply all of them."""
    if effect.rule == "all":
        if not (effect.before.by_people or effect.after.by_people):
            return []
        said = _(
            "People answered %(before)s of the calls before and %(after)s of the later ones, the machine the rest.",
            before=number(effect.before.by_people),
            after=number(effect.after.by_people),
        )
        return [str(said)]
    if not (effect.before.values or effect.after.values or effect.before.picked or effect.after.picked):
        return []
    left = ngettext(
        "%(num)s call picked for another reason is left out.",
        "%(num)s calls picked for another reason are left out.",
        effect.before.picked + effect.after.picked,
    )
    return [str(_("Only people answer this criterion, so only calls drawn by lot count.")), str(left)]


def read_clip(value: str, *, good: bool) -> ClipTerms | None:
    """A moment as a form names it: k:kept, c:clip, or s:call:start:end:title; None for anything else."""
    kind, _colon, rest = value.partition(":")
    if kind in ("k", "c") and rest.isascii() and rest.isdecimal() and len(rest) < 19:
        return ClipTerms(kept_id=int(rest), good=good) if kind == "k" else ClipTerms(clip_id=int(rest), good=good)
    call, start, end, title = (*rest.split(":", 3), "", "", "", "")[:4]
    if kind != "s" or not (call.isascii() and call.isdecimal() and len(call) < 19):
        return None
    try:
        begin, until = float(start), float(end)
    except ValueError:
        return None
    if not (math.isfinite(begin) and math.isfinite(until)):
        return None
    return ClipTerms(call_id=int(call), start=begin, end=until, title=title, good=good)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of the session form: typed, stored or suggested."""

    fields: Mapping[str, str]
    good: tuple[str, ...] = ()
    work: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """One field."""
        return self.fields.get(name, "")


FIRST: Final = {"cause": "", "action_by": "rep", "picked": "figures", "weeks_before": str(USUAL_WEEKS)}


def read_day(text: str) -> date | None:
    """A day of a date field; None for none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def here(now: datetime) -> datetime:
    """The moment as the viewer's clock shows it: its date is the day it is where they are."""
    return now.astimezone(zone())


def noon(day: date) -> datetime:
    """The middle of a day in the viewer's zone: a day without an hour."""
    return datetime.combine(day, time(12), zone()).astimezone(UTC)

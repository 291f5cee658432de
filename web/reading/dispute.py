"""Disputes as their pages show them: lines of a list, both answers side by side, the steps, the decision form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from review.disputes.types import DisputeRow, DisputeView, ItemView
from review.evaluations.sheet import asked, criteria_of
from review.learning.shown import standard_of
from review.queries.corrections import read_layer
from scoring.standards import CriterionText, Standard
from web.reading.evaluation_sides import Said, say
from web.reading.scorecard import CriterionRow, read_criterion

SOON: Final = timedelta(hours=24)
NO_OPTION: Final = ("na", "cannot_judge")


@dataclass(frozen=True, slots=True)
class Line:
    """One dispute in a list; `due` is overdue, soon, later or ''."""

    row: DisputeRow
    criteria: tuple[str, ...]
    due: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a decision can give."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The line of the transcript at a second."""

    role: str
    text: str
    start: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One disputed criterion (`item.criterion` is empty for the whole evaluation) with both answers."""

    item: ItemView
    question: str
    guidance: str
    now: Said  # as the evaluation stands
    was: Said  # when it was disputed
    reason: str  # the reviewer's
    proposed: Said
    settled: tuple[tuple[str, Said], ...]  # (question, answer) of what was changed
    machine: CriterionRow | None
    heard: Heard | None
    choices: tuple[Choice, ...]
    range: tuple[float, float, float] | None  # least, most, step
    open: bool  # this level decides it


@dataclass(frozen=True, slots=True)
class Whole:
    """A criterion that a decision about the whole evaluation may change."""

    id: str
    question: str
    now: Said
    choices: tuple[Choice, ...]
    range: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One dispute for its page."""

    sides: tuple[Side, ...]
    whole: tuple[Whole, ...]  # every criterion, where the whole evaluation is disputed and open
    due: str
    questions: Mapping[str, str]
    steps: tuple[Mapping[str, Any], ...]


def read_lines(session: Any, rows: tuple[DisputeRow, ...], language: str, now: datetime) -> tuple[Line, ...]:
    """The lines of a list, criteria in the viewer's words; a scorecard is parsed once."""
    lines = []
    for row in rows:
        sheet = standard_of(session, row.standard, row.version)
        words = None if sheet is None else sheet.describe(language)
        names = []
        for name in row.criteria:
            found = words.criterion(name) if words else None
            names.append("" if not name else found.question if found else name)
        lines.append(Line(row, tuple(names), due_of(row, now)))
    return tuple(lines)


def due_of(row: DisputeRow, now: datetime) -> str:
    """How near the deadline is."""
    if row.due_at is None:
        return ""
    return "overdue" if row.due_at <= now else "soon" if row.due_at - now <= SOON else "later"


def read_page(session: Any, found: DisputeView, language: str, now: datetime) -> Page:
    """Everything the page shows beside the row itself. Two statements at most."""
    words = found.sheet.describe(language)
    wants_text = any(item.second is not None for item in found.items)
    layer = read_layer(session, found.call_id) if wants_text else None
    turns = layer.transcript.turns if layer is not None else ()
    questions = {criterion.id: criterion.question for section in words.sections for criterion in section.criteria}
    given = asked(found.sheet, found.answers)
    sides = tuple(
        _side(found, item, words.criterion, turns, item.criterion in found.open_items) for item in found.items
    )
    whole: tuple[Whole, ...] = ()
    if "" in found.open_items and "decide" in found.may:
        whole = tuple(
            Whole(
                id=criterion.id,
                question=criterion.question,
                now=say(criterion, _answer(found, criterion.id), ""),
                choices=_choices(found.sheet, criterion),
                range=_range(found.sheet, criterion.id),
            )
            for section in words.sections
            for criterion in section.criteria
            if criterion.kind != "text" and given.get(criterion.id)
        )
    steps = tuple(_step(words.criterion, step) for step in found.steps)
    return Page(sides=sides, whole=whole, due=due_of(found, now), questions=questions, steps=steps)


def _side(
    found: DisputeView, item: ItemView, find: Callable[[str], CriterionText | None], turns: Any, is_open: bool
) -> Side:
    words = find(item.criterion)
    machine = found.machine.get(item.criterion)
    given = found.answers.get(item.criterion)
    return Side(
        item=item,
        question=words.question if words else item.criterion,
        guidance=words.guidance if words else "",
        now=_said(words, _answer(found, item.criterion)),
        was=_said(words, item.answer),
        reason=given.reason if given is not None and given.answer == item.answer else "",
        proposed=_said(words, item.proposed),
        settled=tuple((name, _said(find(name), answer)) for name, answer in item.settled.items()),
        machine=read_criterion(words, _suggested(machine)) if machine and words and words.mode != "people" else None,
        heard=_heard(turns, item.second),
        choices=_choices(found.sheet, words) if words else (),
        range=_range(found.sheet, item.criterion),
        open=is_open,
    )


def _said(words: CriterionText | None, answer: str) -> Said:
    return Said("answer" if answer else "", answer, "") if words is None else say(words, answer, "")


def _answer(found: DisputeView, criterion: str) -> str:
    given = found.answers.get(criterion)
    return given.answer if given is not None else ""


def _suggested(machine: Mapping[str, Any]) -> Mapping[str, Any]:
    suggestion = machine.get("suggestion")
    return {**machine, **suggestion} if isinstance(suggestion, Mapping) else machine


def _choices(sheet: Standard, words: CriterionText) -> tuple[Choice, ...]:
    """The options; `na` where it is allowed. What people write freely has none."""
    criterion = criteria_of(sheet).get(words.id)
    more = (Choice("na", ""),) if criterion is not None and criterion.na_allowed else ()
    return (*(Choice(option.id, option.label) for option in words.options), *more)


def _range(sheet: Standard, name: str) -> tuple[float, float, float] | None:
    criterion = criteria_of(sheet).get(name)
    if criterion is None or criterion.kind != "range" or criterion.range is None:
        return None
    return criterion.range.least, criterion.range.most, criterion.range.step


def _heard(turns: Any, second: float | None) -> Heard | None:
    """The turn that is said at this second, or the last one before it."""
    if second is None:
        return None
    begun = [turn for turn in turns if turn.start is not None and turn.start <= second + 0.5 and turn.text]
    if not begun:
        return None
    turn = max(begun, key=lambda one: one.start)
    return Heard(turn.role, turn.text, turn.start)


def _step(words: Any, step: Any) -> Mapping[str, Any]:
    rulings = []
    for ruling in step.details.get("rulings") or []:
        name = str(ruling.get("criterion") or "")
        settled = ruling.get("settled") or {}
        rulings.append(
            {
                "question": words(name).question if name and words(name) else name,
                "decision": ruling.get("decision"),
                "words": ruling.get("words") or "",
                "settled": [
                    (words(one).question if words(one) else one, _said(words(one), str(answer)))
                    for one, answer in settled.items()
                ],
            }
        )
    return {"at": step.at, "name": step.name, "event": step.event, "details": step.details, "rulings": rulings}

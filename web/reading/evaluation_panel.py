"""A draft as its panel draws it and its script takes it up: the form, how it stands, and what is already answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from review.evaluations import EvaluationView
from review.queries.viewer import Viewer
from scoring.standards import in_language
from web.reading.evaluation import AskedSection, read_form
from web.reading.evaluation_state import state_json


@dataclass(frozen=True, slots=True)
class Panel:
    """`config` is what the script reads: plain JSON values."""

    title: str
    sections: tuple[AskedSection, ...]
    state: dict[str, Any]
    config: dict[str, Any]


def read_panel(draft: EvaluationView, viewer: Viewer) -> Panel:
    """The form of a draft in the viewer's language."""
    sections, state = read_form(draft, viewer.language), state_json(draft)
    config = {
        "call": draft.call_id,
        "user": viewer.user_id,
        "evaluation": draft.id,
        "revision": draft.revision,
        "blind": draft.blind,
        "answers": {name: answer.to_json() for name, answer in draft.answers.items()},
        "comment": draft.comment,
        "criteria": {
            one.row.id: {"kind": one.kind, "machine": one.machine, "na": one.na_allowed, "mode": one.mode}
            for section in sections
            for one in section.rows
        },
        "fails": {}
        if draft.blind
        else {
            one.row.id: [choice.id for choice in one.choices if choice.auto_fail]
            for section in sections
            for one in section.rows
            if any(choice.auto_fail for choice in one.choices)
        },
        "state": state,
    }
    return Panel(in_language(draft.sheet.title, viewer.language), sections, state, config)

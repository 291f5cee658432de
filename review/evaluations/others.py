"""The neighbours an evaluation tells: the assignment it finishes, the rep it is shown to, the scorecard's archive."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session


def finish_assignment(session: Session, assignment_id: int | None, evaluation_id: int) -> None:
    """Tell the sampling that this assignment is done."""
    module = _part("review.sampling.assignments")
    if assignment_id is not None and module is not None:
        module.finish(session, assignment_id, evaluation_id)


def find_assignment(session: Session, assignment_id: int, user_id: int) -> Any | None:
    """The open assignment of this person, with `.call_id`, `.part` and `.blind`; None when it is not theirs."""
    module = _part("review.sampling.assignments")
    find = getattr(module, "find", None)
    return None if find is None else find(session, assignment_id, user_id)


def notify(session: Session, user_id: int, kind: str, call_id: int, **body: Any) -> None:
    """Put a notice before a person."""
    module = _part("review.comments.notices")
    if module is not None:
        module.notify(session, user_id, kind, call_id=call_id, body=body)


def is_archived(session: Session, standard: str) -> bool:
    """Whether the scorecard was taken out of use."""
    module = _part("review.scorecards.archive")
    asked = getattr(module, "is_archived", None)
    return bool(asked(session, standard)) if asked is not None else False


def _part(name: str) -> ModuleType | None:
    package = name.rpartition(".")[0]
    if find_spec(package) is None or find_spec(name) is None:
        return None
    return import_module(name)

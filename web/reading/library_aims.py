"""Whom a playlist is looked for: who came to the library to give one keeps the person and the criterion on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from review.coaching.criteria import question_of, say
from review.coaching.refusals import BadField
from review.library.giving import Learners, list_learners
from review.performance.seeing import find_rep
from web.auth import viewer

NAMES: Final = ("for", "for_team", "standard", "criterion")
"""What an address carries of it; `for` is a rep, `for_team` a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One person or one whole team, and the criterion it is about; `query` carries it on to the next page."""

    name: str
    question: str
    person_id: int | None
    team_id: int | None
    query: Mapping[str, str]


def read_aim(db: Any, values: Mapping[str, str], learners: Learners | None = None) -> Aim | None:
    """What an address carries; None where nothing does, or where the viewer could not give it to them anyway."""
    rep_id, team_id = _number(values.get("for")), _number(values.get("for_team"))
    if rep_id is None and team_id is None:
        return None
    criterion = values.get("criterion", "")
    try:
        question = say(question_of(db, values.get("standard", ""), criterion), criterion, viewer().language)
    except BadField:
        return None
    known = learners or list_learners(db, viewer())
    query = {name: values[name] for name in NAMES if values.get(name)}
    if rep_id is None:
        team = next((one for one in known.teams if one.id == team_id), None)
        if team is None:
            return None
        return Aim(name=team.name, question=question, person_id=None, team_id=team.id, query=query)
    rep = find_rep(db, viewer(), rep_id)
    if rep is None or all(one.id != rep.user_id for one in known.people):
        return None
    return Aim(name=rep.name, question=question, person_id=rep.user_id, team_id=None, query=query)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 16 else None

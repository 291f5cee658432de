"""Objections across calls: how each rep and each kind of objection went, with every episode a click from its second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Blueprint, render_template, request

from review.queries.inbox import filter_choices
from review.queries.objections import OUTCOMES, ObjectionFilter, count_by_rep, count_by_type, list_episodes
from web.auth import viewer
from web.parts import parts

blueprint = Blueprint("objections", __name__, url_prefix="/objections")

TYPES: Final = ("price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other")
PERIODS: Final = (7, 30, 90, 365)
PAGE: Final = 40


@blueprint.get("")
def index() -> str:
    """Counts per rep and per type, and the episodes, all of the same filter."""
    days = _one_of(request.args.get("days"), PERIODS)
    kind = request.args.get("type") or None
    outcome = request.args.get("outcome") or None
    page = max(1, min(_number(request.args.get("page")) or 1, 500))
    wanted = ObjectionFilter(
        since=datetime.now(UTC) - timedelta(days=days) if days else None,
        team_id=_number(request.args.get("team_id")),
        rep_id=_number(request.args.get("rep_id")),
        type=kind if kind in TYPES else None,
        outcome=outcome if outcome in OUTCOMES else None,
    )
    with parts().database.read() as db:
        reps = count_by_rep(db, viewer(), wanted)
        types = count_by_type(db, viewer(), wanted)
        episodes = list_episodes(db, viewer(), wanted, limit=PAGE + 1, offset=(page - 1) * PAGE)
        choices = filter_choices(db, viewer())
    chosen = {
        "days": days,
        "team_id": wanted.team_id,
        "rep_id": wanted.rep_id,
        "type": wanted.type,
        "outcome": wanted.outcome,
    }
    return render_template(
        "objections.html",
        reps=reps,
        types=types,
        episodes=episodes[:PAGE],
        more=len(episodes) > PAGE,
        page=page,
        chosen={name: value for name, value in chosen.items() if value is not None},
        choices=choices,
        kinds=TYPES,
        outcomes=OUTCOMES,
        periods=PERIODS,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 16 else None


def _one_of(text: str | None, allowed: tuple[int, ...]) -> int | None:
    number = _number(text)
    return number if number in allowed else None

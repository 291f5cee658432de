"""Objections across calls: how they went by kind, rep, team and time, the episodes, and answers side by side."""

from __future__ import annotations

import dataclasses
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from review.queries.filters import OBJECTION_TYPES, OUTCOMES, PERIODS
from review.queries.inbox import filter_choices
from review.queries.objections import count_objections, count_types
from review.queries.objections_filter import STAGES, ObjectionFilter, read_objection_filter
from review.queries.objections_list import best_and_worst, list_episodes
from review.queries.objections_time import count_over_time
from review.queries.views import default_query
from web.auth import viewer
from web.errors import is_htmx
from web.parts import parts
from web.reading.objection_charts import draw_shares
from web.reading.views import read_views

blueprint = Blueprint("objections", __name__, url_prefix="/objections")

PAGE: Final = 30
SIDE: Final = 8  # answers on each side at first
MOST_SIDE: Final = 64
MOST_LINES: Final = 40  # reps shown; a filter by team shows the others


@blueprint.get("")
def index() -> str | Response:
    """Figures and the first episodes of the same filter; more episodes alone when htmx asks for them."""
    if not request.args and not is_htmx():
        with parts().database.read() as db:
            kept = default_query(db, viewer(), "objections")
        if kept:
            return redirect(f"{url_for('.index', view='none')}&{kept}")
    wanted = read_objection_filter(request.args)
    after = request.args.get("after") or None
    with parts().database.read() as db:
        page = list_episodes(db, viewer(), wanted, after=after, limit=PAGE)
        if is_htmx() and after:
            return render_template("objections/_episodes.html", page=page, chosen=wanted.to_query())
        counts = count_objections(db, viewer(), wanted)
        times = count_over_time(db, viewer(), wanted)
        around = _around(db, wanted)
        around |= read_views(db, viewer(), "objections", urlencode(wanted.to_query()))
    return render_template(
        "objections.html",
        tab="figures",
        page=page,
        reps=counts.reps[:MOST_LINES],
        hidden_reps=max(0, len(counts.reps) - MOST_LINES),
        types=counts.types,
        teams=counts.teams if len(counts.teams) > 1 else (),
        chart=draw_shares(times),
        times=times,
        sparks={line.name: draw_shares(times, line.name) for line in counts.types},
        **around,
    )


@blueprint.get("/answers")
def answers() -> str:
    """The best and the worst answers to the same kind of objection, side by side."""
    wanted = read_objection_filter(request.args)
    more = request.args.get("show", "")
    side = min(max(int(more) if more.isdecimal() and len(more) < 5 else SIDE, SIDE), MOST_SIDE)
    with parts().database.read() as db:
        counts = count_types(db, viewer(), dataclasses.replace(wanted, type=None, outcome=None))
        kind = wanted.type or max(OBJECTION_TYPES, key=lambda code: counts[code])
        wanted = dataclasses.replace(wanted, type=kind, outcome=None)
        sides = best_and_worst(db, viewer(), wanted, kind, limit=side)
        around = _around(db, wanted)
    return render_template(
        "objections_answers.html",
        tab="answers",
        kind=kind,
        counts=counts,
        sides=sides,
        show_more=side * 2 if sides.more and side < MOST_SIDE else None,
        **around,
    )


def _around(db: Any, wanted: ObjectionFilter) -> dict[str, Any]:
    """What the filters of both pages need."""
    return {
        "filters": wanted,
        "chosen": wanted.to_query(),
        "choices": filter_choices(db, viewer()),
        "kinds": OBJECTION_TYPES,
        "outcomes": OUTCOMES,
        "stages": STAGES,
        "periods": PERIODS,
    }

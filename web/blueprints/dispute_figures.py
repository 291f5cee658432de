"""Disputes in figures, and their deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.disputes.queries import read_figures
from review.disputes.rules import LIMITS, read_rules, set_rules
from review.queries.inbox import filter_choices
from web.access import rule_of
from web.auth import viewer
from web.blueprints.dispute_refusals import dispute_refusals_told
from web.blueprints.disputes import blueprint, tabs_of
from web.parts import parts
from web.reading.dispute_charts import draw_figures

PERIODS: Final = {"30": 30, "90": 90, "365": 365, "all": None}


@blueprint.get("/disputes/figures")
def figures() -> str:
    """What is disputed, whose evaluations are, how often rightly, and how long it takes."""
    period = request.args.get("days", "90")
    period = period if period in PERIODS else "90"
    team = request.args.get("team", "")
    team_id = int(team) if team.isdecimal() and len(team) < 16 else None
    now = datetime.now(UTC)
    days = PERIODS[period]
    since = None if days is None else now - timedelta(days=days)
    with parts().database.read() as db:
        found = read_figures(db, viewer(), since=since, until=now, team_id=team_id)
        teams = filter_choices(db, viewer()).teams
    return render_template(
        "disputes/figures.html",
        found=found,
        drawn=draw_figures(found, viewer().language),
        period=period,
        periods=tuple(PERIODS),
        team=team_id,
        teams=teams,
        tabs=tabs_of(viewer()),
    )


@blueprint.get("/disputes/deadlines")
def deadlines() -> str:
    """The deadlines that hold, and the form for those who set them."""
    with parts().database.read() as db:
        rules = read_rules(db)
    return render_template(
        "disputes/deadlines.html",
        rules=rules,
        limits=LIMITS,
        sets=rule_of("disputes.set_deadlines").allows(viewer()),
        tabs=tabs_of(viewer()) if rule_of("disputes.show").allows(viewer()) else (),
    )


@blueprint.post("/disputes/deadlines")
def set_deadlines() -> Response:
    """Let other deadlines hold from now on."""
    sent: dict[str, object] = {}
    for name in LIMITS:
        text = request.form.get(name, "").strip()
        sent[name] = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text
    with dispute_refusals_told(), parts().database.session() as db:
        set_rules(db, viewer(), sent)
    flash(_("These deadlines hold from now on. What had a deadline keeps it."))
    return redirect(url_for(".deadlines"))

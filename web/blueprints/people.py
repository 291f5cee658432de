"""A rep's page for their manager and the leads, and the calls behind each of its figures."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from review.performance.behind import ORDERS, calls_behind
from review.performance.criteria import name_standards
from review.performance.seeing import find_rep, list_teams
from review.performance.sums import read_buckets
from review.performance.tried import open_coaching
from review.performance.whose import while_in_team, whose
from web.auth import viewer
from web.parts import parts
from web.reading.performance import pick_criterion, pick_standard, read_chosen
from web.reading.performance_page import read_rep_page
from web.reading.performance_places import Places

blueprint = Blueprint("people", __name__, url_prefix="/people")

FARTHEST: Final = 10_000  # of an offset: so far nobody turns pages


@blueprint.get("/<int:rep_id>")
def show(rep_id: int) -> str | Response:
    """The page of a rep the viewer may see; one's own is one's own page."""
    if rep_id in viewer().rep_ids:
        return redirect(_with_choices(url_for("me.index")))
    other = request.args.get("rep", "")
    if other.isdecimal() and len(other) < 19 and int(other) != rep_id:
        return redirect(_with_choices(url_for(".show", rep_id=int(other))))
    with parts().database.read() as db:
        rep = find_rep(db, viewer(), rep_id)
        if rep is None:
            abort(404)
        shown = read_rep_page(db, viewer(), rep, read_chosen(request.args))
        mates = next((team for team in list_teams(db, viewer()) if team.id == rep.team_id), None)
    return render_template("people/show.html", own=False, mates=mates, **shown)


@blueprint.get("/<int:rep_id>/calls")
def calls(rep_id: int) -> str:
    """The calls behind one figure of a rep: a criterion, in a period, and in a team where one is named."""
    chosen = read_chosen(request.args)
    order = request.args.get("order", "newest")
    order = order if order in ORDERS else "newest"
    team = request.args.get("team", "")
    team_id = int(team) if team.isdecimal() and len(team) < 19 else None
    past = request.args.get("past", "")
    offset = min(int(past), FARTHEST) if past.isdecimal() and len(past) < 7 else 0
    with parts().database.read() as db:
        rep = find_rep(db, viewer(), rep_id)
        if rep is None:
            abort(404)
        of = while_in_team(db, team_id, [rep.id]) if team_id is not None else whose([rep.id])
        buckets = read_buckets(db, of, chosen.period, criterion=chosen.criterion)
        standards = name_standards(db, buckets, viewer().language)
        standard = pick_standard(standards, chosen)
        criterion = pick_criterion(standard, chosen)
        page = None
        if standard is not None and criterion is not None:
            page = calls_behind(
                db,
                viewer(),
                of,
                chosen.period,
                standard=standard.name,
                criterion=criterion.id,
                sample=chosen.sample,
                order=order,
                offset=offset,
            )
        under_way = open_coaching(db, [rep.id])
    return render_template(
        "people/calls.html",
        places=Places(),
        was=under_way.get((rep.id, criterion.id)) if criterion else None,
        rep=rep,
        own=rep_id in viewer().rep_ids,
        chosen=chosen,
        query={**chosen.to_query(), **({} if team_id is None else {"team": team})},
        standard=standard,
        criterion=criterion,
        page=page,
        order=order,
        orders=ORDERS,
    )


def _with_choices(address: str) -> str:
    """The address with what this one chose."""
    query = read_chosen(request.args).to_query()
    return f"{address}?{urlencode(query)}" if query else address

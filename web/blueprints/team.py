"""A team's page: every rep by every criterion, the team week by week, who needs what and why, time to feedback."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request

from review.performance.criteria import name_standards
from review.performance.feedback import read_waited, summed_up
from review.performance.needs import find_needs
from review.performance.scores import read_by_people, read_frames, read_scores, score_trend
from review.performance.seeing import TeamCard, list_teams, members_of
from review.performance.sums import SAMPLES, read_buckets
from review.performance.team import heat_map, trend_of
from review.performance.tried import open_coaching
from web.auth import viewer
from web.parts import parts
from web.reading.performance import heat_step, pick_criterion, pick_standard, read_chosen
from web.reading.performance_charts import draw_trend
from web.reading.performance_places import Places

blueprint = Blueprint("team", __name__, url_prefix="/team")

NO_TEAM: Final = "none"


@blueprint.get("")
def index() -> str:
    """The page of one team; of several the first by name, unless the address names another."""
    chosen = read_chosen(request.args)
    period = chosen.period
    with parts().database.read() as db:
        teams = list_teams(db, viewer())
        team = _pick(teams, request.args.get("team"))
        if team is None:
            return render_template("team/none.html")
        members = members_of(db, viewer(), team, period)
        buckets = read_buckets(db, members.calls, period)
        standards = name_standards(db, buckets, viewer().language)
        standard = pick_standard(standards, chosen)
        criteria = () if standard is None else standard.criteria
        criterion = pick_criterion(standard, chosen)
        by_people = read_by_people(db, members.calls, period)
        trend = score_trend(read_scores(db, members.calls, period), by_people, read_frames(db, by_people), period)
        needs = find_needs(team.reps, buckets, criteria, period)
        tried = open_coaching(db, team.rep_ids)
        waited = read_waited(db, members.calls, period)
    if criterion is None:
        chart = draw_trend(period.starts, trend.weeks, trend.random, trend.risk)
    else:
        line = trend_of(criterion, buckets, period)
        chart = draw_trend(period.starts, line.weeks, line.random, line.risk)
    return render_template(
        "team/index.html",
        teams=teams,
        team=team,
        team_key=_key(team),
        key_of=_key,
        chosen=chosen,
        query={**chosen.to_query(), **({"team": _key(team)} if len(teams) > 1 else {})},
        samples=tuple(SAMPLES),
        standards=standards,
        standard=standard,
        criterion=criterion,
        map=heat_map(members.reps, buckets, criteria, chosen.sample),
        step=heat_step,
        chart=chart,
        whole=trend.whole,
        needs=needs,
        moved=members.calls.only,
        tried=tried,
        places=Places(),
        feedback=summed_up(waited, parts().settings.feedback_hours),
    )


def _pick(teams: tuple[TeamCard, ...], asked: str | None) -> TeamCard | None:
    return next((team for team in teams if _key(team) == asked), teams[0] if teams else None)


def _key(team: TeamCard) -> str:
    return NO_TEAM if team.id is None else str(team.id)

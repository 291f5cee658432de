"""Figures over the API: a rep's and a team's by criterion and week, and the reviewers'."""

from __future__ import annotations

from datetime import date

from flask import Response, abort

from review.performance.criteria import NamedStandard, name_standards
from review.performance.estimate import Difference, Mean
from review.performance.needs import find_needs
from review.performance.period import Period, last_weeks
from review.performance.rep import CriterionLine, Middle, lines_of
from review.performance.reviewers import ReviewerLine, read_reviewers
from review.performance.scores import ScoreTrend, read_by_people, read_frames, read_scores, score_trend
from review.performance.seeing import find_rep, list_teams, mates_calls, members_of
from review.performance.sums import read_buckets
from review.performance.team import heat_map
from transcription.transcript import share
from web.api.doing import answer, area
from web.api.performance_models import (
    CriterionFiguresOut,
    FigureChangeOut,
    FigurePeriodQuery,
    FiguresQuery,
    FigureWeeksOut,
    HeatCriterionOut,
    HeatRowOut,
    MeanOut,
    RepFiguresPath,
    RepPerformanceOut,
    ReviewerFiguresList,
    ReviewerFiguresOut,
    TeamFiguresPath,
    TeamFiguresQuery,
    TeamMiddleOut,
    TeamNeedOut,
    TeamPerformanceOut,
)
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts

blueprint = area("performance", "performance", "How reps, teams and reviewers do, each figure with its interval.")


@blueprint.get("/reps/<int:rep_id>/performance", responses={200: RepPerformanceOut, 404: Problem, 422: Problem})
def read_rep(path: RepFiguresPath, query: FiguresQuery) -> Response:
    """Read a rep's figures by criterion and week. A rep reads only the own."""
    period = last_weeks(query.weeks)
    with parts().database.read() as db:
        rep = find_rep(db, viewer(), path.rep_id)
        if rep is None:
            abort(404)
        buckets = read_buckets(db, mates_calls(db, rep), period)
        standards = name_standards(db, [one for one in buckets if one.rep_id == rep.id], viewer().language)
        standard = _pick(standards, query.standard)
        by_people = read_by_people(db, [rep.id], period)
        trend = score_trend(read_scores(db, [rep.id], period), by_people, read_frames(db, by_people), period)
    lines = () if standard is None else lines_of(rep.id, buckets, standard.criteria, period)
    return answer(
        RepPerformanceOut(
            rep_id=rep.id,
            name=rep.name,
            weeks=_weeks(period),
            standard=None if standard is None else standard.name,
            standards=[one.name for one in standards],
            score=_trend(trend),
            criteria=[_criterion(line) for line in lines],
        )
    )


@blueprint.get("/teams/<int:team_id>/performance", responses={200: TeamPerformanceOut, 404: Problem, 422: Problem})
def read_team(path: TeamFiguresPath, query: TeamFiguresQuery) -> Response:
    """Read a team's map of reps by criterion, its weeks, and who needs what."""
    period = last_weeks(query.weeks)
    with parts().database.read() as db:
        team = next((one for one in list_teams(db, viewer()) if one.id == path.team_id), None)
        if team is None:
            abort(404)
        members = members_of(db, viewer(), team, period)
        buckets = read_buckets(db, members.calls, period)
        standards = name_standards(db, buckets, viewer().language)
        standard = _pick(standards, query.standard)
        by_people = read_by_people(db, members.calls, period)
        trend = score_trend(read_scores(db, members.calls, period), by_people, read_frames(db, by_people), period)
    criteria = () if standard is None else standard.criteria
    made = heat_map(members.reps, buckets, criteria, query.sample)
    needs = find_needs(team.reps, buckets, criteria, period)
    return answer(
        TeamPerformanceOut(
            team_id=path.team_id,
            name=team.name,
            weeks=_weeks(period),
            standard=None if standard is None else standard.name,
            standards=[one.name for one in standards],
            sample=query.sample,
            score=_trend(trend),
            criteria=[
                HeatCriterionOut(id=one.id, question=one.question, team=_mean(mean))
                for one, mean in zip(made.criteria, made.team, strict=True)
            ],
            reps=[
                HeatRowOut(
                    rep_id=row.rep.id, name=row.rep.name, active=row.rep.active, cells=[_mean(one) for one in row.cells]
                )
                for row in made.rows
            ],
            needs=[
                TeamNeedOut(
                    rep_id=None if need.rep is None else need.rep.id,
                    criterion=need.criterion.id,
                    why=need.why,
                    now=_sure(need.now),
                    evidence=None if need.evidence is None else _change(need.evidence),
                )
                for need in needs.found
            ],
            compared=needs.compared,
        )
    )


@blueprint.get("/reviewers", responses={200: ReviewerFiguresList, 422: Problem})
def list_all_reviewers(query: FigurePeriodQuery) -> Response:
    """Read what waits for the reviewers, how fast they are, and how often they were overruled."""
    period = last_weeks(query.weeks)
    with parts().database.read() as db:
        found = read_reviewers(db, period, parts().settings.feedback_hours)
    return answer(
        ReviewerFiguresList(
            weeks=_weeks(period),
            reviewers=[_reviewer(line) for line in found.lines],
            hours_to_feedback=_tenth(found.feedback.median),
            within=share(found.feedback.within),
            target_hours=found.feedback.target,
        )
    )


def _pick(standards: tuple[NamedStandard, ...], name: str | None) -> NamedStandard | None:
    if name is None:
        return standards[0] if standards else None
    return next((standard for standard in standards if standard.name == name), None)


def _criterion(line: CriterionLine) -> CriterionFiguresOut:
    return CriterionFiguresOut(
        id=line.criterion.id,
        question=line.criterion.question,
        now=_sure(line.now),
        change=_change(line.change),
        team=_middle(line.middle),
        by_week=FigureWeeksOut(all=_means(line.weeks), random=_means(line.random), risk=_means(line.risk)),
    )


def _reviewer(line: ReviewerLine) -> ReviewerFiguresOut:
    return ReviewerFiguresOut(
        user_id=line.id,
        name=line.name,
        open=line.open,
        overdue=line.overdue,
        submitted=line.done,
        submitted_by_week=list(line.weeks),
        late=line.late,
        hours_to_done=_tenth(line.hours),
        hours_to_feedback=None if line.feedback is None else _tenth(line.feedback.median),
        disputed=line.disputed,
        changed=line.changed,
    )


def _weeks(period: Period) -> list[date]:
    return [start.date() for start in period.starts]


def _trend(trend: ScoreTrend) -> FigureWeeksOut:
    return FigureWeeksOut(all=_means(trend.weeks), random=_means(trend.random), risk=_means(trend.risk))


def _means(means: tuple[Mean | None, ...]) -> list[MeanOut | None]:
    return [_mean(mean) for mean in means]


def _mean(mean: Mean | None) -> MeanOut | None:
    return None if mean is None else _sure(mean)


def _sure(mean: Mean) -> MeanOut:
    return MeanOut(mean=round(mean.mean, 3), low=share(mean.low), high=share(mean.high), calls=mean.calls)


def _change(found: Difference) -> FigureChangeOut:
    return FigureChangeOut(
        before=share(found.mean_before),
        after=share(found.mean_after),
        change=share(found.change),
        low=share(found.low),
        high=share(found.high),
        calls_before=found.calls_before,
        calls_after=found.calls_after,
        verdict=found.verdict,
    )


def _middle(middle: Middle | None) -> TeamMiddleOut | None:
    return None if middle is None else TeamMiddleOut.model_validate(middle, from_attributes=True)


def _tenth(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 1)

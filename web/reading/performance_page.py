"""One rep's page put together from what the queries say: what went well first, then what waits, then the figures."""

from __future__ import annotations

from typing import Any, Final

from review.library.praise import praises_of
from review.performance.assigned import assigned_to
from review.performance.criteria import name_standards
from review.performance.finished import finished_coaching
from review.performance.rep import lines_of, middle_of, went_well
from review.performance.scores import read_by_people, read_frames, read_scores, score_trend
from review.performance.seeing import RepCard, mates_calls
from review.performance.sums import add_up, read_buckets
from review.queries.filters import InboxFilters
from review.queries.inbox import list_calls
from review.queries.objections_filter import ObjectionFilter
from review.queries.objections_list import list_episodes
from review.queries.viewer import Viewer
from web.reading.performance import Chosen, draw_line, draw_lines, pick_criterion, pick_standard
from web.reading.performance_charts import draw_trend
from web.reading.performance_places import Places, address_of

CALLS: Final = 8  # of the rep's own calls, the newest
MOMENTS: Final = 3  # handled objections to listen to
PRAISES: Final = 4


def read_rep_page(db: Any, viewer: Viewer, rep: RepCard, chosen: Chosen) -> dict[str, Any]:
    """What the page of a rep shows; the number of statements does not depend on how much there is."""
    period = chosen.period
    mates = mates_calls(db, rep)
    buckets = read_buckets(db, mates, period)
    standards = name_standards(db, [one for one in buckets if one.rep_id == rep.id], viewer.language)
    standard = pick_standard(standards, chosen)
    lines = () if standard is None else lines_of(rep.id, buckets, standard.criteria, period)
    criterion = pick_criterion(standard, chosen)
    scores = read_scores(db, mates, period)
    by_people = read_by_people(db, [rep.id], period)
    trend = score_trend([one for one in scores if one.rep_id == rep.id], by_people, read_frames(db, by_people), period)
    if criterion is None:
        middle = middle_of(add_up(scores, lambda one: one.rep_id).values())
        chart = draw_trend(period.starts, trend.weeks, trend.random, trend.risk, middle)
    else:
        line = next((one for one in lines if one.criterion.id == criterion.id), None)
        middle = None if line is None else line.middle
        chart = None if line is None else draw_line(line, period)
    assigned = assigned_to(db, rep.user_id, rep.id)
    return {
        "rep": rep,
        "chosen": chosen,
        "query": chosen.to_query(),
        "standards": standards,
        "standard": standard,
        "criterion": criterion,
        "lines": draw_lines(lines, period),
        "chart": chart,
        "middle": middle,
        "whole": trend.whole,
        "well": went_well(lines),
        "moments": list_episodes(
            db, viewer, ObjectionFilter(rep_id=rep.id, outcome="handled", since=period.since), limit=MOMENTS
        ).rows,
        "praises": praises_of(db, [rep.id], period.since)[:PRAISES],
        "finished": finished_coaching(db, rep.id, period.since),
        "assigned": [(item, address_of(item)) for item in assigned],
        "places": Places(),
        "calls": list_calls(db, viewer, InboxFilters(rep_id=rep.id), limit=CALLS).rows,
    }

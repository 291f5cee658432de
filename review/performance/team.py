"""A team's figures: every rep by every criterion, and the team week by week. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from review.performance.criteria import NamedCriterion
from review.performance.estimate import Mean, Sums, mean_of
from review.performance.period import Period
from review.performance.rep import by_week
from review.performance.seeing import RepCard
from review.performance.sums import Bucket, add_up, of_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One rep's cells in the criteria's order; None where there was no answer. `whole` is over all of them."""

    rep: RepCard
    cells: tuple[Mean | None, ...]
    calls: int  # the most calls any cell is from

    @property
    def empty(self) -> bool:
        """Whether the rep has no answer at all."""
        return all(cell is None for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Reps as rows, criteria as columns; `team` is the mean of the team's calls in each column.

    `by_lot`: of every call, but only people answered here, so that the figures are of the calls drawn by lot.
    """

    criteria: tuple[NamedCriterion, ...]
    rows: tuple[HeatRow, ...]
    team: tuple[Mean | None, ...]
    by_lot: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionTrend:
    """One criterion of the team by week: all calls as SAMPLES has it, and the two parts of those people scored."""

    criterion: NamedCriterion
    weeks: tuple[Mean | None, ...]
    random: tuple[Mean | None, ...]
    risk: tuple[Mean | None, ...]


def heat_map(
    reps: Iterable[RepCard], buckets: Collection[Bucket], criteria: Collection[NamedCriterion], sample: str = "all"
) -> HeatMap:
    """The map of the reps. Who left, or left the team, and has no answer is left out; `sample` is one of SAMPLES."""
    kept = of_sample(buckets, sample)
    cells = add_up(kept, lambda bucket: (bucket.rep_id, bucket.standard, bucket.criterion))
    columns = add_up(kept, lambda bucket: (bucket.standard, bucket.criterion))
    judged = {(one.standard, one.criterion) for one in kept if one.kind != "random"}
    rows = []
    for rep in reps:
        found = [cells.get((rep.id, criterion.standard, criterion.id), Sums()) for criterion in criteria]
        row = HeatRow(
            rep=rep,
            cells=tuple(mean_of(sums) for sums in found),
            calls=max((sums.calls for sums in found), default=0),
        )
        if (rep.active and rep.here) or not row.empty:
            rows.append(row)
    return HeatMap(
        criteria=tuple(criteria),
        rows=tuple(rows),
        team=tuple(mean_of(columns.get((criterion.standard, criterion.id), Sums())) for criterion in criteria),
        by_lot=tuple(
            sample == "all" and (one.standard, one.id) in columns and (one.standard, one.id) not in judged
            for one in criteria
        ),
    )


def trend_of(criterion: NamedCriterion, buckets: Iterable[Bucket], period: Period) -> CriterionTrend:
    """The team's weeks on one criterion."""
    here = [one for one in buckets if one.criterion == criterion.id and one.standard == criterion.standard]
    return CriterionTrend(
        criterion=criterion,
        weeks=by_week(of_sample(here, "all"), period),
        random=by_week(of_sample(here, "random"), period),
        risk=by_week(of_sample(here, "risk"), period),
    )

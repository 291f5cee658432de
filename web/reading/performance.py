"""What the pages of people and teams show, put together: what is chosen in the address, lines with their drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.performance.criteria import NamedCriterion, NamedStandard
from review.performance.estimate import Mean
from review.performance.period import Period, last_weeks, read_weeks
from review.performance.rep import CriterionLine
from review.performance.sums import SAMPLES
from web.reading.performance_charts import Line, TrendChart, draw_spark, draw_trend


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the address asks for. `standard` and `criterion` are None for the most used and for the whole score."""

    period: Period
    standard: str | None
    criterion: str | None
    sample: str

    def to_query(self) -> dict[str, str]:
        """As text for a link; what is usual is left out."""
        query = {"weeks": str(self.period.weeks)} if self.period.weeks != 12 else {}
        if self.standard is not None:
            query["standard"] = self.standard
        if self.criterion is not None:
            query["criterion"] = self.criterion
        if self.sample != "all":
            query["sample"] = self.sample
        return query


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A criterion of a rep with its small drawing, and how far it is from the team's middle."""

    line: CriterionLine
    spark: Line | None
    place: str  # above, within, below, or "" where the middle is not shown


def read_chosen(values: Mapping[str, str]) -> Chosen:
    """The choices of a page's query string. A value that makes no sense is left out: a stale link still opens."""
    sample = values.get("sample", "all")
    return Chosen(
        period=last_weeks(read_weeks(values.get("weeks"))),
        standard=_name(values.get("standard")),
        criterion=_name(values.get("criterion")),
        sample=sample if sample in SAMPLES else "all",
    )


def pick_standard(standards: Sequence[NamedStandard], chosen: Chosen) -> NamedStandard | None:
    """The scorecard that is asked for; the most used one otherwise, None when no call was judged."""
    named = [standard for standard in standards if standard.name == chosen.standard]
    return named[0] if named else standards[0] if standards else None


def pick_criterion(standard: NamedStandard | None, chosen: Chosen) -> NamedCriterion | None:
    """The criterion whose weeks are drawn; None for the whole score."""
    criteria = () if standard is None else standard.criteria
    return next((one for one in criteria if one.id == chosen.criterion), None)


def draw_lines(lines: Sequence[CriterionLine], period: Period) -> tuple[DrawnLine, ...]:
    """Each line with its drawing."""
    return tuple(
        DrawnLine(line=line, spark=draw_spark(period.starts, line.weeks), place=_place(line)) for line in lines
    )


def draw_line(line: CriterionLine, period: Period) -> TrendChart | None:
    """One criterion's weeks, with the team's middle behind."""
    return draw_trend(period.starts, line.weeks, line.random, line.risk, line.middle)


def heat_step(mean: Mean | None) -> str:
    """How a cell is coloured: "none", "few", or 0 (worst) .. 4 (best)."""
    if mean is None:
        return "none"
    return "few" if mean.too_few else str(min(4, int(mean.mean * 5)))


def table_of(means: Sequence[Mean | None]) -> list[dict[str, Any] | None]:
    """Means as an API gives them."""
    return [None if mean is None else mean_json(mean) for mean in means]


def mean_json(mean: Mean) -> dict[str, Any]:
    """One mean as an API gives it: shares rounded to 0.001."""
    return {
        "mean": round(mean.mean, 3),
        "low": None if mean.low is None else round(mean.low, 3),
        "high": None if mean.high is None else round(mean.high, 3),
        "calls": mean.calls,
    }


def _place(line: CriterionLine) -> str:
    if line.middle is None:
        return ""
    if line.now.mean > line.middle.high:
        return "above"
    return "below" if line.now.mean < line.middle.low else "within"


def _name(text: str | None) -> str | None:
    return text if text and len(text) <= 100 and "\x00" not in text else None

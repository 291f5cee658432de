"""A sampling rule between its form and its terms, and a planned draw as the preview shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from review.sampling.conditions import FLAGS, Conditions
from review.sampling.planning import Planned
from review.sampling.risk import RISKS
from review.sampling.rules import RuleTerms

Form = MultiDict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """One rep of a preview: of `population` calls so many are taken."""

    rep: str | None
    population: int
    by_lot: int
    by_risk: int
    already: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the draw would take; `reasons` counts what speaks for the risk part by kind."""

    planned: Planned
    lines: tuple[PreviewLine, ...]
    reasons: tuple[tuple[str, int], ...]

    @property
    def first(self) -> date:
        """The period's first day."""
        return self.planned.period.start.date()

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.planned.period.end - timedelta(days=1)).date()

    @property
    def taken(self) -> int:
        """New calls."""
        return self.planned.by_lot + self.planned.by_risk


def read_terms(form: Form) -> RuleTerms:
    """The rule a form describes. What cannot be read is something the rule refuses: never a condition left out."""
    by_percent = form.get("amount") == "percent"
    length_from, length_to = _bound(form.get("length_from")), _bound(form.get("length_to"))
    conditions = Conditions(
        teams=_ids(form, "teams"),
        reps=_ids(form, "reps"),
        sources=_texts(form, "sources"),
        queues=_texts(form, "queues"),
        languages=_texts(form, "languages"),
        standards=_texts(form, "standards"),
        dispositions=_texts(form, "dispositions"),
        flags=tuple(name for name in FLAGS if name in form.getlist("flags")),
        length_from=None if length_from is None else 60 * length_from,  # the form asks in minutes
        length_to=None if length_to is None else 60 * length_to,
        score_from=_bound(form.get("score_from")),
        score_to=_bound(form.get("score_to")),
    )
    per_rep, share = _number(form.get("per_rep")), _number(form.get("random_share"))
    due_days, second = _number(form.get("due_days")), _number(form.get("second_percent") or "0")
    return RuleTerms(
        name=form.get("name", ""),
        conditions=conditions,
        period=form.get("period", "week"),
        per_rep=None if by_percent or per_rep is None else int(per_rep),
        percent=_number(form.get("percent")) if by_percent else None,
        random_share=0.0 if share is None else share / 100,
        risks=tuple(name for name in RISKS if name in form.getlist("risks")),
        reviewers=_ids(form, "reviewers"),
        sharing=form.get("sharing", "round_robin"),
        due_days=-1 if due_days is None else int(due_days),
        blind=form.get("blind") == "1",
        second_percent=-1.0 if second is None else second,
        standard=form.get("standard") or None,
    )


def read_preview(planned: Planned, reps: Mapping[int, str]) -> Preview:
    """The preview's lines, most calls first."""
    kinds: Counter[str] = Counter()
    for pick in planned.drawn.new:
        if pick.part == "risk":
            kinds.update({reason["kind"] for reason in planned.found.reasons.get(pick.call_id, ())} or {"filler"})
    lines = [
        PreviewLine(
            rep=None if stratum.rep_id is None else reps.get(stratum.rep_id),
            population=stratum.population,
            by_lot=stratum.by_lot,
            by_risk=stratum.by_risk,
            already=stratum.already,
        )
        for stratum in planned.drawn.strata
    ]
    return Preview(
        planned=planned,
        lines=tuple(sorted(lines, key=lambda line: (-line.population, line.rep or ""))),
        reasons=tuple(kinds.most_common()),
    )


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1e6 else None


def _bound(text: str | None) -> float | None:
    """A limit that may be left empty; -1 for one that cannot be read."""
    if not (text or "").strip():
        return None
    value = _number(text)
    return -1.0 if value is None else value


def _ids(form: Form, name: str) -> tuple[int, ...]:
    """The numbers chosen; 0, which nobody has, for one that cannot be read."""
    texts = [text for text in form.getlist(name) if text.strip()]
    return tuple(dict.fromkeys(int(text) if text.isdecimal() and len(text) < 16 else 0 for text in texts))


def _texts(form: Form, name: str) -> tuple[str, ...]:
    found = (text.strip().replace("\x00", "")[:200] for text in form.getlist(name))
    return tuple(dict.fromkeys(text for text in found if text))

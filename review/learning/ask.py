"""What to ask reviewers next: each criterion's calls nobody answered, drawn by doubt, by disagreement and by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.learning.shown import not_withdrawn
from review.models import Call, LabelRequest, LearnedModel, ShadowAnswer, StoredAssessment, Verdict, utc_now
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.upsert import insert_new
from scoring.assessment import CANNOT_JUDGE, UNANSWERED, CriterionResult
from scoring.assessment_reading import read_assessment
from scoring.learning.selection import Waiting
from scoring.learning.selection import select as choose
from scoring.learning.votes import Precision, cold_probabilities, precisions
from scoring.standards import Standard

RECENT: Final = timedelta(days=30)
MOST_CALLS: Final = 400  # recent calls looked at for what to ask
ASKED_AT_ONCE: Final = 15  # unanswered requests for a criterion; more would only be put off


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRow:
    """A call to look at next and the criteria asked about it, the most telling first."""

    call_id: int
    happened_at: datetime
    rep_name: str | None
    duration: float | None
    targets: tuple[tuple[str, str], ...]  # (criterion, why it was picked)
    worth: float


def draw_requests(session: Session, standards: Sequence[Standard], now: datetime | None = None) -> int:
    """Fill up each criterion's requests from recent calls nobody decided on; how many were added."""
    now = now or utc_now()
    assessments = _recent(session, now)
    if not assessments:
        return 0
    decided = _decided(session, [call_id for call_id, _ in assessments])
    differing = _differing(session, [call_id for call_id, _ in assessments])
    open_now, asked = _requests(session)
    records = _records(session)
    added = 0
    for criterion, options in _criteria(standards).items():
        room = ASKED_AT_ONCE - open_now.get(criterion, 0)
        pool: dict[int, Waiting] = {}
        for call_id, results in assessments:
            result = results.get(criterion)
            if result is None or (call_id, criterion) in decided or (call_id, criterion) in asked:
                continue
            model, rules = differing.get((call_id, criterion), (None, None))
            pool[call_id] = Waiting(str(call_id), _chances(result, options, records), rules, model)
        # The lot changes with the day, so that a call not drawn today may be drawn tomorrow.
        for item in choose(list(pool.values()), max(0, room), seed=f"{criterion} {now.date()}"):
            made = insert_new(
                session,
                LabelRequest,
                ("call_id", "target"),
                call_id=int(item.call),
                target=criterion,
                why=item.why,
                worth=item.worth,
                drawn_at=now,
            )
            added += made is not None
    return added


def read_requests(session: Session, viewer: Viewer, limit: int = 20) -> tuple[AskRow, ...]:
    """The viewer's calls to look at next: those that answer most first; answered requests are left out."""
    rows = session.execute(
        select(LabelRequest, Call.happened_at, Call.rep_name, Call.duration)
        .join(Call, Call.id == LabelRequest.call_id)
        .where(visible_calls(viewer), not_veiled(viewer), ~_answered())
        .order_by(LabelRequest.call_id, LabelRequest.worth.desc(), LabelRequest.target)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.LabelRequest.call_id, []).append(row)
    made = [
        AskRow(
            call_id=call_id,
            happened_at=group[0].happened_at,
            rep_name=group[0].rep_name,
            duration=group[0].duration,
            targets=tuple((row.LabelRequest.target, row.LabelRequest.why) for row in group),
            worth=sum(row.LabelRequest.worth for row in group),
        )
        for call_id, group in found.items()
    ]
    # A random one has no worth of its own, and must not come last: then it would be answered least.
    lucky = [row for row in made if any(why == "random" for _, why in row.targets)]
    telling = sorted((row for row in made if row not in lucky), key=lambda row: (-row.worth, -row.call_id))
    return tuple(_alternating(telling, sorted(lucky, key=lambda row: row.call_id)))[:limit]


def _alternating(telling: list[AskRow], lucky: list[AskRow]) -> list[AskRow]:
    """Four of the telling calls, then one drawn by lot, and so on."""
    found: list[AskRow] = []
    while telling or lucky:
        found += [*telling[:4], *lucky[:1]]
        telling, lucky = telling[4:], lucky[1:]
    return found


def _answered() -> Any:
    return exists().where(
        Verdict.call_id == LabelRequest.call_id,
        Verdict.target == LabelRequest.target,
        Verdict.kind == "criterion",
        not_withdrawn(),
    )


def _recent(session: Session, now: datetime) -> list[tuple[int, dict[str, CriterionResult]]]:
    """The newest scored calls with the machine's answers."""
    rows = session.execute(
        select(Call.id, StoredAssessment.body)
        .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(Call.state == "scored", Call.happened_at >= now - RECENT)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(MOST_CALLS)
    )
    return [(row.id, {r.id: r for r in read_assessment(unpack_body(row.body)).criteria}) for row in rows]


def _decided(session: Session, call_ids: Sequence[int]) -> set[tuple[int, str]]:
    rows = session.execute(
        select(Verdict.call_id, Verdict.target).where(
            Verdict.kind == "criterion", Verdict.call_id.in_(call_ids), not_withdrawn()
        )
    )
    return {(row.call_id, row.target) for row in rows}


def _differing(session: Session, call_ids: Sequence[int]) -> dict[tuple[int, str], tuple[str, str]]:
    """What a model and the judge it runs beside say, where both are known."""
    rows = session.execute(
        select(ShadowAnswer.call_id, LearnedModel.criterion, ShadowAnswer.answer, ShadowAnswer.shown)
        .join(LearnedModel, LearnedModel.id == ShadowAnswer.model_id)
        .where(ShadowAnswer.call_id.in_(call_ids), LearnedModel.state.in_(("shadow", "promoted")))
        .order_by(LearnedModel.version)
    )
    return {(row.call_id, row.criterion): (row.answer, row.shown) for row in rows}


def _requests(session: Session) -> tuple[dict[str, int], set[tuple[int, str]]]:
    """How many requests wait for each criterion, and all that were ever made."""
    waiting = session.execute(
        select(LabelRequest.target, func.count()).where(~_answered()).group_by(LabelRequest.target)
    )
    every = session.execute(select(LabelRequest.call_id, LabelRequest.target))
    return {row[0]: row[1] for row in waiting}, {(row.call_id, row.target) for row in every}


def _records(session: Session) -> dict[str, Precision]:
    """How often people agreed with each rule, over the newest verdicts."""
    rows = session.execute(
        select(StoredAssessment.body, Verdict.target, Verdict.answer)
        .join(StoredAssessment, StoredAssessment.id == Verdict.assessment_id)
        .where(Verdict.kind == "criterion", not_withdrawn())
        .order_by(Verdict.id.desc())
        .limit(2000)
    )
    pairs = []
    for row in rows:
        results = {result.id: result for result in read_assessment(unpack_body(row.body)).criteria}
        if row.target in results:
            pairs.append((results[row.target], row.answer))
    return precisions(pairs)


def _chances(result: CriterionResult, options: Sequence[str], records: dict[str, Precision]) -> dict[str, float]:
    """The chance of each answer; a learned answer's own probability is calibrated already."""
    learned = any(item.source.startswith("model:") for item in result.evidence)
    if result.answer in (CANNOT_JUDGE, UNANSWERED) or not learned or result.confidence is None:
        return cold_probabilities(result, options, records)
    rest = (1.0 - result.confidence) / max(1, len(options) - 1)
    return {option: result.confidence if option == result.answer else rest for option in options}


def _criteria(standards: Sequence[Standard]) -> dict[str, tuple[str, ...]]:
    return {
        criterion.id: tuple(option.id for option in criterion.options)
        for standard in standards
        for section in standard.sections
        for criterion in section.criteria
    }

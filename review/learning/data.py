"""Verdicts as labels, and the calls they are about as examples a model learns from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.learning.shown import counts, standard_of
from review.models import Call, Evaluation, StoredTranscript, Verdict, utc_now
from review.queries.corrections import read_shown
from review.services.scoring_facts import gather_facts
from scoring.assessment import CriterionResult
from scoring.case import Case
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.judging import judge
from scoring.learning.examples import Example, Look, example_of, look_at
from scoring.learning.labels import Label, LabelSpan, latest_by_reviewer, settle
from scoring.objections import find_objections
from scoring.packs import PackMissing, load_pack
from scoring.standards import Criterion, Standard
from transcription.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Judged:
    """A call judged by the rules alone: what examples and drift readings are made from."""

    case: Case
    standard: Standard
    results: dict[str, CriterionResult]

    def look(self, criterion: Criterion) -> Look:
        """What a model of this criterion sees."""
        return look_at(self.case, criterion, self.results[criterion.id])


@dataclass(frozen=True, slots=True)
class CriterionLabels:
    """All labels of one criterion in one language, and the criterion as its newest standard has it."""

    criterion: Criterion
    language: str
    every: tuple[Label, ...]  # each reviewer's last word on each call
    settled: tuple[Label, ...]  # one for each call

    @property
    def best(self) -> str:
        """The option with full marks."""
        return max(self.criterion.options, key=lambda option: (option.points, option.id)).id

    @property
    def order(self) -> tuple[str, ...]:
        """The options from worst to best."""
        return tuple(option.id for option in sorted(self.criterion.options, key=lambda option: option.points))


def read_criterion_labels(
    session: Session, *, criterion: str | None = None, also: Iterable[Label] = ()
) -> tuple[CriterionLabels, ...]:
    """The labels of every criterion people decided on, by criterion and language; with `also`, those too.

    Answers that are no option of the newest standard's version are left out: they answer another question.
    """
    found: dict[tuple[str, str], list[Label]] = {}
    newest: dict[str, Criterion] = {}
    standards: dict[tuple[str, int], Standard | None] = {}
    for label in chain(also, read_label_rows(session, kind="criterion", target=criterion)):
        name = (label.standard, label.version)
        if name not in standards:
            standards[name] = standard_of(session, *name)
        standard = standards[name]
        asked = None if standard is None else _criterion(standard, label.target)
        if asked is None or not asked.options:  # a number or words: nothing a model is made for
            continue
        newest[label.target] = asked  # rows come in the order they were given: the last standard stays
        found.setdefault((label.target, label.language), []).append(label)
    made = []
    for (target, language), labels in sorted(found.items()):
        options = {option.id for option in newest[target].options} | {"na"}
        kept = [label for label in labels if label.answer in options]
        made.append(CriterionLabels(newest[target], language, tuple(latest_by_reviewer(kept)), tuple(settle(kept))))
    return tuple(made)


def read_label_rows(session: Session, *, kind: str | None = None, target: str | None = None) -> Iterator[Label]:
    """Every verdict as a label, in the order they were given."""
    query = (
        select(Verdict, Call.source, Call.external_id, Call.rep_id, Call.rep_name, Call.happened_at, Call.language)
        .add_columns(Evaluation.blind)
        .join(Call, Call.id == Verdict.call_id)
        .outerjoin(Evaluation, Evaluation.id == Verdict.evaluation_id)
        .where(counts(utc_now()))
        .order_by(Verdict.id)
    )
    if kind is not None:
        query = query.where(Verdict.kind == kind)
    if target is not None:
        query = query.where(Verdict.target == target)
    for row in session.execute(query):
        verdict: Verdict = row.Verdict
        yield Label(
            kind=verdict.kind,  # type: ignore[arg-type]  # the table holds only these
            call=call_name(row.source, row.external_id),
            target=verdict.target,
            answer=verdict.answer,
            reviewer=verdict.reviewer,
            at=verdict.created_at.isoformat(),
            machine=verdict.machine,
            standard=verdict.standard,
            version=verdict.version,
            language=next(iter(sorted(verdict.packs)), row.language or ""),
            rep=f"rep {row.rep_id}" if row.rep_id is not None else (row.rep_name or ""),
            called_at=row.happened_at.isoformat(),
            drawn_by=verdict.drawn_by,  # type: ignore[arg-type]  # as above
            span=None if verdict.span is None else LabelSpan(**verdict.span),
            reason=verdict.reason,
            packs=verdict.packs,
            models=verdict.models,
            blind=bool(row.blind),
        )


def call_name(source: str, external_id: str) -> str:
    """A call's name in labels: the same on every installation that got it from the same source."""
    return f"{source}/{external_id}"


def read_examples(session: Session, labels: CriterionLabels, wanted: Sequence[Label]) -> list[Example]:
    """The labelled calls as examples; calls without words, or in a language without rules, are left out."""
    ids = call_ids(session)
    examples = []
    for label in wanted:
        judged = judge_by_rules(session, ids[label.call], label.standard, label.version) if label.call in ids else None
        if judged is None or labels.criterion.id not in judged.results:
            continue
        criterion = _criterion(judged.standard, labels.criterion.id)
        if criterion is not None:
            examples.append(example_of(judged.case, judged.look(criterion), label))
    return examples


def judge_by_rules(session: Session, call_id: int, standard: str, version: int) -> Judged | None:
    """A call judged anew by the rules of now; None where that cannot be."""
    asked = standard_of(session, standard, version)
    case = None if asked is None else open_shown(session, call_id)
    if asked is None or case is None:
        return None
    results = judge(case, asked, find_objections(case))
    return Judged(case, asked, {result.id: result for result in results})


def open_shown(session: Session, call_id: int) -> Case | None:
    """A call's newest words, as people see them, opened by the packs and facts of now; None where that cannot be."""
    call = session.get(Call, call_id)
    newest = session.execute(
        select(StoredTranscript.id, StoredTranscript.body)
        .where(StoredTranscript.call_id == call_id)
        .order_by(StoredTranscript.number.desc())
        .limit(1)
    ).one_or_none()
    if call is None or newest is None:
        return None
    transcript = read_shown(session, call_id, Transcript.from_json(unpack_body(newest.body)), newest.id)
    conversation = prepare(transcript)
    if not conversation.turns:
        return None
    try:
        pack = load_pack(conversation.language)
    except PackMissing:
        return None
    return open_case(transcript, conversation, pack, gather_facts(session, call))


def speech_of(assessment: dict[str, Any]) -> float | None:
    """The mean speech confidence of an assessment's evidence (contract's JSON); None where words carry none."""
    values = [
        item["speech_confidence"]
        for criterion in assessment.get("criteria") or []
        for item in criterion["evidence"]
        if item.get("speech_confidence") is not None
    ]
    return sum(values) / len(values) if values else None


def call_ids(session: Session) -> dict[str, int]:
    """The ids of all calls people decided on, by their names."""
    rows = session.execute(
        select(Call.source, Call.external_id, Call.id).where(Call.id.in_(select(Verdict.call_id).distinct()))
    )
    return {call_name(row.source, row.external_id): row.id for row in rows}


def _criterion(standard: Standard, target: str) -> Criterion | None:
    every = (criterion for section in standard.sections for criterion in section.criteria)
    return next((criterion for criterion in every if criterion.id == target), None)

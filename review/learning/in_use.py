"""The models that judge now: promoted ones for the assessment, shadows beside it. Files are read once per process."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, load_only

from review.learning.rejection_file import load_head
from review.learning.rejection_gate import LEADS
from review.models import LearnedModel, ShadowAnswer, utc_now
from review.upsert import insert_new
from scoring.assessment import Assessment, Objection
from scoring.case import Case
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.judging import judge
from scoring.learning.examples import look_at
from scoring.learning.judge import LearnedModels, LoadedModel, learned_answer
from scoring.learning.rejection_model import ClosedLeads, RejectionModel
from scoring.learning.store import ModelRefused, load_model
from scoring.objections import find_objections
from scoring.packs import PackMissing, load_pack
from scoring.rejection import CLOSED, find_rejection
from scoring.standards import Standard
from transcription.transcript import Transcript

log = logging.getLogger(__name__)

_loaded: dict[str, LoadedModel] = {}  # by the hash of the file: a model never changes under its hash
_heads: dict[str, RejectionModel] = {}  # as above


@dataclass(frozen=True, slots=True)
class Known:
    """A model in the database and in memory."""

    id: int
    loaded: LoadedModel


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A judge of closed leads in the database and in memory."""

    id: int
    language: str
    head: RejectionModel


@dataclass(frozen=True, slots=True)
class InUse:
    """The models of an installation at one moment."""

    promoted: tuple[Known, ...] = ()
    shadows: tuple[Known, ...] = ()
    heads: tuple[KnownHead, ...] = ()
    shadow_heads: tuple[KnownHead, ...] = ()

    @property
    def judges(self) -> LearnedModels | None:
        """What `scoring.engine.score` takes; None where no model is in charge of anything."""
        by_id = {known.loaded.id: known.loaded for known in self.promoted}
        return LearnedModels(by_id) if by_id else None

    @property
    def closed_leads(self) -> ClosedLeads | None:
        """What `scoring.engine.score` judges closed leads by; None where the rules do in every language."""
        return ClosedLeads({known.language: known.head for known in self.heads}) if self.heads else None


@dataclass(frozen=True, slots=True)
class Aside:
    """What a model answered beside the assessment, and what it is compared with."""

    model_id: int
    answer: str
    shown: str
    probability: float | None


def read_in_use(session: Session, data_folder: Path) -> InUse:
    """The promoted and the shadow models. One that cannot be read is left out with a loud line: the rules judge."""
    found: dict[str, list[Known]] = {"promoted": [], "shadow": []}
    heads: dict[str, list[KnownHead]] = {"promoted": [], "shadow": []}
    for row in session.scalars(_files().where(LearnedModel.state.in_(tuple(found)))):
        try:
            known = _open(row, data_folder)
        except ModelRefused as error:
            log.error("%s; the rules judge in its place", error)
            continue
        (heads if isinstance(known, KnownHead) else found)[row.state].append(known)  # type: ignore[arg-type]
    return InUse(*(tuple(each[state]) for each in (found, heads) for state in ("promoted", "shadow")))  # type: ignore[arg-type]


def read_pinned(session: Session, data_folder: Path, ids: Collection[int]) -> InUse:
    """These models in charge, whatever has become of them since. Raises ModelRefused when one is gone or damaged."""
    rows = session.scalars(_files().where(LearnedModel.id.in_(sorted(ids)))).all()
    missing = sorted(set(ids) - {row.id for row in rows})
    if missing:
        raise ModelRefused(f"number {missing[0]}", "it is not in the database any more")
    opened = [_open(row, data_folder) for row in rows]
    return InUse(
        promoted=tuple(known for known in opened if isinstance(known, Known)),
        heads=tuple(known for known in opened if isinstance(known, KnownHead)),
    )


def judge_aside(
    models: InUse, transcript: Transcript, standard: Standard, facts: Facts, assessment: Assessment
) -> tuple[Aside, ...]:
    """What shadows answer against what the assessment says, and promoted models against the rules."""
    aside: Sequence[Known] = (*models.shadows, *models.promoted)
    closed: Sequence[KnownHead] = (*models.shadow_heads, *models.heads) if facts.disposition in CLOSED else ()
    conversation = prepare(transcript)
    if not (aside or closed) or not conversation.turns:
        return ()
    try:
        pack = load_pack(conversation.language)
    except PackMissing:
        return ()
    judges = LearnedModels({known.loaded.id: known.loaded for known in models.promoted})
    shown = {result.id: result.answer for result in assessment.criteria}
    case = open_case(transcript, conversation, pack, facts)
    objections = find_objections(case)
    found = _leads_aside(models, [known for known in closed if known.language == pack.language], case, objections)
    if not aside:
        return tuple(found)
    rules = {result.id: result for result in judge(case, standard, objections)}
    criteria = {criterion.id: criterion for section in standard.sections for criterion in section.criteria}
    for known in aside:
        criterion = criteria.get(known.loaded.model.criterion)
        if criterion is None:
            continue
        alone = LearnedModels({known.loaded.id: known.loaded})
        if alone.model_for(criterion, pack.language) is None or rules[criterion.id].answer == "cannot_judge":
            continue
        look = look_at(case, criterion, rules[criterion.id])
        if not look.utterances:
            continue
        answer = learned_answer(case, criterion, look, known.loaded)
        mine = judges.by_id.get(known.loaded.id) is known.loaded
        compared = rules[criterion.id].answer if mine else shown[criterion.id]
        found.append(Aside(known.id, answer.answer, compared, answer.confidence))
    return tuple(found)


def _leads_aside(
    models: InUse, closed: Sequence[KnownHead], case: Case, objections: Sequence[Objection]
) -> list[Aside]:
    """The band each judge of closed leads gives beside the one shown, or the one in charge beside the rules'."""
    heads = {known.id: known.head for known in models.heads if known.language == case.pack.language}
    rules = find_rejection(case, case.facts, objections)
    shown = find_rejection(case, case.facts, objections, next(iter(heads.values()), None))
    if rules is None or shown is None or rules.excluded:  # what a rule excludes no model is asked about
        return []
    found = []
    for known in closed:
        mine = find_rejection(case, case.facts, objections, known.head)
        if mine is not None:
            compared = rules if known.id in heads else shown
            found.append(Aside(known.id, mine.band, compared.band, mine.probability))
    return found


def store_aside(session: Session, call_id: int, answers: Sequence[Aside]) -> None:
    """Keep the answers; a call judged again keeps its first ones."""
    for answer in answers:
        insert_new(
            session,
            ShadowAnswer,
            ("model_id", "call_id"),
            model_id=answer.model_id,
            call_id=call_id,
            answer=answer.answer,
            shown=answer.shown,
            probability=answer.probability,
            at=utc_now(),
        )


def _files() -> Select[LearnedModel]:
    """Models without what they were measured by, which is large."""
    model = LearnedModel
    needed = (model.id, model.criterion, model.language, model.state, model.version, model.file, model.file_sha256)
    return select(model).options(load_only(*needed)).order_by(model.criterion, model.language, model.version)


def _open(row: LearnedModel, data_folder: Path) -> Known | KnownHead:
    if row.criterion == LEADS:
        return KnownHead(row.id, row.language, _load_head(data_folder / row.file, row.file_sha256))
    return Known(row.id, _load(data_folder / row.file, row.file_sha256, row.version))


def _load(path: Path, sha256: str, version: int) -> LoadedModel:
    if sha256 not in _loaded:
        model, _card = load_model(path, sha256)
        _loaded[sha256] = LoadedModel(model, version)
    return _loaded[sha256]


def _load_head(path: Path, sha256: str) -> RejectionModel:
    if sha256 not in _heads:
        _heads[sha256] = load_head(path, sha256)
    return _heads[sha256]

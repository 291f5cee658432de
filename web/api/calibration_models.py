"""What the API takes and answers of calibrations, and how a session and its figures are written so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from review.calibration.results import Results
from review.calibration.types import MOST_CALLS, MOST_DAYS, MOST_PEOPLE, SessionRow, SessionView
from scoring.agreement import Figures, Share
from web.api.fields import Line, Note, RowId, Word
from web.api.paging import NEXT

Meaning = Literal["nothing", "too_few", "same", "reliable", "tentative", "unreliable", "wording"]


class CalibrationPath(BaseModel):
    """Which session."""

    calibration_id: RowId


class CalibrationIn(BaseModel):
    """A new session."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "November", "standard": "cold-call", "lot": 5, "people": [4, 7]}},
    )

    name: Line = Field(max_length=120)
    standard: Word = Field(description="The scorecard's name.")
    version: int | None = Field(None, ge=1, le=10**6, description="Left out: the newest.")
    calls: list[RowId] = Field(default_factory=list, max_length=MOST_CALLS, description="Ids of chosen calls.")
    lot: int = Field(0, ge=0, le=MOST_CALLS, description="So many more, drawn at random of this scorecard's calls.")
    people: list[RowId] = Field(min_length=1, max_length=MOST_PEOPLE, description="Ids of users who score.")
    against: Literal["none", "benchmark", "consensus"] = "none"
    benchmark: RowId | None = Field(None, description="The benchmark reviewer, one of the people.")
    days: int = Field(3, ge=1, le=MOST_DAYS, description="Working days until it closes by itself.")
    note: Note = Field("", description="A word to everybody.")


class CalibrationPerson(BaseModel):
    """How far one person is."""

    id: int
    name: str
    asked: int
    done: int


class CalibrationOut(BaseModel):
    """One session. Nobody's answers are in it."""

    id: int
    name: str
    note: str
    standard: str
    version: int
    state: Literal["open", "closed", "cancelled"]
    against: Literal["none", "benchmark", "consensus"]
    benchmark: int | None
    calls: int
    people: list[CalibrationPerson]
    due_at: datetime
    created_at: datetime
    closed_at: datetime | None
    closed_how: str = Field(description="hand or deadline; empty while it is open.")


class CalibrationList(BaseModel):
    """Sessions that the token's person leads or takes part in, newest first."""

    sessions: list[CalibrationOut]
    next: str | None = Field(description=NEXT)


class CalibrationLeftOut(BaseModel):
    """Somebody who was not asked on one call, and why: own_call, cannot_see, scored or waiting."""

    name: str
    call_id: int
    why: str


class CalibrationDetails(CalibrationOut):
    """One session with its calls."""

    call_ids: list[int]
    left_out: list[CalibrationLeftOut]


class AgreementShare(BaseModel):
    """A share 0..1 of `n` pairs of answers, with its 95 % interval; null where there is no pair."""

    n: int
    value: float | None
    low: float | None
    high: float | None


class AgreementFigures(BaseModel):
    """How far people agree on one question. `alpha` is Krippendorff's on the `level` the options have."""

    level: Literal["nominal", "ordinal", "interval", "ratio"]
    calls: int
    people: int
    cannot_judge: int
    exact: AgreementShare
    within: AgreementShare
    alpha: float | None
    low: float | None
    high: float | None
    kappa: float | None = Field(description="Weighted kappa; only of exactly two people.")
    meaning: Meaning


class AgreementOfCriterion(AgreementFigures):
    """The figures of one criterion, and the calls on which people differ."""

    criterion: str
    differing: list[int]


class StrictnessOut(BaseModel):
    """Points a person gives more than the group's middle on the same call, with its 95 % interval."""

    user_id: int
    name: str
    calls: int
    effect: float | None
    low: float | None
    high: float | None
    leaning: Literal["strict", "lenient", "neither", "too_few"]


class BenchmarkOut(BaseModel):
    """One person against the benchmark reviewer or the consensus; `lean` in percent of the points."""

    user_id: int
    name: str
    answers: int
    exact: AgreementShare
    within: AgreementShare
    lean: float | None
    low: float | None
    high: float | None


class CalibrationFigures(BaseModel):
    """What a closed session found."""

    id: int
    exact: AgreementShare
    within: AgreementShare
    total: AgreementFigures
    criteria: list[AgreementOfCriterion]
    strictness: list[StrictnessOut]
    versus: list[BenchmarkOut]


class CalibrationEnd(BaseModel):
    """How the session ends."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["close", "cancel"] = "close"


class ConsensusIn(BaseModel):
    """What the group agreed on for one criterion of one call; an empty answer takes it back."""

    model_config = ConfigDict(extra="forbid")

    call_id: RowId
    criterion: Word
    answer: Note = Field(max_length=200)
    note: Note = ""


class ConsensusOut(BaseModel):
    """What stands now."""

    call_id: int
    criterion: str
    answer: str
    note: str


def session_fields(row: SessionRow) -> dict[str, Any]:
    """The fields of a CalibrationOut."""
    return {
        "id": row.id,
        "name": row.name,
        "note": row.note,
        "standard": row.standard,
        "version": row.version,
        "state": row.state,
        "against": row.against,
        "benchmark": row.benchmark_id,
        "calls": row.calls,
        "people": [CalibrationPerson(id=p.person, name=p.name, asked=p.asked, done=p.done) for p in row.people],
        "due_at": row.due_at,
        "created_at": row.created_at,
        "closed_at": row.closed_at,
        "closed_how": row.closed_how,
    }


def details_of(view: SessionView) -> CalibrationDetails:
    """A session with its calls."""
    return CalibrationDetails(
        **session_fields(view.row),
        call_ids=[call.call_id for call in view.calls if call.visible],
        left_out=[CalibrationLeftOut(name=one.name, call_id=one.call_id, why=one.why) for one in view.left_out],
    )


def results_of(calibration_id: int, found: Results) -> CalibrationFigures:
    """What a closed session found."""
    return CalibrationFigures(
        id=calibration_id,
        exact=_share(found.exact),
        within=_share(found.within),
        total=AgreementFigures(**_figures(found.total)),
        criteria=[
            AgreementOfCriterion(criterion=one.criterion.id, differing=list(one.differing), **_figures(one.figures))
            for one in found.criteria
        ],
        strictness=[
            StrictnessOut(
                user_id=int(one.person),
                name=found.people.get(int(one.person), ""),
                calls=one.calls,
                effect=_round(one.effect),
                low=_round(one.low),
                high=_round(one.high),
                leaning=one.leaning,
            )
            for one in found.strictness
        ],
        versus=[
            BenchmarkOut(
                user_id=int(one.person),
                name=found.people.get(int(one.person), ""),
                answers=one.answers,
                exact=_share(one.exact),
                within=_share(one.within),
                lean=_round(one.lean),
                low=_round(one.low),
                high=_round(one.high),
            )
            for one in found.versus
        ],
    )


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "level": found.level,
        "calls": found.calls,
        "people": found.people,
        "cannot_judge": found.gaps,
        "exact": _share(found.exact),
        "within": _share(found.within),
        "alpha": _round(found.alpha),
        "low": _round(found.low),
        "high": _round(found.high),
        "kappa": _round(found.kappa.kappa) if found.kappa else None,
        "meaning": found.meaning,
    }


def _share(found: Share) -> AgreementShare:
    return AgreementShare(n=found.n, value=_round(found.value), low=_round(found.low), high=_round(found.high))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

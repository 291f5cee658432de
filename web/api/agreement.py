"""Machine and people over the API: how far they agree on each criterion, and automatic mode."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from review.agreement.automatic import switch_off, switch_on
from review.agreement.reading import read_agreement
from review.agreement.types import CriterionAgreement, NotOffered
from scoring.learning.agreement import Agreement
from web.api.doing import answer, area
from web.api.fields import Word
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.agreement import refusal
from web.parts import parts

blueprint = area("agreement", "calibration", "The same calls scored by several people apart; how far they agree.")


class KappaOut(BaseModel):
    """Agreement over `n` calls: kappa with its 95 % interval, and the plain share; null where nothing can be said."""

    n: int
    kappa: float | None
    low: float | None
    high: float | None
    share: float | None


class AgreementOut(BaseModel):
    """One criterion in one language."""

    criterion: str
    language: str
    judge: str = Field(description="The version of the model in charge, or `rules`.")
    people: KappaOut
    people_basis: Literal["blind", "all"]
    machine: KappaOut
    machine_basis: Literal["blind_random", "blind", "random", "all"]
    seen: KappaOut = Field(description="The machine against people who had read its answer.")
    gate: Literal["too_few_pairs", "wording", "too_few", "below", "anchored", "open"]
    why: str = Field(description="The gate as a sentence, in English.")
    automatic: bool
    automatic_since: datetime | None


class AgreementList(BaseModel):
    """Every criterion people answered, those with most answers first."""

    criteria: list[AgreementOut]


class AutomaticIn(BaseModel):
    """Automatic mode of one criterion in one language."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"criterion": "greeting", "language": "en"}}
    )

    criterion: Word
    language: Word
    automatic: bool = True


@blueprint.get("/agreement", responses={200: AgreementList})
def list_agreement() -> Response:
    """List how far the machine agrees with people, with people among themselves as the ceiling."""
    with parts().database.read() as db:
        found = read_agreement(db)
    return answer(AgreementList(criteria=[_out(one) for one in found]))


@blueprint.put("/agreement/automatic", responses={200: AgreementList, 409: Problem, 422: Problem})
def switch_automatic(body: AutomaticIn) -> Response:
    """Switch automatic mode; on only where the gate is open. Answers the criterion as it stands now."""
    try:
        with parts().database.session() as db:
            (switch_on if body.automatic else switch_off)(db, viewer(), body.criterion, body.language)
            found = read_agreement(db, criterion=body.criterion, language=body.language)
    except NotOffered as error:
        raise refusal(error) from error
    return answer(AgreementList(criteria=[_out(one) for one in found]))


def _out(one: CriterionAgreement) -> AgreementOut:
    measured = one.measured
    return AgreementOut(
        criterion=one.criterion,
        language=one.language,
        judge=one.judge or "rules",
        people=_kappa(measured.people),
        people_basis="blind" if measured.people_basis == "blind" else "all",
        machine=_kappa(measured.machine),
        machine_basis=measured.machine_basis,
        seen=_kappa(measured.seen),
        gate=measured.gate.verdict,
        why=measured.gate.why,
        automatic=one.is_on,
        automatic_since=one.automatic.on_at if one.automatic else None,
    )


def _kappa(found: Agreement) -> KappaOut:
    return KappaOut.model_validate(found.to_json())

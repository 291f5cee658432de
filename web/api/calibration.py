"""Calibrations over the API: sessions, who is how far, closing, what a group agreed on, and the figures."""

from __future__ import annotations

from typing import Any

from flask import Response

from review.calibration.agreed import write_agreed
from review.calibration.closing import cancel, close
from review.calibration.listing import list_calibrations, read_session
from review.calibration.making import make_calibration
from review.calibration.results import read_results
from review.calibration.types import Terms
from review.errors import ReviewError
from scoring.standards import StandardNotFound
from web.api.calibration_models import (
    CalibrationDetails,
    CalibrationEnd,
    CalibrationFigures,
    CalibrationIn,
    CalibrationList,
    CalibrationOut,
    CalibrationPath,
    ConsensusIn,
    ConsensusOut,
    details_of,
    results_of,
    session_fields,
)
from web.api.doing import answer, area, do_once, once_by_key
from web.api.paging import PageQuery, cut
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.calibration_refusals import refusal
from web.parts import parts

blueprint = area("calibration", "calibration", "The same calls scored by several people apart; how far they agree.")


@blueprint.get("/calibrations", responses={200: CalibrationList, 422: Problem})
def list_sessions(query: PageQuery) -> Response:
    """List the sessions the token's person leads or takes part in, newest first."""
    place = query.place(int)
    with parts().database.read() as db:
        rows, _next = list_calibrations(db, viewer(), after=place[1] if place else None, limit=query.limit + 1)
    shown, following = cut(rows, query.limit, lambda row: (row.id, row.id))
    return answer(CalibrationList(sessions=[CalibrationOut(**session_fields(row)) for row in shown], next=following))


@blueprint.post("/calibrations", responses={201: CalibrationDetails, 409: Problem, 422: Problem})
@once_by_key
def create_session(body: CalibrationIn) -> Response:
    """Make a session; everybody gets their calls as blind assignments."""
    terms = Terms(
        name=body.name,
        standard=body.standard,
        version=body.version,
        call_ids=tuple(body.calls),
        lot=body.lot,
        user_ids=tuple(body.people),
        against=body.against,
        benchmark_id=body.benchmark,
        days=body.days,
        note=body.note,
    )

    def make(db: Any) -> CalibrationDetails:
        return details_of(read_session(db, viewer(), make_calibration(db, viewer(), terms)))

    try:
        return do_once(make)
    except ReviewError as error:
        raise refusal(error) from error


@blueprint.get("/calibrations/<int:calibration_id>", responses={200: CalibrationDetails, 404: Problem, 422: Problem})
def read_one(path: CalibrationPath) -> Response:
    """Read one session: its calls, and how far everybody is."""
    try:
        with parts().database.read() as db:
            return answer(details_of(read_session(db, viewer(), path.calibration_id)))
    except ReviewError as error:
        raise refusal(error) from error


@blueprint.post(
    "/calibrations/<int:calibration_id>/end",
    responses={200: CalibrationDetails, 404: Problem, 409: Problem, 422: Problem},
)
def end_session(path: CalibrationPath, body: CalibrationEnd) -> Response:
    """Close the session now, or call it off."""
    try:
        with parts().database.session() as db:
            (close if body.act == "close" else cancel)(db, viewer(), path.calibration_id)
            return answer(details_of(read_session(db, viewer(), path.calibration_id)))
    except ReviewError as error:
        raise refusal(error) from error


@blueprint.put(
    "/calibrations/<int:calibration_id>/agreed",
    responses={200: ConsensusOut, 404: Problem, 409: Problem, 422: Problem},
)
def write_consensus(path: CalibrationPath, body: ConsensusIn) -> Response:
    """Write down what the group agreed on; only after closing, where it is measured by consensus."""
    try:
        with parts().database.session() as db:
            made = write_agreed(db, viewer(), path.calibration_id, body.call_id, body.criterion, body.answer, body.note)
    except ReviewError as error:
        raise refusal(error) from error
    return answer(
        ConsensusOut(
            call_id=body.call_id,
            criterion=body.criterion,
            answer=made.answer if made else "",
            note=made.note if made else "",
        )
    )


@blueprint.get(
    "/calibrations/<int:calibration_id>/figures",
    responses={200: CalibrationFigures, 404: Problem, 409: Problem, 422: Problem},
)
def read_figures(path: CalibrationPath) -> Response:
    """Read what a closed session found; 409 while it is open."""
    try:
        with parts().database.read() as db:
            found = read_results(db, viewer(), path.calibration_id)
    except (ReviewError, StandardNotFound) as error:
        raise refusal(error) from error
    return answer(results_of(path.calibration_id, found))

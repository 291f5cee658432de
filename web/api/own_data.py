"""All of one's own data over the API: asked for, listed, taken as a ZIP."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from flask import Response, abort, send_file
from flask_babel import gettext as _
from pydantic import BaseModel

from review.performance.own_data import NoSuchExport, find_file, list_exports, make_export, request_export
from review.performance.seeing import own_rep
from web.api.doing import answer, area
from web.api.fields import RowId
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = area("own_data", "performance", "How reps, teams and reviewers do, each figure with its interval.")


class DataExportPath(BaseModel):
    """A file of one's own data."""

    export_id: RowId


class DataExportOut(BaseModel):
    """A file of one's own data; done files are taken away at `until`."""

    id: int
    state: Literal["waiting", "running", "done", "failed"]
    requested_at: datetime
    calls: int
    size: int | None
    until: datetime | None


class DataExportList(BaseModel):
    """One's own requests, newest first."""

    exports: list[DataExportOut]


@blueprint.get("/me/data", responses={200: DataExportList})
def list_data() -> Response:
    """List the files of one's own data that were asked for."""
    with parts().database.read() as db:
        rows = list_exports(db, viewer())
    return answer(DataExportList(exports=[DataExportOut.model_validate(row, from_attributes=True) for row in rows]))


@blueprint.post("/me/data", responses={201: DataExportList, 422: Problem})
def ask_for_data() -> Response:
    """Ask for all of one's own data; one under way is not begun again."""
    with parts().database.session() as db:
        rep = own_rep(db, viewer())
        if rep is None:
            raise Refused(
                422,
                _("You speak on no calls here, so there is no data of calls to make a file of"),
                _("Nothing was changed."),
                _("An administrator can join you with the person on the telephone."),
                code="no_rep",
            )
        export_id, small = request_export(db, viewer(), rep)
    if small:
        make_export(parts().database, parts().settings, export_id)
    response: Response = list_data()
    response.status_code = 201
    return response


ZIP: Final = {
    "description": "The file.",
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
}


@blueprint.get("/me/data/<int:export_id>", responses={200: ZIP, 404: Problem})
def take_data(path: DataExportPath) -> Response:
    """Take a file of one's own data as a ZIP."""
    try:
        with parts().database.session() as db:
            file = find_file(db, viewer(), path.export_id, parts().settings)
    except NoSuchExport:
        abort(404)
    response: Response = send_file(file, mimetype="application/zip", as_attachment=True, download_name="my-data.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response

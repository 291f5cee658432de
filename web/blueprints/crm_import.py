"""Importing a CSV or Excel table: upload, say what each column is, see what would change, import."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.services.crm_columns import COLUMNS, CUSTOM, guess_columns, guess_entity, recall_mapping
from review.services.crm_mapped import MappedReport, MappingLacks, import_sheet, preview_sheet
from review.services.crm_sheets import BadSheet, Sheet
from review.services.crm_uploads import drop_upload, keep_upload, open_upload
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("crm_import", __name__, url_prefix="/crm/import")

EXAMPLES = 3


@blueprint.get("")
def form() -> str:
    """The upload form."""
    return render_template("crm/import.html")


@blueprint.post("")
def receive() -> Response:
    """Keep the table and go on to its mapping."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a CSV or Excel file first."), "error")
        return redirect(url_for(".form"))
    try:
        with parts().database.session() as db:
            token = keep_upload(
                db,
                parts().settings.data,
                file.stream,
                file.filename,
                by=viewer().user_id,
            )
    except BadSheet as error:
        raise _no_table() from error
    return redirect(url_for(".mapping", token=token))


@blueprint.get("/<token>")
def mapping(token: str) -> str:
    """What each column is, as guessed or as chosen the last time."""
    sheet = _sheet(token)
    with parts().database.read() as db:
        known = recall_mapping(db, sheet.headings)
    asked = request.args.get("entity", "")
    if asked in COLUMNS:
        chosen = known[1] if known is not None and known[0] == asked else guess_columns(sheet.headings, asked)
        return _page(token, sheet, asked, chosen, remembered=known is not None and known[0] == asked)
    entity = known[0] if known is not None else guess_entity(sheet.headings)
    chosen = known[1] if known is not None else guess_columns(sheet.headings, entity)
    return _page(token, sheet, entity, chosen, remembered=known is not None)


@blueprint.post("/<token>")
def run(token: str) -> Response | str:
    """The dry run, or the import when that was asked for."""
    sheet = _sheet(token)
    entity = request.form.get("entity", "")
    if entity not in COLUMNS:
        abort(404)
    columns = _chosen(sheet, entity)
    region, done = parts().settings.region, request.form.get("act") == "import"
    try:
        with parts().database.session() as db:
            if done:
                report = import_sheet(db, sheet, entity, columns, region=region, by=viewer().user_id)
                drop_upload(db, parts().settings.data, token)
            else:
                report = preview_sheet(db, sheet, entity, columns, region=region)
    except MappingLacks as error:
        return _page(token, sheet, entity, columns, lacks=error.one_of)
    if not done:
        return _page(token, sheet, entity, columns, report=report)
    flash(
        _(
            "Imported: %(created)s new, %(updated)s changed, %(unchanged)s as they were.",
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
        ),
        "success",
    )
    if report.problems:
        count = len(report.problems)
        flash(ngettext("%(num)s line was left out.", "%(num)s lines were left out.", count))
    return redirect(url_for("crm.index"))


def _page(
    token: str,
    sheet: Sheet,
    entity: str,
    columns: dict[str, str],
    *,
    remembered: bool = False,
    report: MappedReport | None = None,
    lacks: tuple[str, ...] = (),
) -> str:
    examples = {
        heading: [cells[at] for _number, cells in sheet.lines if cells[at]][:EXAMPLES]
        for at, heading in enumerate(sheet.headings)
    }
    return render_template(
        "crm/mapping.html",
        token=token,
        sheet=sheet,
        entity=entity,
        entities=tuple(COLUMNS),
        columns=columns,
        choices=COLUMNS[entity],
        custom=CUSTOM if entity == "clients" else None,
        examples=examples,
        remembered=remembered,
        report=report,
        lacks=lacks,
    )


def _chosen(sheet: Sheet, entity: str) -> dict[str, str]:
    """What the form says of each column; a column of ours is given to the first heading that claims it."""
    chosen: dict[str, str] = {}
    for at, heading in enumerate(sheet.headings):
        column = request.form.get(f"column_{at}", "")
        if (column == CUSTOM and entity == "clients") or (column in COLUMNS[entity] and column not in chosen.values()):
            chosen[heading] = column
    return chosen


def _sheet(token: str) -> Sheet:
    try:
        with parts().database.read() as db:
            sheet = open_upload(db, parts().settings.data, token, by=viewer().user_id)
    except BadSheet as error:
        raise _no_table() from error
    if sheet is None:
        abort(404)
    return sheet


def _no_table() -> Refused:
    return Refused(
        422,
        _("No table can be read from this file"),
        _("Nothing was kept."),
        _("Save it as .xlsx or as CSV, with one line of headings on top, each only once, and upload that."),
        code="bad_sheet",
    )

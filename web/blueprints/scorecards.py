"""Scorecards: the list, one version with its history, what differs between two, as a file, put away and taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from review.scorecards.archiving import StillInUse, archive, stand_ins, unarchive
from review.scorecards.bodies import standard_of
from review.scorecards.comparing import compare_standards, shares
from review.scorecards.drafts import find_draft
from review.scorecards.listing import is_archived, list_scorecards, read_history
from review.services.standards import NoSuchVersion, find_standard, next_version
from scoring.detectors.catalogue import DETECTORS
from scoring.standards import Standard, StandardInvalid, StandardNotFound
from web.access_rules import EDITS_SCORECARDS
from web.auth import viewer
from web.parts import parts
from web.reading.detectors import detector_label, level_words

blueprint = Blueprint("scorecards", __name__, url_prefix="/scorecards")

DRAFT = "draft"


def may_edit() -> bool:
    """Whether the viewer changes scorecards, or only reads them."""
    return EDITS_SCORECARDS.allows(viewer())


@blueprint.get("")
def index() -> str:
    """Every scorecard: its version, state, use, and the draft in work."""
    with parts().database.read() as db:
        rows = list_scorecards(db, parts().settings.standard)
    return render_template(
        "scorecards/index.html",
        rows=[row for row in rows if not row.archived],
        archived=[row for row in rows if row.archived],
        may_edit=may_edit(),
    )


@blueprint.get("/<name>")
def show(name: str) -> str:
    """One version of a scorecard, to read, with its history."""
    with parts().database.read() as db:
        standard = _version(db, name, request.args.get("version"))
        draft = find_draft(db, name)
        history = read_history(db, name)
        away = is_archived(db, name)
        others = stand_ins(db, name) if may_edit() else ()
        newest = find_standard(db, name).version
    return render_template(
        "scorecards/show.html",
        standard=standard.describe(viewer().language),
        newest=newest,
        shares=shares(standard),
        draft=draft,
        history=history,
        archived=away,
        others=others,
        may_edit=may_edit(),
        detectors={c.id: (detector_label(c.detector), c.settings) for s in standard.sections for c in s.criteria},
        level_words=level_words(),
        levels={(c.id, o.id): o.level for s in standard.sections for c in s.criteria for o in c.options},
    )


@blueprint.get("/<name>/compare")
def compare(name: str) -> str:
    """What differs between two versions; `to=draft` is the draft in work."""
    with parts().database.read() as db:
        history = read_history(db, name)
        draft = find_draft(db, name)
        versions = [str(row.version) for row in history]
        if not versions:
            abort(404)
        to = request.args.get("to") or (DRAFT if draft else versions[0])
        earlier = [v for v in versions if to == DRAFT or (v.isdecimal() and to.isdecimal() and int(v) < int(to))]
        start = request.args.get("from") or (earlier[0] if earlier else versions[0])
        before = _version(db, name, start)
        broken = ""
        after: Standard | None = None
        try:
            after = _version(db, name, to)
        except StandardInvalid as error:
            broken = f"{error.problem}; {error.fix}"
    found = None if after is None else compare_standards(before, after, viewer().language)
    return render_template(
        "scorecards/compare.html",
        name=name,
        title=before.describe(viewer().language).title,
        found=found,
        broken=broken,
        start=start,
        to=to,
        detectors={spec: detector_label(spec) for spec in DETECTORS},
        choices=[*([DRAFT] if draft else []), *versions],
        may_edit=may_edit(),
    )


@blueprint.get("/<name>/export.yaml")
def export(name: str) -> Response:
    """A version, or the draft in work, as a YAML file."""
    with parts().database.read() as db:
        try:
            standard = _version(db, name, request.args.get("version"))
        except StandardInvalid:
            abort(409)
    response = Response(standard.source_text, mimetype="application/yaml")
    filename = f"{name}-{request.args.get('version') or standard.version}.yaml"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@blueprint.post("/<name>/archive")
def put_away(name: str) -> AnyResponse:
    """Hide a scorecard from every choice; another takes its place where new calls are judged by it."""
    instead = request.form.get("instead") or None
    try:
        with parts().database.session() as db:
            archive(db, name, viewer().user_id, installed=parts().settings.standard, instead=instead)
    except StandardNotFound:
        abort(404)
    except StillInUse as error:
        if any(use.source is None for use in error.uses):
            flash(
                _(
                    "This installation judges by this scorecard wherever a source names none. Nothing was put away: "
                    "ask an administrator to set another default first."
                ),
                "error",
            )
        else:
            where = ", ".join(f"{use.source} ({use.queue})" if use.queue else str(use.source) for use in error.uses)
            flash(
                _(
                    "New calls are still judged by it: %(where)s. Nothing was put away: choose the scorecard that "
                    "takes its place.",
                    where=where,
                ),
                "error",
            )
        return redirect(url_for(".show", name=name))
    flash(_("Put away. What was scored with it stays as it is, and evaluations in work can be finished."))
    return redirect(url_for(".index"))


@blueprint.post("/<name>/unarchive")
def take_back(name: str) -> AnyResponse:
    """Make a scorecard a choice again."""
    with parts().database.session() as db:
        done = unarchive(db, name, viewer().user_id)
    flash(_("It is a choice again.") if done else _("It was a choice already."))
    return redirect(url_for(".show", name=name))


def _version(db: Any, name: str, version: str | None) -> Standard:
    """The version asked for, the newest without one; 404 for what does not exist. Raises StandardInvalid (a draft)."""
    if version == DRAFT:
        draft = find_draft(db, name)
        if draft is None:
            abort(404)
        return standard_of(name, next_version(db, name), draft.body)
    if version is not None and not (version.isdecimal() and len(version) < 9):
        abort(404)
    try:
        return find_standard(db, name, int(version) if version else None)
    except (StandardNotFound, NoSuchVersion):
        abort(404)

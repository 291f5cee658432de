"""The scorecard editor: beginning a draft, saving it as one types, publishing it, throwing it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from review.scorecards.bodies import LARGEST, BadBody, Fault, body_of, faults_of
from review.scorecards.drafts import (
    BadName,
    DraftMoved,
    DraftRow,
    NoDraft,
    begin_draft,
    copy_draft,
    discard_draft,
    find_draft,
    import_draft,
    save_draft,
)
from review.scorecards.publishing import (
    LONGEST_NOTE,
    NoteTooLong,
    NothingChanged,
    NotReady,
    publish_draft,
)
from review.services.standards import find_standard, list_choices
from scoring.standard_criteria import LANGUAGES
from scoring.standards import StandardInvalid, StandardNotFound, in_language
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.detectors import detector_choices, group_choices
from web.reading.scorecard_faults import fault_words
from web.reading.scripts_editor import script_choices

blueprint = Blueprint("scorecard_drafts", __name__, url_prefix="/scorecards")

LARGEST_REQUEST = LARGEST + 64 * 1024  # bytes; the body with its revision


@blueprint.get("/new")
def new() -> str:
    """Where a new scorecard begins: like another one, or from a file."""
    with parts().database.read() as db:
        choices = [(choice.name, in_language(choice.title, viewer().language)) for choice in list_choices(db)]
    return render_template("scorecards/new.html", choices=choices, like=request.args.get("like", ""))


@blueprint.post("/new")
def create() -> AnyResponse:
    """Begin a draft of a new name, or the one a file names."""
    request.max_content_length = LARGEST_REQUEST
    file = request.files.get("file")
    try:
        with parts().database.session() as db:
            if file is not None and file.filename:
                draft = import_draft(db, _text_of(file.read(LARGEST + 1)), viewer().user_id)
            else:
                name = request.form.get("name", "").strip()
                draft = copy_draft(db, name, request.form.get("like", ""), viewer().user_id)
    except BadName as error:
        raise Refused(
            422,
            _("There is a scorecard named “%(name)s” already", name=error.name[:80])
            if error.taken
            else _("“%(name)s” cannot be a scorecard’s name", name=error.name[:80]),
            _("Nothing was begun."),
            _("Use small letters, digits, - and _, at most 64 of them, and a name that is free."),
            code=error.code,
        ) from error
    except DraftMoved as error:
        raise Refused(
            409,
            _("A draft of “%(name)s” is in work already", name=error.draft.name),
            _("It was not overwritten."),
            _("Open it, and import the file there if it should take its place."),
            code=error.code,
        ) from error
    except StandardNotFound:
        abort(404)
    except StandardInvalid as error:
        raise _bad_file(error) from error
    return redirect(url_for(".edit", name=draft.name))


@blueprint.post("/<name>/draft")
def begin(name: str) -> AnyResponse:
    """Begin a draft of the newest version, or open the one in work."""
    try:
        with parts().database.session() as db:
            begin_draft(db, name, viewer().user_id)
    except StandardNotFound:
        abort(404)
    return redirect(url_for(".edit", name=name))


@blueprint.get("/<name>/edit")
def edit(name: str) -> str | AnyResponse:
    """The editor over the draft in work."""
    with parts().database.read() as db:
        draft = find_draft(db, name)
        base: dict[str, Any] | None = None
        try:
            base = body_of(find_standard(db, name))
        except StandardNotFound:
            if draft is None:
                abort(404)
    if draft is None:
        flash(_("No draft is in work. Begin one to change this scorecard."))
        return redirect(url_for("scorecards.show", name=name))
    return render_template(
        "scorecards/edit.html",
        draft=draft,
        data={
            "name": name,
            "revision": draft.revision,
            "body": draft.body,
            "base": base,
            "faults": _faults(faults_of(name, draft.body)),
            "languages": LANGUAGES,
            "language": viewer().language if viewer().language in LANGUAGES else "en",
            "detectors": [choice.to_json() for choice in detector_choices()],
            "catalogue": script_choices(viewer().language),
            "groups": group_choices(viewer().language),
            "user": viewer().user_id,
        },
        longest_note=LONGEST_NOTE,
    )


@blueprint.post("/<name>/draft/save")
def save(name: str) -> Response:
    """Keep the body sent (JSON) on top of the revision it was made on; what is wrong with it comes back."""
    request.max_content_length = LARGEST_REQUEST
    sent = request.get_json(silent=True)
    revision = sent.get("revision") if isinstance(sent, dict) else None
    if not isinstance(sent, dict) or not isinstance(revision, int) or isinstance(revision, bool):
        raise Refused(422, _("This is no draft"), _("The draft was left as it was."), code="bad_body")
    try:
        with parts().database.session() as db:
            draft = save_draft(db, name, sent.get("body"), revision, viewer().user_id)
    except DraftMoved as error:
        return _moved(error.draft)
    except NoDraft as error:
        raise Refused(
            410,
            _("This draft was published or thrown away meanwhile"),
            _("Your changes are kept in this browser."),
            _("Begin a new draft; your changes can be put into it."),
            code=error.code,
        ) from error
    except BadBody as error:
        raise Refused(422, _("This is no draft"), _("The draft was left as it was."), code=error.code) from error
    return jsonify(
        ok=True,
        revision=draft.revision,
        saved=format_datetime(draft.updated_at, "HH:mm:ss"),
        faults=_faults(faults_of(name, draft.body)),
    )


@blueprint.post("/<name>/draft/import")
def import_file(name: str) -> AnyResponse:
    """Put a YAML file's content into the draft in work."""
    request.max_content_length = LARGEST_REQUEST
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("No file was chosen; nothing was changed."), "error")
        return redirect(url_for(".edit", name=name))
    try:
        with parts().database.session() as db:
            if find_draft(db, name) is None:
                abort(404)
            import_draft(db, _text_of(file.read(LARGEST + 1)), viewer().user_id, into=name, revision=_revision())
    except StandardInvalid as error:
        raise _bad_file(error) from error
    except DraftMoved:
        flash(_("Somebody changed the draft after you opened it. The file was not taken: look at it again."), "error")
        return redirect(url_for(".edit", name=name))
    flash(_("The draft now holds what the file says."))
    return redirect(url_for(".edit", name=name))


@blueprint.post("/<name>/draft/discard")
def discard(name: str) -> AnyResponse:
    """Throw the draft away; the version in use stays."""
    try:
        with parts().database.session() as db:
            discard_draft(db, name, _revision(), viewer().user_id)
    except NoDraft:
        flash(_("There was no draft any more."))
    except DraftMoved:
        flash(_("Somebody changed the draft after you opened it. It was not thrown away: look at it again."), "error")
        return redirect(url_for(".edit", name=name))
    else:
        flash(_("The draft was thrown away. The version in use stays as it is."))
    return redirect(url_for("scorecards.index"))


@blueprint.post("/<name>/publish")
def publish(name: str) -> AnyResponse:
    """Make the draft the next version."""
    back = redirect(url_for(".edit", name=name))
    try:
        with parts().database.session() as db:
            made = publish_draft(db, name, _revision(), request.form.get("note", ""), viewer().user_id)
    except NoDraft:
        flash(_("There is no draft any more: it was published or thrown away meanwhile."), "error")
        return redirect(url_for("scorecards.index"))
    except DraftMoved:
        flash(_("The draft was changed after you looked at it. Nothing was published: look at it again."), "error")
        return back
    except NotReady as error:
        words = "; ".join(fault_words(fault).rstrip(".") for fault in error.faults[:3])
        flash(_("Not published: %(faults)s. The draft is kept.", faults=words), "error")
        return back
    except NothingChanged as error:
        flash(_("Nothing differs from version %(n)s, so nothing was published.", n=error.version), "error")
        return back
    except NoteTooLong:
        flash(_("The note is longer than %(n)s characters. Nothing was published.", n=LONGEST_NOTE), "error")
        return back
    flash(_("Version %(n)s is published. Calls that arrive from now on are judged by it.", n=made.version))
    return redirect(url_for("scorecards.show", name=name))


def _revision() -> int:
    """The revision the form was made on; 0, which no draft has, when it says none."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _moved(theirs: DraftRow) -> Response:
    answer = jsonify(
        ok=False,
        code="draft_moved",
        message=_("Somebody else changed this draft meanwhile. Nothing was overwritten."),
        revision=theirs.revision,
        body=theirs.body,
        by=theirs.saved_by or "",
        at=format_datetime(theirs.updated_at, "HH:mm:ss"),
    )
    answer.status_code = 409
    return answer


def _faults(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [{"path": list(fault.path), "text": fault_words(fault)} for fault in faults]


def _text_of(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Refused(413, _("The file is larger than any scorecard"), _("Nothing was changed."), code="too_large")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            422, _("The file is not UTF-8 text"), _("Nothing was changed."), _("Save it as UTF-8."), code="not_text"
        ) from error


def _bad_file(error: StandardInvalid) -> Refused:
    return Refused(
        422,
        _("The file is no scorecard: line %(line)s: %(problem)s", line=error.line, problem=error.problem),
        _("Nothing was changed."),
        error.fix[:1].upper() + error.fix[1:] + ".",
        code="bad_file",
        line=error.line,
    )

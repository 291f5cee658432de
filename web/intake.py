"""How the upload page and the API hand a recording to the one intake, and how its refusals are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import BinaryIO, cast

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from review import errors
from review.doorbell import ring
from review.services.intake import Accepted, IncomingFile, accept_recording, read_facts
from web.errors import Refused, disk_full
from web.limits import too_large
from web.parts import parts

FILE_FIELDS = ("file", "file2")
TRANSCRIPT_FIELD = "transcript"


def take_call(facts: Mapping[str, str], *, door: str) -> Accepted:
    """The call that this request's files and `facts` make, committed and rung for; a repeat gives the existing one.

    Raises Refused with a plain sentence; nothing of a refused call is kept.
    """
    files = [_incoming(part) for field in FILE_FIELDS for part in request.files.getlist(field) if part.filename]
    transcript = request.files.get(TRANSCRIPT_FIELD)
    try:
        read = read_facts(facts)
        with parts().database.session() as db:
            accepted = accept_recording(
                db,
                parts().store,
                files,
                read,
                door=door,
                transcript=_incoming(transcript) if transcript and transcript.filename else None,
                region=parts().settings.region,
                limit=parts().settings.max_upload_bytes,
            )
    except (errors.IntakeRefused, errors.StorageFull) as error:
        raise refusal(error) from error
    ring(parts().redis, accepted.ring)
    return accepted


def _incoming(part: FileStorage) -> IncomingFile:
    return IncomingFile(part.filename or "", cast(BinaryIO, part.stream))


def read_form() -> dict[str, str]:
    """The request's text fields without the CSRF token; empty ones are left out.

    Raises Refused for a doubled field, and for a file that came as text.
    """
    doubled = [
        name for name, count in Counter(name for name, _value in request.form.items(multi=True)).items() if count > 1
    ]
    if doubled:
        raise Refused(
            422,
            _("The field '%(field)s' came more than once", field=doubled[0]),
            _("Nothing was kept."),
            _("Send it once."),
            code="doubled_field",
            field=doubled[0],
        )
    for field in (*FILE_FIELDS, TRANSCRIPT_FIELD):
        if field in request.form:
            raise Refused(
                422,
                _("The field '%(field)s' came as text, not as a file", field=field),
                _("Nothing was kept."),
                _("Send it as a file part with a file name."),
                code="not_a_file",
                field=field,
            )
    return {name: value.strip() for name, value in request.form.items() if name != "csrf_token" and value.strip()}


def refusal(error: Exception) -> Refused:
    """The intake's refusal in the reader's language."""
    nothing = _("Nothing was kept.")
    match error:
        case errors.StorageFull():
            return disk_full()
        case errors.TooLarge():
            return too_large(error.limit)
        case errors.NothingSent():
            return Refused(
                422, _("No recording was sent"), nothing, _("Choose one audio file, or one for each side of the call.")
            )
        case errors.EmptyFile():
            return Refused(
                422,
                _("'%(name)s' is empty (0 bytes)", name=error.name),
                nothing,
                _("Export it again and send it anew."),
                code=error.code,
            )
        case errors.NotAudio():
            return Refused(
                415,
                _("'%(name)s' is not a recording: it looks like %(kind)s", name=error.name, kind=error.looks_like),
                nothing,
                _("Send WAV, MP3, Ogg, FLAC, M4A, WebM or AMR."),
                code=error.code,
            )
        case errors.NotATranscriptFile():
            return Refused(
                422,
                _("'%(name)s' cannot be used as a transcript (%(why)s)", name=error.name, why=error.why),
                nothing,
                _("Send JSON, VTT or SRT."),
                code=error.code,
            )
        case errors.TooManyLegs():
            return Refused(
                422,
                _("%(count)s files came for one call", count=error.count),
                nothing,
                _("A call has one recording, or one for each side. Send every call by itself."),
                code=error.code,
            )
        case errors.BadFacts():
            return Refused(
                422,
                _("The fact '%(field)s' cannot be '%(value)s'", field=error.field, value=error.value[:200]),
                nothing,
                error.fix,
                code=error.code,
                field=error.field,
                fix=error.fix,
            )
    return Refused(422, str(error), code=getattr(error, "code", "refused"))

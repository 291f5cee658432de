"""A cut piece of a call's sound over HTTP, in ranges of at most 1 MiB like every other sound."""

from __future__ import annotations

from flask import Response, abort, request

from review.library.hearing import SoundPiece
from review.library.sound import NoSound, cut_sound
from web.audio import cap_range
from web.parts import parts


def send_piece(piece: SoundPiece) -> Response:
    """The asked range of the piece; 404 where its sound is not there any more."""
    path = parts().settings.data / piece.folder / "audio.webm"
    try:
        facts = path.stat()
        content = cut_sound(path, piece.start, piece.end)
    except (FileNotFoundError, NoSound):
        abort(404)
    asked = request.headers.get("Range")
    capped = cap_range(asked, len(content))
    for name in ("HTTP_IF_RANGE", "HTTP_RANGE"):
        request.environ.pop(name, None)
    if capped is not None:
        request.environ["HTTP_RANGE"] = capped
    response = Response(content, mimetype="audio/webm")
    response.set_etag(f"{facts.st_mtime_ns:x}-{round(piece.start * 1000):x}-{round(piece.end * 1000):x}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response

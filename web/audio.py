"""Audio over HTTP: every answer is a range of at most 1 MiB.

A paused player stops reading, and a thread that still has bytes to send waits for it. Four such readers stopped every
threaded server tried, so no answer is longer than what fits the buffers on the way: the browser asks for the next
range when it wants it.
"""

from __future__ import annotations

import re
from pathlib import Path

from flask import Response, abort, request, send_file

RANGE_LIMIT = 1024 * 1024  # bytes in one answer

_ONE_RANGE = re.compile(r"^\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*$")


def cap_range(header: str | None, size: int, limit: int = RANGE_LIMIT) -> str | None:
    """The Range header to answer instead of `header`: one range of at most `limit` bytes of a file of `size` bytes.

    None means: answer the whole file (it is small and no range was asked for). A header that is no single byte range
    is treated as none, as RFC 9110 allows. A range beyond the end is returned as it came, to be refused with 416.
    """
    if size <= 0:
        return None
    match = _ONE_RANGE.match(header) if header else None
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return None if size <= limit else f"bytes=0-{limit - 1}"
    if not first:  # the last n bytes
        length = min(int(last), size)
        if length == 0:
            return f"bytes={size}-"  # "the last 0 bytes" cannot be satisfied
        start = size - length
        return f"bytes={start}-{min(start + limit, size) - 1}"
    start = int(first)
    if start >= size or (last and int(last) < start):
        return f"bytes={start}-{last}"
    end = min(int(last) if last else size - 1, size - 1, start + limit - 1)
    return f"bytes={start}-{end}"


def send_audio(path: Path, mimetype: str = "audio/webm") -> Response:
    """The asked range of the file, capped, with ETag and Last-Modified; 404 when the file is not there."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        abort(404)
    etag = f"{facts.st_mtime_ns:x}-{facts.st_size:x}"
    asked = request.headers.get("Range")
    if asked and _holds_another_version(etag, facts.st_mtime):
        asked = None
    unchanged = asked is None and request.if_none_match.contains(etag)
    capped = None if unchanged else cap_range(asked, facts.st_size)
    # Decided above, so that werkzeug does not turn a stale copy's range into the whole file.
    request.environ.pop("HTTP_IF_RANGE", None)
    request.environ.pop("HTTP_RANGE", None)
    if capped is not None:
        request.environ["HTTP_RANGE"] = capped
    response = send_file(path, mimetype=mimetype, conditional=True, etag=etag, max_age=0)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers.pop("Content-Disposition", None)
    return response


def _holds_another_version(etag: str, modified: float) -> bool:
    """Whether the request's If-Range says that its copy began from another version of the file."""
    condition = request.if_range
    if condition.etag is not None:
        return condition.etag != etag
    return condition.date is not None and int(condition.date.timestamp()) != int(modified)

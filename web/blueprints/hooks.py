"""Where telephone systems deliver their calls: what comes is kept first, then taken; the answer is what they expect."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any, Final, cast

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from review.doorbell import ring
from review.errors import IntakeRefused, StorageFull
from review.services.intake import IncomingFile, StoredFile, store_file
from review.telephony.deliveries import Taken, check_signature, keep_delivery, take_delivery
from review.telephony.doors import OpenDoor, Vault, find_door
from review.telephony.provider import Answer, Incoming
from web.errors import Refused, disk_full
from web.limits import SMALL_BODY, drain
from web.parts import parts

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")

log = logging.getLogger(__name__)

MULTIPART: Final = "multipart/form-data"
IN_MEMORY: Final = 256 * 1024  # bytes
MOST_PARTS: Final = 50
_CHUNK: Final = 1024 * 1024
LONGEST_TURN: Final = 30.0  # seconds, as long as SQLite itself lets a writer wait
_TURN: Final = threading.Lock()


@blueprint.route("/<provider>/<token>", methods=["GET", "POST"], defaults={"rest": ""})
@blueprint.route("/<provider>/<token>/<path:rest>", methods=["GET", "POST"])
def receive(provider: str, token: str, rest: str) -> Response:
    """One request of a telephone system."""
    with parts().database.read() as db:
        opened = find_door(db, vault(), provider, token)
    if opened is None:
        drain()
        abort(404)
    sent = _request(opened, rest)
    greeting = opened.provider.greet(sent)
    if greeting is not None:
        return _response(greeting)
    if request.method != "POST" and not sent.query:
        return _response(Answer(200, "ready\n"))  # somebody looked whether the address is right
    if opened.provider.takes_files and sent.content_type == MULTIPART:
        return _response(_take_multipart(opened, sent))
    if (request.content_length or 0) > SMALL_BODY:
        drain()
        _keep(opened, sent, size=request.content_length, refused="its body is larger than 1 MB")
        raise _too_large()
    sent = replace(sent, body=request.get_data(cache=False))
    return _response(_answer(opened, take(opened, sent)))


def now() -> datetime:
    """The time a request is taken to have arrived at."""
    return datetime.now(UTC)


def vault() -> Vault:
    """What opens the secrets of sources, and the address people and providers reach us by."""
    settings = parts().settings
    return Vault(settings.secret_key(), settings.public_url or request.host_url)


def take(
    opened: OpenDoor,
    sent: Incoming,
    *,
    size: int | None = None,
    files: Mapping[str, StoredFile] | None = None,
    test: bool = False,
) -> Taken:
    """Check, keep and take a request, each committed; what cannot be taken now is kept and taken later."""
    refused = check_signature(sent, opened)
    if refused is not None:
        _keep(opened, sent, size=size, refused=refused, test=test)
        return Taken("refused", refused)
    kept = _keep(opened, sent, size=size, files=files, test=test)
    try:
        with _writing() as db:
            taken = take_delivery(db, opened, kept, region=parts().settings.region)
    except Exception:  # it is kept: the sweep takes it, and the sender need not know
        log.exception("delivery %d of %s is kept and could not be taken yet", kept, opened.door.source)
        return Taken("waiting", "it is kept and will be taken soon")
    ring(parts().redis, taken.ring)
    return taken


def _keep(opened: OpenDoor, sent: Incoming, **more: Any) -> int:
    with _writing() as db:
        return keep_delivery(db, opened, sent, **more)


@contextmanager
def _writing() -> Iterator[Any]:
    """A session that may write; on SQLite one delivery of this process after the other.

    SQLite lets one write at a time and makes the others ask again and again, in no order: in a flood of deliveries
    some asked for half a minute and were answered 500. Who waits too long here asks SQLite all the same.
    """
    database = parts().database
    mine = database.dialect == "sqlite" and _TURN.acquire(timeout=LONGEST_TURN)
    try:
        with database.session() as db:
            yield db
    finally:
        if mine:
            _TURN.release()


def _request(opened: OpenDoor, rest: str) -> Incoming:
    query = request.query_string.decode("utf-8", "replace")
    return Incoming(
        method=request.method,
        rest=rest,
        query=tuple(request.args.items(multi=True)),
        addresses=tuple(dict.fromkeys((*opened.addresses(rest, query), request.url))),
        headers={name.lower(): value for name, value in request.headers.items() if name.lower() != "cookie"},
        received_at=now(),
    )


def _take_multipart(opened: OpenDoor, sent: Incoming) -> Answer:
    """A body with recordings: its signature is checked before a byte of it is stored."""
    try:
        parts().store.check_room()
    except StorageFull as error:
        drain()
        raise disk_full() from error
    with _spooled() as spool:
        size = _copy(spool)

        def mac(key: bytes, before: bytes) -> str:
            spool.seek(0)
            digest = hmac.new(key, before, hashlib.sha256)
            while piece := spool.read(_CHUNK):
                digest.update(piece)
            return digest.hexdigest()

        sent = replace(sent, body_mac=mac)
        refused = check_signature(sent, opened)
        if refused is not None:
            _keep(opened, sent, size=size, refused=refused)
            return _answer(opened, Taken("refused", refused))
        spool.seek(0)
        try:
            sent, files = _open_multipart(sent, spool, size)
        except (IntakeRefused, ValueError) as error:
            why = str(error) or "its parts cannot be told apart"
            _keep(opened, sent, size=size, failed=why)
            return _answer(opened, Taken("failed", why))
        except StorageFull as error:
            raise disk_full() from error
        return _answer(opened, take(opened, sent, size=size, files=files))


def _open_multipart(sent: Incoming, spool: IO[bytes], size: int) -> tuple[Incoming, dict[str, StoredFile]]:
    """The request with its text fields as a JSON body, and its files in the store."""
    options = parse_options_header(sent.headers.get("content-type", ""))[1]
    parser = FormDataParser(max_form_memory_size=SMALL_BODY, max_form_parts=MOST_PARTS, silent=False)
    _stream, fields, uploaded = parser.parse(spool, MULTIPART, size, options)
    files: dict[str, StoredFile] = {}
    for field in ("file", "file2"):
        part = uploaded.get(field)
        if part is not None and part.filename:
            incoming = IncomingFile(part.filename, cast("Any", part.stream))
            files[field] = store_file(parts().store, incoming, parts().settings.max_upload_bytes)
    body = json.dumps(fields.to_dict(flat=True), ensure_ascii=False).encode()
    return replace(sent, body=body), files


def _spooled() -> AbstractContextManager[IO[bytes]]:
    folder = parts().settings.work
    folder.mkdir(parents=True, exist_ok=True)
    return cast("AbstractContextManager[IO[bytes]]", tempfile.SpooledTemporaryFile(IN_MEMORY, "w+b", dir=str(folder)))


def _copy(spool: IO[bytes]) -> int:
    size = 0
    while piece := request.stream.read(_CHUNK):
        size += len(piece)
        spool.write(piece)
    return size


def _answer(opened: OpenDoor, taken: Taken) -> Answer:
    return opened.provider.answer(taken.state, taken.why, taken.call_ids)


def _response(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status, content_type=answer.content_type)
    response.headers.extend(dict(answer.headers))
    return response


def _too_large() -> Refused:
    return Refused(413, _("The delivery is larger than 1 MB"), _("Its size was noted, nothing was taken."))

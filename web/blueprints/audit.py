"""The audit log: who did what and when, whether the chain is whole, and the log as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import get_timezone, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from review.audit_chain.keeping import check_all, keep_check, last_check
from review.queries.audit_log import LogFilter, LogRow, all_rows, count_events, log_choices, read_log
from review.queries.audit_names import names_in
from review.services.audit import record
from web.auth import viewer
from web.parts import parts
from web.reading.audit import fault_sentence, group_actions, read_rows

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

MOST_AT_ONCE: Final = 100_000  # events that are checked while the reader waits: some seconds


@blueprint.get("")
def index() -> str:
    """The newest events, filtered, and how the chain was last found."""
    chosen = _chosen()
    before = _whole(request.args.get("before", ""))
    with parts().database.read() as db:
        page = read_log(db, chosen, before=before)
        names = names_in(db, page.rows)
        choices = log_choices(db)
        check = last_check(db)
        events = count_events(db)
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name != "before" and value}
    return render_template(
        "audit/index.html",
        rows=read_rows(page.rows, names),
        people=choices.people,
        actions=group_actions(choices.actions),
        check=check,
        faults=[fault_sentence(fault) for fault in check.found.faults[:20]] if check else (),
        events=events,
        asked=asked,
        older=url_for(".index", **asked, before=page.before) if page.before else None,
        first=before is None,
    )


@blueprint.post("/check")
def check_now() -> AnyResponse:
    """Read the whole chain now and keep what was found."""
    here = parts()
    with here.database.read() as db:
        if count_events(db) > MOST_AT_ONCE:
            flash(_("The log is too long to check while you wait. It is checked daily, and by: callcoach audit check"))
            return redirect(url_for(".index"))
    with here.database.read() as db:  # begun only now: nothing may be written down outside that this does not see
        found = check_all(db, here.settings.secret_key(), here.settings.anchors)
    with here.database.session() as db:
        keep_check(db, found)
    if found.whole:
        flash(
            ngettext(
                "Checked: %(num)s event, nothing was changed.",
                "Checked: %(num)s events, nothing was changed.",
                found.events,
            )
        )
    return redirect(url_for(".index"))


@blueprint.get("/export")
def export() -> Response:
    """The chosen events as JSON lines with their seals, so that the chain can be checked elsewhere."""
    chosen = _chosen()
    with parts().database.session() as db:
        record(db, viewer().user_id, "audit.exported", "installation", "audit")

    def lines() -> Iterator[str]:
        with parts().database.read() as db:
            for row in all_rows(db, chosen):
                yield json.dumps(_as_json(row), ensure_ascii=False) + "\n"

    response = Response(stream_with_context(lines()), mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = 'attachment; filename="audit-log.jsonl"'
    return response


def _as_json(row: LogRow) -> dict[str, Any]:
    return asdict(row) | {"at": row.at.isoformat()}


def _chosen() -> LogFilter:
    """The filter the address asks for; what cannot be read leaves its part open."""
    asked = request.args
    return LogFilter(
        actor=_whole(asked.get("who", "")),
        action=asked.get("act", "")[:80].replace("\x00", ""),
        subject_kind=asked.get("kind", "")[:40].replace("\x00", ""),
        subject_id=asked.get("id", "")[:80].replace("\x00", ""),
        since=_midnight(asked.get("from", "")),
        until=_midnight(asked.get("to", ""), days=1),
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _midnight(text: str, days: int = 0) -> datetime | None:
    """The beginning of a day where the reader is."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), tzinfo=get_timezone() or UTC)

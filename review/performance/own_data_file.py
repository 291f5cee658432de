"""The file of one's own data: JSON for programs, tables for spreadsheets, and a page that reads without either."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from review.models import utc_now
from review.performance import own_data_parts as parts
from review.performance.own_data_words import words_in
from review.performance.seeing import RepCard
from review.queries.call import get_call
from review.queries.viewer import Viewer
from review.services.exports import export_transcript, read_shown_transcript

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would take a cell that begins so for a formula."""


def write_file(session: Session, viewer: Viewer, rep: RepCard, path: Path) -> int:
    """Write the ZIP to `path`, through a file beside it so that half a one is never found; how many calls are in it.

    Transcripts and assessments are those of the call's page as this viewer sees it. Memory holds one call at a time.
    """
    half = path.with_suffix(".part")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as file:
            calls = _write(session, viewer, rep, file)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return calls


def _write(session: Session, viewer: Viewer, rep: RepCard, file: zipfile.ZipFile) -> int:
    calls = parts.read_calls(session, rep)
    about = {"name": rep.name, "team": rep.team_name, "email": viewer.email, "made_at": utc_now().isoformat()}
    practice, coaching = parts.read_practice(session, viewer), parts.read_coaching(session, rep)
    tables: dict[str, list[dict[str, Any]]] = {
        "calls": calls,
        "evaluations": parts.read_evaluations(session, rep),
        "comments": parts.read_comments(session, viewer, rep),
        "coaching_sessions": coaching["sessions"],
        "coaching_plans": coaching["plans"],
        "coaching_comments": coaching["comments"],
        "disputes": parts.read_disputes(session, viewer, rep),
        "praise": parts.read_praise(session, rep),
        "playlists": practice["playlists"],
        "quizzes": practice["quizzes"],
    }
    file.writestr("me.json", _json(about))
    for name, rows in tables.items():
        file.writestr(f"{name}.json", _json(rows))
        file.writestr(f"{name}.csv", to_csv(rows))
    answers = list(parts.read_answers(session, rep))
    file.writestr("answers.csv", to_csv(answers))
    written = _write_calls(session, viewer, [int(call["id"]) for call in calls], file)
    file.writestr("index.html", _page(viewer.language, about, tables, len(answers), calls, written))
    return len(calls)


def _write_calls(session: Session, viewer: Viewer, call_ids: list[int], file: zipfile.ZipFile) -> set[int]:
    """The words and the machine's assessment of each call; which calls have words."""
    written = set()
    for call_id in call_ids:
        call = get_call(session, viewer, call_id)
        if call is None:
            continue
        if call.transcript is not None:
            shown = read_shown_transcript(call.transcript)
            for form in ("txt", "json"):
                made = export_transcript(shown, form, stem=str(call_id), title="")
                file.writestr(f"transcripts/{call_id}.{form}", made.data)
            written.add(call_id)
        if call.assessment is not None:
            file.writestr(f"assessments/{call_id}.json", _json(call.assessment))
        session.expunge_all()
    return written


def to_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table with a heading that spreadsheets open as it is; nothing in it is taken for a formula."""
    listed = list(rows)
    out = io.StringIO(newline="")
    out.write("﻿")
    if listed:
        writer = csv.DictWriter(out, fieldnames=list(listed[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in listed)
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _page(
    language: str,
    about: Mapping[str, Any],
    tables: Mapping[str, list[dict[str, Any]]],
    answers: int,
    calls: list[dict[str, Any]],
    written: set[int],
) -> bytes:
    """The page to begin with: what is in the file, and the calls with their words."""
    say = words_in(language)
    lines = [
        f"<tr><td>{escape(say[name])}</td><td>{len(rows)}</td>"
        f'<td><a href="{name}.csv">CSV</a> <a href="{name}.json">JSON</a></td></tr>'
        for name, rows in tables.items()
    ]
    lines.append(f'<tr><td>{escape(say["answers"])}</td><td>{answers}</td><td><a href="answers.csv">CSV</a></td></tr>')
    listed = []
    for call in reversed(calls):
        number = int(call["id"])
        place = f'<a href="transcripts/{number}.txt">{escape(say["words"])}</a>' if number in written else "–"
        score = "–" if call["score_final"] is None else f"{call['score_final']:.0f}"
        when = escape(str(call["happened_at"])[:16].replace("T", " "))
        listed.append(f"<tr><td>{number}</td><td>{when}</td><td>{score}</td><td>{place}</td></tr>")
    return f"""<!doctype html>
<html lang="{escape(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(say["title"])}</title><style>body{{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color-scheme:light dark}}table{{border-collapse:collapse;width:100%;margin:1rem 0}}
td,th{{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}}</style></head><body>
<h1>{escape(say["title"])}</h1><p>{escape(str(about["name"]))}, {escape(str(about["made_at"])[:10])}</p>
<p>{escape(say["about"])}</p><table>{"".join(lines)}</table>
<h2>{escape(say["calls"])}</h2><table><tr><th>#</th><th>{escape(say["when"])}</th><th>{escape(say["score"])}</th><th></th></tr>
{"".join(listed)}</table></body></html>
""".encode("utf-8", "replace")

"""Every reason the connectors store has a code, so that no reader is left with English alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import review
from web.connector_sentences import _PATTERNS, EXACT, find_code, tell_reason

ROOT = Path(review.__file__).parent
RAISED = {
    "WrongSignature", "Unreadable", "NoRecording", "FetchFailed",
    "CrmCannot", "CrmNonsense", "CrmUnreachable", "CrmBusy",
}  # fmt: skip
FOLDERS = ("telephony", "crm")


def said() -> Iterator[tuple[str, str]]:
    """(where, sentence) of every reason in the connectors' sources, its gaps filled with something."""
    for path in (path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            first = node.args[0] if node.func.id in RAISED and node.args else None
            if node.func.id == "Reading":
                first = next((one.value for one in node.keywords if one.arg == "why"), None)
            text = _filled(first)
            if text:
                yield f"{path.name}:{node.lineno}", text


def _filled(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "404" for one in node.values)
    return ""


def test_every_reason_in_the_sources_has_a_code() -> None:
    found = list(said())
    assert len(found) > 70
    assert [(where, text) for where, text in found if not find_code(text)[0]] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("its signature does not match its body", ("signature", "")),
        ("its field `secret` is not the one of this source", ("signature", "")),
        ("its auth.application_token is not the one of this source", ("signature", "")),
        ("the source has no auth token yet", ("no_secret", "")),
        ("it has no CALL_ID", ("unreadable", "")),
        ("it has no X-Twilio-Signature", ("signature", "")),
        ("END tells of no call that is over", ("not_over", "")),
        ("the server answered 503", ("status", "503")),
        ("the server answered 404: it is not there (yet)", ("not_there", "")),
        ("pbx.example.com is none of the hosts this source may fetch from", ("not_allowed", "")),
        ("ConnectError at pbx.example.com", ("unreachable", "")),
        ("amo.example.com could not be reached (ConnectTimeout).", ("unreachable", "")),
        ("It answered 400: Bad Request", ("refused", "400")),
        ("It answered 502.", ("status", "502")),
        ("The key or token is not accepted (revoked): give a new one.", ("signed_out", "")),
        ("A fault of ours (KeyError) is in the log.", ("fault", "")),
        ("a fault of ours (RuntimeError) is in the log", ("fault", "")),
        ("It answered 403: the key lacks the right for it", ("refused", "403")),
        ("Boris Novak is nobody known in amo: say on the connection's page who it is there.", ("nobody", "")),
        ("It is tried again; the file may not be whole yet.", ("again", "")),
        ("Add the host on the source's page if it is yours, then retry.", ("mend", "")),
        ("Check user and password of the source.", ("mend", "")),
        ("what nobody ever wrote", ("", "")),
    ],
)  # fmt: skip
def test_codes(sentence: str, expected: tuple[str, str]) -> None:
    assert find_code(sentence) == expected


def test_every_code_has_words_and_exact_ones_are_codes() -> None:
    from flask import Flask
    from flask_babel import Babel, force_locale

    app = Flask("test")
    Babel(app)
    codes = {code for code, _pattern in _PATTERNS}
    assert codes >= EXACT
    with app.test_request_context(), force_locale("ko"):
        told = {sentence: tell_reason(sentence) for _where, sentence in said()}
        assert all((one.words and one.words != sentence) or one.detail == "" for sentence, one in told.items())
        odd = tell_reason("it has no <b>CALL_ID</b>")
        assert "&lt;b&gt;" in odd.__html__()
        assert tell_reason("what nobody ever wrote").words == "what nobody ever wrote"
    with app.test_request_context(), force_locale("en"):
        assert tell_reason("it has no CALL_ID").__html__() == "it has no CALL_ID"

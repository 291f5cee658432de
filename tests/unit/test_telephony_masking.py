"""Secrets in bodies: hidden wherever their field stands, found again by the secret, and nothing else is touched."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest

from review.telephony.masking import MARK, bring_back_body, hide_in_body, hide_in_query

NAMES = ("secret", "application_token")
KEY = "the door's token"


@pytest.mark.parametrize(
    "body",
    [
        b'{"secret": "hush-1", "n": 1.10, "text": "a \\"secret\\": \\"x\\" b"}',
        b'{"a": {"Secret" : "hush-1"}, "list": ["secret", "hush"]}',
        b'{"\\u0073ecret":"hush-1"}',
        b'{"secret": "hush-1", "secret": "hush-1"}',
        b'{"secret": "hush-1',
        b'{"secret": "cut hush-1 and \\\\',
        b'{"secret": hush-1}',
        b'  {"auth":{"application_token":"hush-1"},"data":{"CALL_ID":"7"}}',
        b"secret=hush-1&n=1.10&event=x%20y",
        b"auth%5Bapplication_token%5D=hush-1&data%5BCALL_ID%5D=7",
        b"auth[application_token]=hush-1",
        b"\xff\xfe&secret=hush-1",
    ],
)
def test_no_secret_is_left(body: bytes) -> None:
    hidden = hide_in_body(body, NAMES, KEY)
    assert b"hush-1" not in hidden
    assert MARK.encode() in hidden
    assert hide_in_body(hidden, NAMES, KEY) == hidden
    assert b"cut" not in hidden
    assert bring_back_body(hidden, ["another"], KEY) == hidden
    assert bring_back_body(hidden, ["hush-1"], "another key") == hidden


def test_the_rest_stays_as_it_came_and_the_secret_is_found_again() -> None:
    body = b'{ "n":1.10,\n "secret" : "h\\"ush \\u00e9", "text":"\xc3\xa9 secret: h" }'
    hidden = hide_in_body(body, NAMES, KEY)
    assert hidden.startswith(b'{ "n":1.10,\n "secret" : "' + MARK.encode())
    assert hidden.endswith(b'", "text":"\xc3\xa9 secret: h" }')
    assert json.loads(bring_back_body(hidden, ['h"ush é'], KEY)) == json.loads(body)
    form = b"secret=a+b%26c&x=1"
    again = bring_back_body(hide_in_body(form, NAMES, KEY), ["a b&c"], KEY)
    assert parse_qsl(again.decode()) == [("secret", "a b&c"), ("x", "1")]


def test_queries_are_hidden_too_and_systems_without_such_fields_are_left_alone() -> None:
    assert hide_in_query([("secret", "hush"), ("n", "1")], NAMES, KEY)[0][1].startswith(MARK)
    assert hide_in_query([("secret", ""), ("n", "1")], NAMES, KEY) == [("secret", ""), ("n", "1")]
    assert hide_in_body(b'{"secret":"hush"}', (), KEY) == b'{"secret":"hush"}'


def test_a_body_of_a_megabyte_is_hidden_in_one_pass() -> None:
    body = b'{"secret":"hush-1","list":[' + b'{"a":"\\"secret\\":1"},' * 45_000 + b'"x"]}'
    hidden = hide_in_body(body, NAMES, KEY)
    assert b"hush-1" not in hidden
    assert len(hidden) - len(body) == len(MARK) + 32 - len("hush-1")

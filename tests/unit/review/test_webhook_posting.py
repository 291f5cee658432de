"""One try of a webhook: only https on the open net or hosts named as our own, no redirects, answers cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from review.webhooks.posting import KEPT_OF_ANSWER, Poster, readable
from tests.dripping import dripping
from tests.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def at_home(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def outside(host: str, port: int) -> Sequence[str]:
    return ["93.184.215.14"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://hooks.example/x", "inner_address"),
        ("http://hooks.example/x", "not_https"),
        ("ftp://hooks.example/x", "bad_address"),
        ("https://", "bad_address"),
        ("https://user:pass@hooks.example/", "bad_address"),
        ("https://[::1/", "bad_address"),
        ("https://hooks.example:99999/", "bad_address"),
        ("javascript:alert(1)", "bad_address"),
        ("https://пример.example/", "bad_address"),
    ],
)
def test_addresses_that_are_not_used(url: str, why: str) -> None:
    poster = Poster(resolve=at_home)
    assert poster.check(url) == why
    assert poster.post(url, b"{}", {}).why == why


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.0.0.5",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "100.64.0.1",
        "0.0.0.0",
    ],
)
def test_inner_addresses_are_refused_whatever_the_name(number: str) -> None:
    assert Poster(resolve=lambda _host, _port: [number]).check("https://hooks.example/") == "inner_address"
    mixed = Poster(resolve=lambda _host, _port: ["93.184.215.14", number])
    assert mixed.check("https://hooks.example/") == "inner_address"


def test_the_open_net_is_fine_and_an_unknown_name_is_told() -> None:
    assert Poster(resolve=outside).check("https://hooks.example/x?y=1") == ""

    def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError(host)

    assert Poster(resolve=nobody).check("https://hooks.example/") == "no_name"


def test_clouds_metadata_stays_closed_even_for_own_hosts() -> None:
    poster = Poster(own=("*.lan",), resolve=lambda _host, _port: ["169.254.169.254"])
    assert poster.check("http://hooks.lan/") == "inner_address"


def test_a_host_of_our_own_gets_it_with_its_headers(receiver: Receiver) -> None:
    receiver.answers, receiver.text = [200], b"thanks\x00\n"
    outcome = Poster(own=("127.0.0.1",)).post(receiver.url, b'{"a":1}', {"webhook-id": "msg_1"})
    assert (outcome.taken, outcome.status, outcome.answer) == (True, 200, "thanks")
    came = receiver.came[0]
    assert came.body == b'{"a":1}'
    assert came.headers["content-type"] == "application/json"
    assert came.headers["webhook-id"] == "msg_1"


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.answers, receiver.headers = [307], {"Location": receiver.url + "/elsewhere"}
    outcome = Poster(own=("127.0.0.1",)).post(receiver.url, b"{}", {})
    assert (outcome.why, outcome.status) == ("redirect", 307)
    assert len(receiver.came) == 1


@pytest.mark.parametrize(("status", "why"), [(410, "gone"), (500, "status"), (404, "status"), (429, "status")])
def test_refusals_are_told_apart(receiver: Receiver, status: int, why: str) -> None:
    receiver.answers, receiver.headers = [status], {"Retry-After": "120"}
    outcome = Poster(own=("127.0.0.1",)).post(receiver.url, b"{}", {})
    assert (outcome.why, outcome.status, outcome.wait) == (why, status, 120.0)


def test_nobody_there() -> None:
    with Receiver() as gone:
        url = gone.url
    assert Poster(own=("127.0.0.1",)).post(url, b"{}", {}).why == "unreachable"


def test_silence_ends_the_try(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.webhooks.posting.SILENT_SECONDS", 0.2)
    receiver.answers = [0]
    assert Poster(own=("127.0.0.1",)).post(receiver.url, b"{}", {}).why == "timeout"


def test_headers_that_drip_without_end_end_the_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.webhooks.posting.WHOLE_SECONDS", 0.3)
    with dripping() as (port, closed):
        outcome = Poster(own=("127.0.0.1",)).post(f"http://127.0.0.1:{port}/", b"{}", {})
        assert (outcome.why, outcome.status) == ("timeout", None)
        assert closed.wait(10)


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("120", 120, 120),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600, 3600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0, 0),
        ("999999999999", None, None),
        ("soon", None, None),
        ("-5", None, None),
    ],
)
def test_a_time_asked_for_is_heeded_as_a_number_and_as_a_date(
    receiver: Receiver, asked: str, least: float | None, most: float | None
) -> None:
    receiver.answers, receiver.headers = [503], {"Retry-After": asked}
    wait = Poster(own=("127.0.0.1",)).post(receiver.url, b"{}", {}).wait
    assert wait == least if wait is None or least is None or most is None else least <= wait <= most


def test_a_large_answer_is_read_a_little_way(receiver: Receiver) -> None:
    receiver.answers, receiver.text = [200], b"x" * 2_000_000
    outcome = Poster(own=("127.0.0.1",)).post(receiver.url, b"{}", {})
    assert outcome.taken
    assert len(outcome.answer) == KEPT_OF_ANSWER


def test_answers_are_kept_as_text_that_every_page_can_show() -> None:
    assert readable(b"ok\x00\x1b[31m\xff") == "ok  [31m�"

"""Fetching goes only where it may: hosts by list, every address checked, redirects too, to the address checked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from review.telephony.provider import Request
from review.telephony.safe_http import Fetcher, FetchFailed, matches, may_be_asked
from tests.dripping import dripping

LIMIT = 100_000


class Web:
    """A server on this machine; what it answers, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []  # path, Host, Authorization
        web = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                return

            def do_GET(self) -> None:
                web.asked.append((self.path, self.headers["Host"], self.headers["Authorization"]))
                status, headers, body = web.answers.get(self.path, (200, {}, b"sound"))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def names(**known: Sequence[str]) -> Any:
    """A resolver that knows these names, each with dots for underscores."""
    table = {name.replace("_", "."): list(found) for name, found in known.items()}

    def resolve(host: str, port: int) -> Sequence[str]:
        if host not in table:
            raise OSError(f"no such name: {host}")
        return table[host]

    return resolve


def fetch(fetcher: Fetcher, url: str, limit: int = LIMIT, **more: Any) -> bytes:
    with fetcher.open(Request(url, **more), limit) as body:
        return body.read()


def test_the_host_and_the_checked_address_are_asked(web: Web) -> None:
    fetcher = Fetcher(("pbx.example",), own=("pbx.example",), resolve=names(pbx_example=["127.0.0.1"]))
    assert fetch(fetcher, f"http://pbx.example:{web.port}/a.wav?x=1") == b"sound"
    assert web.asked == [("/a.wav?x=1", f"pbx.example:{web.port}", None)]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.5", "172.16.0.1", "169.254.169.254", "0.0.0.0", "::", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "100.64.0.1",
     "224.0.0.1", "255.255.255.255", "240.0.0.1"],
)  # fmt: skip
def test_inner_addresses_are_never_asked(web: Web, address: str) -> None:
    fetcher = Fetcher(("pbx.example",), resolve=names(pbx_example=[address]))
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, f"http://pbx.example:{web.port}/")
    assert (caught.value.reason, caught.value.last) == ("inner_address", True)
    assert web.asked == []


def test_one_inner_address_among_open_ones_is_enough_to_refuse(web: Web) -> None:
    fetcher = Fetcher(("pbx.example",), resolve=names(pbx_example=["93.184.216.34", "127.0.0.1"]))
    with pytest.raises(FetchFailed, match="inner network"):
        fetch(fetcher, f"http://pbx.example:{web.port}/")


@pytest.mark.parametrize(
    ("address", "own", "allowed"),
    [("127.0.0.1", True, True), ("::1", True, True), ("::1", False, False), ("10.1.2.3", True, True),
     ("fd00::1", True, True), ("100.64.0.1", True, True),
     ("169.254.169.254", True, False), ("fe80::1", True, False), ("0.0.0.0", True, False), ("::", True, False),
     ("224.0.0.1", True, False), ("::ffff:169.254.169.254", True, False), ("93.184.216.34", False, True),
     ("10.1.2.3", False, False), ("2606:4700::1111", False, True), ("fec0::1", False, False), ("fec0::1", True, True),
     ("fd00:ec2::254", True, False)],
)  # fmt: skip
def test_the_own_network_may_be_allowed_but_no_metadata(address: str, own: bool, allowed: bool) -> None:
    assert may_be_asked(ip_address(address), own=own) is allowed


def test_a_name_that_changes_its_address_changes_nothing(web: Web) -> None:
    """The name is looked up once for a request; the connection goes to what was checked."""
    looked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["169.254.169.254"]

    fetcher = Fetcher(("pbx.example",), own=("pbx.example",), resolve=resolve)
    assert fetch(fetcher, f"http://pbx.example:{web.port}/") == b"sound"
    assert looked == ["pbx.example"]


@pytest.mark.parametrize(
    "url",
    ["http://other.example/", "ftp://pbx.example/", "file:///etc/passwd", "http://user:pw@pbx.example/", "http:///x",
     "http://pbx.example:99999/", "http://evil-pbx.example/", "http://pbx.example.evil.com/", "//pbx.example/", ""],
)  # fmt: skip
def test_what_is_not_on_the_list_is_not_asked(url: str) -> None:
    fetcher = Fetcher(("pbx.example",), own=("pbx.example",), resolve=names(pbx_example=["127.0.0.1"]))
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, url)
    assert caught.value.last


def test_redirects_are_checked_again(web: Web) -> None:
    resolve = names(pbx_example=["127.0.0.1"], media_example=["127.0.0.1"], inner_example=["169.254.169.254"])
    fetcher = Fetcher(("pbx.example", "media.example", "inner.example"), own=("pbx.example", "media.example"),
                      resolve=resolve)  # fmt: skip
    here = f"http://pbx.example:{web.port}"
    web.answers["/to-evil"] = (302, {"Location": "http://evil.example/"}, b"")
    web.answers["/to-inner"] = (302, {"Location": "http://inner.example/"}, b"")
    web.answers["/to-file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    web.answers["/to-media"] = (302, {"Location": f"http://media.example:{web.port}/b.wav"}, b"")
    web.answers["/round"] = (302, {"Location": "/round"}, b"")
    secret = {"secret_headers": {"Authorization": "Basic eA=="}}
    for path, reason in (
        ("/to-evil", "host_not_allowed"),
        ("/to-inner", "inner_address"),
        ("/to-file", "bad_address"),
        ("/round", "redirects"),
    ):
        with pytest.raises(FetchFailed) as caught:
            fetch(fetcher, here + path, **secret)
        assert caught.value.reason == reason
    web.asked.clear()
    assert fetch(fetcher, f"{here}/to-media", **secret) == b"sound"
    assert [asked[2] for asked in web.asked] == ["Basic eA==", None]  # the password stays with the first host


def test_a_large_answer_ends(web: Web) -> None:
    web.answers["/large"] = (200, {}, b"x" * (LIMIT + 1))
    fetcher = Fetcher(("127.0.0.1",), own=("127.0.0.1",))
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, f"http://127.0.0.1:{web.port}/large")
    assert caught.value.reason == "large"


def test_a_slow_answer_ends(web: Web) -> None:
    ticks = iter([0.0, 1.0, 10_000.0])
    fetcher = Fetcher(("127.0.0.1",), own=("127.0.0.1",), clock=lambda: next(ticks, 10_000.0))
    web.answers["/slow"] = (200, {}, b"x" * 90_000)
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, f"http://127.0.0.1:{web.port}/slow")
    assert caught.value.reason == "slow"


@pytest.mark.parametrize(
    ("status", "reason", "last"),
    [(401, "denied", False), (403, "denied", False), (404, "not_there", False), (410, "gone", True),
     (429, "status", False), (500, "status", False), (204, "status", False)],
)  # fmt: skip
def test_what_the_server_says_is_told(web: Web, status: int, reason: str, last: bool) -> None:
    web.answers["/x"] = (status, {"Retry-After": "120"}, b"")
    fetcher = Fetcher(("127.0.0.1",), own=("127.0.0.1",))
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, f"http://127.0.0.1:{web.port}/x")
    assert (caught.value.reason, caught.value.last) == (reason, last)
    if status == 429:
        assert caught.value.wait == 120.0


def test_a_server_that_is_away_is_said(web: Web) -> None:
    fetcher = Fetcher(("gone.example", "127.0.0.1"), own=("127.0.0.1",), resolve=names())
    with pytest.raises(FetchFailed, match=r"gone\.example is not known"):
        fetch(fetcher, "http://gone.example/")
    with pytest.raises(FetchFailed) as caught:
        fetch(Fetcher(("127.0.0.1",), own=("127.0.0.1",)), "http://127.0.0.1:1/")
    assert caught.value.reason == "unreachable"


def test_hosts_are_matched_whole() -> None:
    assert matches("api.zadarma.com", ("*.zadarma.com",))
    assert matches("API.Zadarma.com", ("api.zadarma.com",))
    assert not matches("zadarma.com", ("*.zadarma.com",))
    assert not matches("evilzadarma.com", ("*.zadarma.com",))
    assert matches("::1", ("[::1]",))


@pytest.mark.parametrize("location", ["http://[::1", "http://\\\\[", "http://pbx.example:port/"])
def test_a_redirect_that_is_no_address_is_said(web: Web, location: str) -> None:
    web.answers["/a"] = (302, {"Location": location}, b"")
    fetcher = Fetcher(("pbx.example",), own=("pbx.example",), resolve=names(pbx_example=["127.0.0.1"]))
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, f"http://pbx.example:{web.port}/a")
    assert (caught.value.reason, caught.value.last) == ("bad_address", True)


def test_a_host_that_only_looks_like_the_listed_one_is_no_host() -> None:
    fetcher = Fetcher(("kbx.example",), resolve=names(kbx_example=["8.8.8.8"]))
    with pytest.raises(FetchFailed) as caught:
        fetch(fetcher, "http://\u212abx.example/a")  # the sign for kelvin, a "k" in lower case
    assert caught.value.reason == "bad_address"


def test_headers_that_drip_without_end_end_with_the_time_there_is() -> None:
    until = time.monotonic() + 0.3
    fetcher = Fetcher(("pbx.example",), own=("pbx.example",), resolve=names(pbx_example=["127.0.0.1"]), until=until)
    with dripping() as (port, closed):
        with pytest.raises(FetchFailed) as caught:
            fetcher.ask_json(Request(f"http://pbx.example:{port}/calls"))
        assert caught.value.reason == "timeout"
        assert closed.wait(10)

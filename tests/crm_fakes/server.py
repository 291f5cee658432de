"""What all fake CRMs share: a server in a thread, faults that can be set for the next requests, and what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any]


class FakeCrm:
    """A CRM. Subclasses answer `answer(method, path, query, body)` with (status, JSON or None)."""

    token = "first-token"

    def __init__(self) -> None:
        self.faults: list[tuple[int, dict[str, str], bytes]] = []  # for the next requests, whatever they ask
        self.faults_at: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}  # for requests whose path holds this
        self.after_done: list[int] = []  # statuses to answer with although the next writing request was carried out
        self.asked: list[tuple[str, str]] = []
        self.refreshed = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        """What it says to a request."""
        raise NotImplementedError

    def signed_in(self, headers: Mapping[str, str], query: Mapping[str, list[str]], body: Any) -> bool:
        """Whether the request carries the token."""
        return headers.get("authorization") == f"Bearer {self.token}"

    def refuse(self) -> Answer:
        """What it says to a request without a good token."""
        return 401, {"title": "Unauthorized", "status": 401, "detail": "token expired"}

    def is_open(self, path: str) -> bool:
        """Paths that need no token."""
        return False

    def makes(self, path: str) -> bool:
        """Whether a request to this path makes something (a search by POST does not)."""
        return True

    def count(self, method: str, part: str) -> int:
        """How many requests of a method had this in their path."""
        return sum(asked == method and part in path for asked, path in self.asked)


def _handler_of(fake: FakeCrm) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer goes out in one piece: in two, the second waits 40 ms for an acknowledgement

        def log_message(self, *_args: object) -> None:
            """Quiet."""

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = parse_qs(parts.query, keep_blank_values=True)
            is_form = "urlencoded" in (self.headers.get("Content-Type") or "")
            body: Any = {k: v[0] for k, v in parse_qs(raw.decode()).items()} if is_form else json.loads(raw or b"null")
            fake.asked.append((self.command, parts.path))
            at = next((part for part in fake.faults_at if part in parts.path and fake.faults_at[part]), None)
            if fake.faults or at is not None:
                status, headers, said = fake.faults.pop(0) if fake.faults else fake.faults_at[at or ""].pop(0)
                self._say(status, said, headers)
                return
            headers_in = {name.lower(): value for name, value in self.headers.items()}
            if not fake.is_open(parts.path) and not fake.signed_in(headers_in, query, body):
                status, data = fake.refuse()
            else:
                status, data = fake.answer(self.command, parts.path, query, body)
                if self.command != "GET" and status < 300 and fake.after_done and fake.makes(parts.path):
                    status, data = fake.after_done.pop(0), None
            self._say(status, b"" if data is None else json.dumps(data).encode(), {})

        do_GET = do_POST = do_PATCH = do_PUT = _serve

        def _say(self, status: int, said: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    return Handler

"""A server of this machine that has the recordings of every telephone system, and checks who asks for them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from review.telephony import freeswitch, mango, zadarma
from tests.factories import wav_bytes


@dataclass
class Server:
    """What the recordings' server was asked, and where it is."""

    base: str = "http://127.0.0.1:1"
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    fail_first: int = 0  # so many requests are answered 503


SERVER = Server()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        return

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        text = form["json"][0]
        if form["sign"][0] != mango.sign("key-1", text, "salt-1"):
            return self._refuse()
        if self._fails():
            return None
        self.send_response(302)
        self.send_header("Location", f"{SERVER.base}/plain/{json.loads(text)['recording_id']}.mp3")
        self.end_headers()
        return None

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if self._fails():
            return None
        if place.path.startswith("/twilio/") and self.headers.get("Authorization") != _login("AC1", "tok"):
            return self._refuse()
        if place.path.startswith("/plain/") and self.headers.get("Authorization"):
            return self._refuse()  # a password that went where it does not belong
        if place.path.startswith("/v1/pbx/record/request/"):
            text = "/v1/pbx/record/request/" + place.query + hashlib.md5(place.query.encode()).hexdigest()
            if self.headers.get("Authorization") != "zk:" + zadarma.sign("zs", text).decode():
                return self._refuse()
            link = f"{SERVER.base}/plain/{parse_qs(place.query)['call_id'][0]}.mp3"
            return self._json({"status": "success", "link": link})
        if place.path.startswith("/rest/1/hook/voximplant.statistic.get"):
            return self._json({"result": [{"RECORD_FILE_ID": "77"}]})
        if place.path.startswith("/rest/1/hook/disk.file.get"):
            return self._json({"result": {"DOWNLOAD_URL": f"{SERVER.base}/plain/bitrix.mp3"}})
        return self._send(200, "audio/wav", wav_bytes(0.3, seed=7))

    def _fails(self) -> bool:
        SERVER.asked.append(self.path)
        if SERVER.fail_first > 0:
            SERVER.fail_first -= 1
            self._send(503, "text/plain", b"later")
            return True
        return False

    def _refuse(self) -> None:
        SERVER.refused.append(self.path)
        self._send(401, "text/plain", b"no")

    def _json(self, said: Any) -> None:
        self._send(200, "application/json", json.dumps(said).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _login(user: str, password: str) -> str:
    return freeswitch.basic(user, password)["Authorization"]


@contextmanager
def serve_recordings() -> Iterator[Server]:
    """The server at a free port of this machine; SERVER says which."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    SERVER.base, SERVER.asked, SERVER.refused, SERVER.fail_first = f"http://127.0.0.1:{server.server_port}", [], [], 0
    try:
        yield SERVER
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

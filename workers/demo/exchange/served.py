"""The recordings that the exchange keeps and hands out over HTTP to whoever has its token, as cloud telephony does."""

from __future__ import annotations

import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Recordings:
    """A small server on 127.0.0.1; `add` gives the address under which a recording is fetched."""

    def __init__(self, token: str) -> None:
        self.kept: dict[str, bytes] = {}
        kept, expected = self.kept, f"Bearer {token}"

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """One recording, or 401 and 404 as servers of this kind answer."""
                sound = kept.get(self.path)
                allowed = hmac.compare_digest(self.headers.get("Authorization", ""), expected)
                self.send_response(200 if sound and allowed else 404 if allowed else 401)
                body = sound if sound and allowed else b""
                self.send_header("Content-Type", "audio/wav")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet: the demo's terminal is for people."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.server.serve_forever, name="recordings", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()

    def add(self, name: str, sound: bytes) -> str:
        """Keep a recording and give its address."""
        path = f"/recordings/{name}"
        self.kept[path] = sound
        return f"http://127.0.0.1:{self.server.server_port}{path}"

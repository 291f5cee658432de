"""A model hub on this machine, for tests of finding and fetching models: it has `base`, made of one folder's files."""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from transcription.engines.whisper_models import KNOWN_MODELS

REVISION = "0123456789abcdef0123456789abcdef01234567"
BASE = KNOWN_MODELS["base"].repository


class Hub:
    """A model hub on this machine: it has `base`, made of the files of one folder; `asked` are its requests."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.broken = False
        hub = self
        files = {file.name: file.read_bytes() for file in folder.iterdir()} | {"README.md": b"not wanted"}

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer(with_body=False)

            def do_GET(self) -> None:
                self.answer(with_body=True)

            def answer(self, *, with_body: bool) -> None:
                hub.asked.append(f"{self.command} {self.path}")
                name = self.path.partition(f"/{BASE}/resolve/{REVISION}/")[2]
                if self.path.startswith(f"/api/models/{BASE}/tree/"):
                    tree = [{"type": "file", "path": file, "size": len(files[file]), "oid": "0"} for file in files]
                    body = json.dumps(tree).encode()
                elif self.path.startswith(f"/api/models/{BASE}"):
                    listing = [{"rfilename": file} for file in files]
                    body = json.dumps({"id": BASE, "sha": REVISION, "siblings": listing}).encode()
                elif name in files and not (hub.broken and name == "model.bin"):
                    body = files[name]
                else:
                    self.send_error(403 if hub.broken else 404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
                self.send_header("X-Repo-Commit", REVISION)
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

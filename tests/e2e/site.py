"""A whole installation for browser tests: the real application behind a real socket, and a worker beside it.

The worker runs the queue's own steps (`workers.jobs`) in a thread of the test's process: what is tested here is the
walk of a call as a person sees it; processes, Redis and their deaths have tests of their own.
"""

from __future__ import annotations

import io
import json
import threading
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server

import workers.demo
from review.migrations.run import upgrade
from review.models import Call
from review.services.crm_import import import_crm
from review.services.people import add_rep
from review.services.users import create_user
from review.settings import Settings, read_settings
from web.app import create_app
from workers.demo.script import read_scripts
from workers.demo.transcripts import timed_words
from workers.jobs import score_work, transcribe_work
from workers.runtime import Runtime, open_runtime
from workers.steps import run_step

SAMPLES = Path(workers.demo.__file__).parent / "calls"
PASSWORD = "an old harbour at low tide 4"
STEPS = {"received": ("transcribe", transcribe_work), "transcribed": ("score", score_work)}


@dataclass
class Site:
    """A running installation; `address` is where the browser finds it."""

    settings: Settings
    runtime: Runtime
    server: BaseWSGIServer
    stopping: threading.Event
    working: threading.Event  # cleared: the worker pauses, so that a test can look at a call that waits

    @property
    def address(self) -> str:
        """The site's address without a slash at the end."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def states(self) -> dict[int, str]:
        """The state of every call, by id."""
        with self.runtime.database.read() as session:
            return {row.id: row.state for row in session.execute(select(Call.id, Call.state))}

    def settled(self) -> bool:
        """True when no call has anything more to go through."""
        return set(self.states().values()) <= {"scored", "dead", "no_audio", "needs_model"}


def open_site(data: Path, *, people: bool = True) -> Site:
    """Make the tables and the people, start the server and the worker. `close_site` ends them.

    Without `people` it is as on its first day: nobody can sign in and the company has not said its name.
    """
    settings = read_settings(
        {
            "CALLCOACH_DATA": str(data),
            "CALLCOACH_ENGINE": "sphinx",
            "CALLCOACH_REGION": "GB",
            "CALLCOACH_WEBHOOK_OWN_HOSTS": "127.0.0.1",
            **({"CALLCOACH_COMPANY_NAMES": "Riverside Furniture"} if people else {}),
            "CALLCOACH_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody answers there; the worker needs no bell
        }
    )
    runtime = open_runtime(settings)
    upgrade(runtime.database)
    if people:
        _hire(runtime)
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    site = Site(settings, runtime, server, threading.Event(), threading.Event())
    site.working.set()
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
    threading.Thread(target=_work, args=(site,), name="worker", daemon=True).start()
    return site


def _hire(runtime: Runtime) -> None:
    with runtime.database.session() as session:
        create_user(
            session, email="lead@example.com", name="Ines Keller", password=PASSWORD, roles=["quality_lead", "admin"]
        )
        create_user(
            session, email="olga@example.com", name="Ольга", password=PASSWORD, roles=["head_of_sales"], language="ru"
        )
        rep = create_user(session, email="rep@example.com", name="Daniel Miller", password=PASSWORD, roles=["rep"])
        add_rep(session, name="Daniel Miller", user_id=rep)
    crm = SAMPLES.parent / "crm"
    if any(crm.glob("*.csv")):
        with runtime.database.session() as session:
            import_crm(session, crm)


def close_site(site: Site) -> None:
    """End server and worker."""
    site.stopping.set()
    site.server.shutdown()
    site.runtime.close()


def _work(site: Site) -> None:
    while not site.stopping.wait(0.1):
        if not site.working.is_set():
            continue
        for call_id, state in sorted(site.states().items()):
            if state in STEPS and not site.stopping.is_set():
                step, work = STEPS[state]
                run_step(site.runtime, call_id, step, work)  # type: ignore[arg-type]


def sample_audio(name: str, seconds: float | None = None) -> bytes:
    """A sample call as WAV, its first `seconds` only."""
    with av.open(str(SAMPLES / name)) as container:
        stream = container.streams.audio[0]
        channels = stream.codec_context.layout.nb_channels
        resampler = av.AudioResampler(format="s16", layout="stereo" if channels == 2 else "mono", rate=8000)
        frames = [
            part.to_ndarray().reshape(-1) for frame in container.decode(stream) for part in resampler.resample(frame)
        ]
    samples = np.concatenate(frames)
    if seconds is not None:
        samples = samples[: int(seconds * 8000) * channels]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def sample_transcript(name: str) -> bytes:
    """What is said in a sample call, with times, in the transcript contract's JSON."""
    script = next(script for script in read_scripts() if script.id == name)
    placed = next(item for item in json.loads((SAMPLES / "calls.json").read_text("utf-8")) if item["id"] == name)
    turns: list[dict[str, Any]] = []
    for line, (role, start, end) in zip(script.lines, placed["turns"], strict=True):
        words = [
            {"text": word, "start": at, "end": until, "confidence": 0.93}
            for word, at, until in timed_words(line.text, start, end)
        ]
        turns.append(
            {
                "role": role,
                "channel": 0 if role == "rep" else 1,
                "start": start,
                "end": end,
                "text": line.text,
                "words": words,
            }
        )
    return json.dumps(
        {"schema": 1, "language": script.language, "duration": placed["seconds"], "turns": turns}
    ).encode()

"""Which processes make up an installation on one machine, for the supervisor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from review.settings import Settings, process_environment
from workers.compiled.place import compiled_folder, environment_with
from workers.supervisor import ChildPlan, Supervisor, own_command

WEB_SECONDS = 10.0  # how long the web server may take to end
WORKER_SECONDS = 30.0  # how long a worker may take to hand its claim back and end


def plans(settings: Settings, *, reload: bool = False) -> list[ChildPlan]:
    """The web server, speech workers, the scoring worker, the sweep, and the watcher when folders are set."""
    speech = ["speech"] if settings.speech_workers == 1 else [f"speech{n + 1}" for n in range(settings.speech_workers)]
    found = [ChildPlan("web", own_command("serve", "--told", *(["--reload"] if reload else [])), WEB_SECONDS)]
    found += [ChildPlan(name, own_command("worker", "speech"), WORKER_SECONDS) for name in speech]
    found += [
        ChildPlan("score", own_command("worker", "score"), WORKER_SECONDS),
        ChildPlan("sweep", own_command("worker", "sweep"), WEB_SECONDS),
    ]
    if settings.watch:
        found.append(ChildPlan("watch", own_command("watch"), WORKER_SECONDS))
    return found


def make_supervisor(
    settings: Settings,
    say: Callable[[str], None],
    *,
    reload: bool = False,
    also: Sequence[ChildPlan] = (),
    environment: Mapping[str, str] | None = None,
) -> Supervisor:
    """A supervisor over this installation's processes; `reload` starts the web anew when its code changes.

    `also` are more processes to run, `environment` more variables for all of them. Compiled scoring is used where it
    was made from this code; not with `reload`, as then the code is being changed.
    """
    compiled = None if reload else compiled_folder(settings.data)
    more = {
        "CALLCOACH_SPEECH_WORKERS": str(settings.speech_workers),
        "CALLCOACH_MODELS": str(settings.models),
        "CALLCOACH_ENGINE": settings.engine,
        "CALLCOACH_WHISPER_MODEL": settings.whisper_model,
        "PYTHONUNBUFFERED": "1",
        **environment_with(compiled, before=process_environment(settings).get("PYTHONPATH", "")),
        **(environment or {}),
    }
    planned = [*plans(settings, reload=reload), *also]
    return Supervisor(settings, planned, process_environment(settings, **more), say)


def say(line: str) -> None:
    """Write one line to standard output at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

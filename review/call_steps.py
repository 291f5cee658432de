"""The words of the state machine: steps and their states, the numbers that drive them, claims and failures."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Table

from review.models import Call, utc_now

Step = Literal["transcribe", "score"]

LEASE_SECONDS: Final = 90.0
BEAT_SECONDS: Final = 30.0  # a lease / 3: two beats may be missed
REHINT_SECONDS: Final = 60.0  # a due call is rung again when nobody came for this long
MAX_ATTEMPTS: Final = 5
BACKOFF_SECONDS: Final = (5.0, 20.0, 60.0, 300.0)  # wait after the first, second, ... failed attempt
RING_LIMIT: Final = 200  # calls a single reconcile marks and rings


@dataclass(frozen=True, slots=True)
class StepStates:
    """The states before, during and after a step."""

    ready: str
    running: str
    done: str


STEPS: Final[Mapping[Step, StepStates]] = {
    "transcribe": StepStates("received", "transcribing", "transcribed"),
    "score": StepStates("transcribed", "scoring", "scored"),
}
STEP_OF_STATE: Final[Mapping[str, Step]] = {
    state: step for step, states in STEPS.items() for state in (states.ready, states.running)
}
CALL: Final[Table] = Call.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do one step of one call until the lease runs out; `token` is the fence, `attempt` counts from 1."""

    call_id: int
    step: Step
    token: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed, for a person: what happened, what was kept, what to do."""

    code: str
    message: str
    kept: str = "The recording is kept."
    advice: str = "Press Retry to try again."

    def to_json(self, step: Step) -> dict[str, Any]:
        """As the call's row keeps it; `at` is when it failed, ISO 8601."""
        return {
            "step": step,
            "code": self.code,
            "message": self.message,
            "kept": self.kept,
            "advice": self.advice,
            "at": utc_now().isoformat(timespec="seconds"),
        }


WORKER_LOST: Final = Failure(
    "worker_lost",
    f"The program working on this call stopped {MAX_ATTEMPTS} times before it was done.",
    advice="Press Retry; if it happens again, look for lack of memory on the health page and in the log.",
)


def new_token() -> str:
    """A token no other claim has."""
    return secrets.token_hex(16)

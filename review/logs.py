"""Logs of every process: one readable line an event, or one JSON object a line; call and job ids on each of them."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from review.settings import Settings

# Libraries whose ordinary messages say nothing to the people who run an installation.
QUIET = (
    "rq",
    "rq.worker",
    "rq.job",
    "alembic",
    "httpx",
    "httpx2",
    "huggingface_hub",
    "faster_whisper",
    "urllib3",
    "PIL",
)


def set_up_logs(settings: Settings, process: str, stream: TextIO | None = None) -> None:
    """Send all logging of this process to `stream` (standard error by default). Call once, from the entry point.

    What is bound with `structlog.contextvars` (call, job) stands on every line until it is unbound.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    if settings.log_json:
        last: list[Any] = [
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _name_process(process),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        last = [structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False, key="at"), _readable]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _name_process(process: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


def _readable(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """`12:03:04 transcribed  call=7 job=transcribe-7 seconds=31.2`, with the level in front when it is not news."""
    fields = dict(event)
    at, level, message = fields.pop("at"), fields.pop("level", "info"), str(fields.pop("event", ""))
    error = fields.pop("exc_info", None)
    fields.pop("stack_info", None)
    fields = {name: fields.pop(name) for name in ("call", "step", "job") if name in fields} | fields
    loud = "" if level in ("info", "debug") else f"{level.upper()} "
    known = "".join(f" {key}={_short(value)}" for key, value in fields.items())
    line = f"{at} {loud}{message}{' ' if known else ''}{known}"
    if error:
        line += "\n" + "".join(traceback.format_exception(_exception(error))).rstrip()
    return line


def _exception(error: object) -> BaseException | None:
    if isinstance(error, BaseException):
        return error
    if isinstance(error, tuple) and len(error) == 3 and isinstance(error[1], BaseException):
        return error[1]
    return sys.exc_info()[1]


def _short(value: object) -> str:
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return f'"{text}"' if " " in text else text

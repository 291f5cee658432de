"""What is pasted into a telephone system, word for word (`samples/`): the same in every language of the pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

SAMPLES: Final = Path(__file__).with_name("samples")

WATCHED: Final = """CALLCOACH_WATCH=pbx=/var/spool/asterisk/monitor
CALLCOACH_CALL_RECORDS=pbx=/var/log/asterisk/cdr-csv/Master.csv"""

CHECKED: Final = (
    "callcoach source check asterisk --cdr /var/log/asterisk/cdr-csv/Master.csv --monitor /var/spool/asterisk/monitor"
)


def pasted(provider: str, address: str, secret: str | None) -> str:
    """The text for this source, "" where there is none; without its secret (shown once) it has a gap to fill in."""
    return _read(provider).replace("<<address>>", address).replace("<<secret>>", secret or "…")


@cache
def _read(provider: str) -> str:
    path = SAMPLES / f"{provider}.txt"
    return path.read_text(encoding="utf-8").rstrip() if path.is_file() else ""

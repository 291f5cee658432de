"""What the exchange writes down: recordings under FreePBX's names in dated folders, and lines of `Master.csv`."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExchangeCall:
    """One call over the exchange; `extension` is the rep's, `seconds` 0 for a call nobody took."""

    number: int
    direction: str
    extension: str
    client_phone: str
    started_at: datetime
    seconds: int

    @property
    def unique_id(self) -> str:
        """As Asterisk makes them: seconds since 1970 and a running number."""
        return f"{int(self.started_at.timestamp())}.{self.number}"

    @property
    def recording_name(self) -> str:
        """`out-<called>-<caller>-YYYYMMDD-HHMMSS-<uniqueid>.wav`, `in-…` for a client who calls. Local time of UTC."""
        stamp = self.started_at.strftime("%Y%m%d-%H%M%S")
        phone = self.client_phone.lstrip("+")
        if self.direction == "outbound":
            return f"out-{phone}-{self.extension}-{stamp}-{self.unique_id}.wav"
        return f"in-{self.extension}-{phone}-{stamp}-{self.unique_id}.wav"

    def line(self) -> str:
        """Its line of `Master.csv` with uniqueid and userfield."""
        rep, client = f"PJSIP/{self.extension}-{self.number:08x}", f"PJSIP/line-{self.number + 1:08x}"
        out = self.direction == "outbound"
        phone = self.client_phone
        answered = self.seconds > 0
        ended = self.started_at + timedelta(seconds=self.seconds + 8)
        fields = [
            "",
            self.extension if out else phone,
            phone if out else self.extension,
            "from-internal" if out else "from-trunk",
            f'"{self.extension}" <{self.extension}>' if out else f'"{phone}" <{phone}>',
            rep if out else client,
            client if out else rep,
            "Dial",
            f"{client if out else rep},30",
            f"{self.started_at:%Y-%m-%d %H:%M:%S}",
            f"{self.started_at + timedelta(seconds=8):%Y-%m-%d %H:%M:%S}" if answered else "",
            f"{ended:%Y-%m-%d %H:%M:%S}",
            str(self.seconds + 8),
            str(self.seconds),
            "ANSWERED" if answered else "NO ANSWER",
            "DOCUMENTATION",
            self.unique_id,
            "",
        ]
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(fields)
        return text.getvalue()


def write_down(folder: Path, call: ExchangeCall, sound: bytes | None) -> None:
    """Put the recording into `monitor/YYYY/MM/DD` and the line into `Master.csv`, the recording first."""
    if sound is not None:
        day = folder / "monitor" / f"{call.started_at:%Y/%m/%d}"
        day.mkdir(parents=True, exist_ok=True)
        part = day / f".{call.recording_name}.part"
        part.write_bytes(sound)
        os.replace(part, day / call.recording_name)
    with (folder / "Master.csv").open("a", encoding="utf-8") as file:
        file.write(call.line())

"""Call-detail files in every order of columns, made from the same calls."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

Line = Mapping[str, str]

OUTBOUND: Line = {
    "src": "201",
    "dst": "84951234567",
    "dcontext": "from-internal",
    "clid": '"Anna" <201>',
    "channel": "PJSIP/201-00000001",
    "dstchannel": "PJSIP/trunk-00000002",
    "lastapp": "Dial",
    "lastdata": "PJSIP/84951234567@trunk,60",
    "start": "2024-07-01 13:00:00",
    "answer": "2024-07-01 13:00:05",
    "end": "2024-07-01 13:03:05",
    "duration": "185",
    "billsec": "180",
    "disposition": "ANSWERED",
    "amaflags": "DOCUMENTATION",
    "uniqueid": "1719828000.1",
    "linkedid": "1719828000.1",
    "sequence": "1",
    "recordingfile": "out-84951234567-201-20240701-130000-1719828000.1.wav",
    "cnum": "201",
}
"""Ten in the morning by UTC, in a zone three hours ahead."""

RUNG: Line = {
    "src": "84957654321",
    "dst": "400",
    "dcontext": "ext-queues",
    "clid": '"84957654321" <84957654321>',
    "channel": "PJSIP/trunk-00000003",
    "dstchannel": "PJSIP/202-00000004",
    "lastapp": "Queue",
    "lastdata": "400,t,,",
    "start": "2024-07-01 14:00:00",
    "answer": "",
    "end": "2024-07-01 14:00:15",
    "duration": "15",
    "billsec": "0",
    "disposition": "NO ANSWER",
    "amaflags": "DOCUMENTATION",
    "uniqueid": "1719831600.3",
    "linkedid": "1719831600.3",
    "sequence": "2",
    "cnum": "84957654321",
}
TAKEN: Line = {
    **RUNG,
    "dstchannel": "PJSIP/203-00000005",
    "answer": "2024-07-01 14:00:20",
    "end": "2024-07-01 14:05:20",
    "duration": "320",
    "billsec": "300",
    "disposition": "ANSWERED",
    "sequence": "3",
}
MISSED: Line = {
    **RUNG,
    "dst": "202",
    "dcontext": "from-did-direct",
    "lastapp": "Dial",
    "lastdata": "PJSIP/202,20",
    "start": "2024-07-01 15:00:00",
    "end": "2024-07-01 15:00:20",
    "duration": "20",
    "channel": "PJSIP/trunk-00000006",
    "dstchannel": "PJSIP/202-00000007",
    "uniqueid": "1719835200.6",
    "linkedid": "1719835200.6",
    "sequence": "4",
}
INTERNAL: Line = {
    **OUTBOUND,
    "dst": "202",
    "channel": "PJSIP/201-00000008",
    "dstchannel": "PJSIP/202-00000009",
    "lastdata": "PJSIP/202,20",
    "start": "2024-07-01 16:00:00",
    "answer": "2024-07-01 16:00:02",
    "end": "2024-07-01 16:00:32",
    "duration": "32",
    "billsec": "30",
    "uniqueid": "1719838800.8",
    "linkedid": "1719838800.8",
    "sequence": "5",
    "recordingfile": "",
}
DAY: Sequence[Line] = (OUTBOUND, RUNG, TAKEN, MISSED, INTERNAL)


def write(lines: Sequence[Line], columns: Sequence[str], *, separator: str = ",", heading: bool = False) -> str:
    """The file as the telephone system would write it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    if heading:
        writer.writerow(columns)
    for line in lines:
        writer.writerow([line.get(name, "") for name in columns])
    return out.getvalue()

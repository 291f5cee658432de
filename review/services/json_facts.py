"""Facts that come as JSON: numbers are kept digit for digit, because ids and telephone numbers are no quantities."""

from __future__ import annotations

import json
import re
from typing import Any


def load_facts(text: str) -> Any:
    """The JSON value in `text`, its numbers as the text they were written in (`1.10`, not 1.1).

    A number that no id looks like (1e999, NaN, -Infinity) stays a float, for the caller to refuse. Raises ValueError
    and RecursionError as json.loads.
    """
    return json.loads(text, parse_int=str, parse_float=_as_written, parse_constant=float)


def _as_written(number: str) -> str | float:
    return number if re.fullmatch(r"-?[0-9.]+", number) else float(number)

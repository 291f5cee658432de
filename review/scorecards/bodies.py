"""What a draft holds: a standard as mappings and lists, read by the same strict reader as a YAML file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from review.errors import ReviewError
from scoring.standard_reading import find_faults
from scoring.standard_writing import as_tree, write_standard
from scoring.standards import Standard, StandardInvalid, read_standard

LARGEST: Final = 4 * 1024 * 1024  # bytes of a body as JSON; 500 criteria in four languages have about 1 MB
LONGEST_WORDS: Final = {"title": 200, "question": 500, "label": 300, "description": 2000, "aim": 1000}
"""Characters in each language; as in the fields of web/templates/scorecards."""
_DEEPEST: Final = 16  # levels; a standard has nine
_TOP: Final = ("title", "description", "stages", "sections")
# What YAML cannot hold: control characters but tab and line end, lone surrogates, and two non-characters.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


class BadBody(ReviewError):
    """What was sent is no draft: not a mapping, too large or too deep. Nothing was kept."""

    code = "bad_body"

    def __init__(self, why: str) -> None:
        super().__init__(f"This is no scorecard ({why}). The draft was left as it was.")
        self.why = why


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a draft: where (keys and numbers from the top), what, and what to do."""

    path: tuple[str | int, ...]
    problem: str
    fix: str


def tidy(sent: object) -> dict[str, Any]:
    """The body without empty words and characters that no YAML can hold; its keys are those of a standard. BadBody."""
    if not isinstance(sent, Mapping):
        raise BadBody("it is not a mapping")
    body = _tidy({key: sent[key] for key in _TOP if key in sent}, 0)
    if len(json.dumps(body, ensure_ascii=False).encode()) > LARGEST:
        raise BadBody(f"it is larger than {LARGEST // 1024**2} MB")
    return dict(body)


def body_of(standard: Standard) -> dict[str, Any]:
    """A standard as a draft's body."""
    tree = as_tree(standard)
    return {key: tree[key] for key in _TOP if key in tree}


def faults_of(name: str, body: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What is wrong with a draft, each at its field; empty when it could be published."""
    from scoring.pack_checks import known_groups

    found = find_faults(_as_yaml(name, 1, body), name, known_groups())
    return (*(Fault(fault.path, fault.problem, fault.fix) for fault in found), *_too_long(body, ()))


def standard_of(name: str, version: int, body: Mapping[str, Any]) -> Standard:
    """The draft as a standard of that version, with its YAML. Raises StandardInvalid."""
    from scoring.pack_checks import known_groups

    groups = known_groups()
    text = write_standard(read_standard(_as_yaml(name, version, body), f"{name}.yaml", groups=groups))
    return read_standard(text, f"{name}.yaml")


@lru_cache(maxsize=32)
def parse(text: str) -> Standard:
    """A stored standard's text. Raises StandardInvalid."""
    return read_standard(text, "the standard")


def read_file(text: str) -> tuple[str, dict[str, Any]]:
    """Name and body of a standard written in YAML. Raises StandardInvalid."""
    from scoring.pack_checks import known_groups

    standard = read_standard(text, "the file", groups=known_groups())
    return standard.name, body_of(standard)


def _too_long(value: object, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Words that would break every page they stand on; the editor's fields take no more, a file may."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            most = LONGEST_WORDS.get(key)
            if most is None or not isinstance(item, Mapping):
                yield from _too_long(item, (*path, key))
                continue
            for language, text in item.items():
                if isinstance(text, str) and len(text) > most:
                    problem = f"{len(text)} characters are too many: at most {most} fit"
                    yield Fault((*path, key, language), problem, "shorten it")
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _too_long(item, (*path, n))


def _as_yaml(name: str, version: int, body: Mapping[str, Any]) -> str:
    # JSON is YAML as far as this goes: text in quotes, plain numbers, true and false. It is written fast.
    return json.dumps({"name": name, "version": version, **body}, ensure_ascii=False, allow_nan=False)


def _tidy(value: object, depth: int) -> Any:
    if depth > _DEEPEST:
        raise BadBody("it is nested too deep")
    if isinstance(value, Mapping):
        cleaned = {str(key)[:64]: _tidy(item, depth + 1) for key, item in value.items()}
        return {_clean(key): item for key, item in cleaned.items() if item not in (None, "", {})}
    if isinstance(value, list):
        return [_tidy(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _clean(value).strip()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        if not abs(value) < 1e12:  # also what is no number
            raise BadBody("a number is out of all bounds")
        return value
    raise BadBody("it holds something that is neither text nor number")


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


__all__ = [
    "LARGEST",
    "BadBody",
    "Fault",
    "StandardInvalid",
    "body_of",
    "faults_of",
    "parse",
    "read_file",
    "standard_of",
    "tidy",
]

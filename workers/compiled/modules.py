"""Which modules are compiled: those that judge a call. What reads files, checks packs and trains stays plain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workers.compiled.place import PACKAGE

FOLDERS: Final = ("", "languages", "detectors")
PLAIN: Final = (
    "agreement*",
    "assessment_reading",
    "guarded_regex",  # derives from an exception of Python's own, which the compiler does not know
    "objection_training",
    "pack_checks",
    "pack_versions",
    "rep_training",
    "schema_writing",
    "sign_training",
    "standard*",
    "suggestions",
    "typed_answers",
    "wordlists",
    "yaml_source",
    "__init__",
)


def compiled_modules(code: Path) -> Iterator[str]:
    """Their paths below `code`, in a settled order."""
    for folder in FOLDERS:
        for path in sorted((code / PACKAGE / folder).glob("*.py")):
            if not any(path.match(f"{name}.py") for name in PLAIN):
                yield path.relative_to(code).as_posix()

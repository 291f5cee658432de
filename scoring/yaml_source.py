"""Strict reading of YAML with line numbers: every fault names the file, the line and the fix.

Standards and rule packs are edited by people, so an unknown key, a missing key or a wrong kind of value is refused
with the place and what to write instead, never ignored.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from math import isfinite

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SourceInvalid(ValueError):
    """A YAML file of ours is wrong; carries `file`, `line` (from 1), `problem`, `fix` and the `path` to the value."""

    def __init__(self, file: str, line: int, problem: str, fix: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(f"{file}, line {line}: {problem}; {fix}")
        self.file = file
        self.line = line
        self.problem = problem
        self.fix = fix
        self.path = path


class Value:
    """One value of a YAML file with its place; `path` are the keys and numbers that lead to it."""

    def __init__(self, node: Node, file: str, name: str, path: tuple[str | int, ...] = ()) -> None:
        self._node = node
        self.file = file
        self.name = name
        self.path = path

    @property
    def line(self) -> int:
        """The line the value starts on, from 1."""
        return int(self._node.start_mark.line) + 1

    def wrong(self, problem: str, fix: str) -> SourceInvalid:
        """The error to raise about this value."""
        return SourceInvalid(self.file, self.line, problem, fix, self.path)

    def mapping(self, *, required: Sequence[str] = (), optional: Sequence[str] | None = ()) -> dict[str, Value]:
        """The keys and values of a mapping; `optional=None` allows any key. Unknown, missing or double keys raise."""
        if not isinstance(self._node, MappingNode):
            raise self.wrong(f"'{self.name}' is not a mapping", "write it as indented 'key: value' lines")
        found: dict[str, Value] = {}
        for key_node, value_node in self._node.value:
            key = str(key_node.value)
            place = Value(key_node, self.file, key, (*self.path, key))
            if key in found:
                raise place.wrong(f"'{key}' is given twice in '{self.name}'", "keep one of them")
            if optional is not None and key not in required and key not in optional:
                known = sorted({*required, *optional})
                near = difflib.get_close_matches(key, known, n=1)
                fix = f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(known)}"
                raise place.wrong(f"'{key}' is not known in '{self.name}'", fix)
            found[key] = Value(value_node, self.file, key, (*self.path, key))
        for key in required:
            if key not in found:
                raise self.wrong(f"'{key}' is missing in '{self.name}'", f"add a line '{key}: ...'")
        return found

    def items(self) -> list[Value]:
        """The values of a list."""
        if not isinstance(self._node, SequenceNode):
            raise self.wrong(f"'{self.name}' is not a list", "write one '- ...' line for each item")
        return [Value(node, self.file, f"{self.name}[{n}]", (*self.path, n)) for n, node in enumerate(self._node.value)]

    def text(self) -> str:
        """Non-empty text."""
        if not isinstance(self._node, ScalarNode) or self._is_null():
            raise self.wrong(f"'{self.name}' is not text", "write it as one line of text, in quotes if it has a colon")
        value = str(self._node.value)
        if not value.strip():
            raise self.wrong(f"'{self.name}' is empty", "write the text")
        return value

    def texts(self) -> list[str]:
        """A list of non-empty texts."""
        return [item.text() for item in self.items()]

    def number(self, *, least: float | None = None, most: float | None = None) -> float:
        """A number within the bounds (inclusive)."""
        try:
            if not isinstance(self._node, ScalarNode) or self._node.style in ("'", '"'):
                raise ValueError
            value = float(self._node.value)
        except ValueError:
            raise self.wrong(f"'{self.name}' is not a number", "write a plain number") from None
        if not isfinite(value) or (least is not None and value < least) or (most is not None and value > most):
            bounds = " and ".join(
                part
                for part in (
                    None if least is None else f"at least {least:g}",
                    None if most is None else f"at most {most:g}",
                )
                if part
            )
            raise self.wrong(f"'{self.name}' is {self._node.value}", f"write a number of {bounds or 'finite size'}")
        return value

    def whole(self, *, least: int | None = None) -> int:
        """A whole number."""
        value = self.number(least=least)
        if not value.is_integer():
            raise self.wrong(f"'{self.name}' is not a whole number", "write it without a fraction")
        return int(value)

    def flag(self) -> bool:
        """True or false."""
        if isinstance(self._node, ScalarNode) and self._node.tag == "tag:yaml.org,2002:bool":
            return str(self._node.value).lower() in ("true", "yes", "on")
        raise self.wrong(f"'{self.name}' is neither true nor false", "write true or false")

    def choice(self, choices: Sequence[str]) -> str:
        """One of the given words."""
        value = self.text()
        if value not in choices:
            near = difflib.get_close_matches(value, choices, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(choices)}"
            raise self.wrong(f"'{self.name}' is '{value}'", hint)
        return value

    def is_text(self) -> bool:
        """Whether the value is a plain scalar."""
        return isinstance(self._node, ScalarNode)

    def is_list(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self._node, SequenceNode)

    def _is_null(self) -> bool:
        return bool(self._node.tag == "tag:yaml.org,2002:null")


def read_yaml(text: str, file: str) -> Value:
    """The one document in `text`; `file` is the name used in errors. Raises SourceInvalid."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise SourceInvalid(file, line, f"not YAML: {error.problem}", "check indentation, quotes and colons") from error
    except yaml.YAMLError as error:
        raise SourceInvalid(file, 1, "not YAML", "save the file as UTF-8 text without control characters") from error
    if node is None:
        raise SourceInvalid(file, 1, "the file is empty", "write the document")
    _refuse_aliases(node, file)
    return Value(node, file, "the file")


def _refuse_aliases(node: Node, file: str) -> None:
    # An alias is one node reached twice; a few of them nested make a document of gigabytes ("billion laughs").
    seen: set[int] = set()
    for found in _walk(node, seen):
        raise SourceInvalid(file, int(found.start_mark.line) + 1, "an alias (*name) is used", "write the part out")


def _walk(node: Node, seen: set[int]) -> Iterator[Node]:
    if id(node) in seen:
        yield node
        return
    seen.add(id(node))
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _walk(key, seen)
            yield from _walk(value, seen)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _walk(value, seen)

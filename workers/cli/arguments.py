"""How the command line says that its arguments cannot be used: one sentence on standard error and exit code 2."""

from __future__ import annotations

import argparse
import re
from typing import Final, NoReturn

from workers.cli.errors import BAD_INPUT, one_line

# What argparse says of a value that its type refuses: "argument --port: invalid int value: 'abc'".
_WRONG_VALUE: Final = re.compile(r"argument (?P<name>.+?): invalid (?P<kind>\w+) value: (?P<value>.*)", re.DOTALL)
_KINDS: Final = {"int": "a whole number", "float": "a number", "Path": "a path"}


class OneSentenceParser(argparse.ArgumentParser):
    """A parser that leaves the usage to --help. The parsers of its subcommands are of its kind too."""

    def error(self, message: str) -> NoReturn:
        """End the program with the sentence and code 2."""
        self.exit(BAD_INPUT, f"{self.prog}: {in_plain_words(message)}; `{self.prog} --help` says more.\n")


def in_plain_words(message: str) -> str:
    """argparse's message on one line, without the names of Python's types."""
    found = _WRONG_VALUE.fullmatch(message)
    if found is not None:
        wanted = _KINDS.get(found["kind"], f"a value of another form ({found['kind']})")
        message = f"{found['name']} takes {wanted}, not {found['value']}"
    return one_line(message)

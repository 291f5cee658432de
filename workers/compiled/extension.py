"""Run in a folder that holds copies of the packages: compiles the modules named as arguments, beside their sources.

`python -m workers.compiled.extension OPTIMISATION MODULE...`; needs mypyc (of the package mypy), setuptools and a C
compiler. Ends with the compiler's own words and code when it cannot.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> None:
    """Translate the modules to C together and compile that."""
    from mypyc.build import mypycify
    from setuptools import setup

    optimisation, *modules = argv
    made = mypycify(
        ["--config-file=", "--ignore-missing-imports", *modules],
        opt_level=optimisation,
        debug_level="0",
        multi_file=True,
    )
    setup(name="scoring-compiled", packages=[], ext_modules=made, script_args=["-q", "build_ext", "--inplace"])


if __name__ == "__main__":
    main(sys.argv[1:])

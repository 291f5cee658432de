"""Runs a benchmark on compiled scoring: `python -m benchmarks.compiled scoring_speed --language en`.

Compiles it first where the data folder holds none that fits this code, as `callcoach compile` does (some minutes).
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.telephone_calls import ROOT
from review.settings import process_environment, read_settings
from workers.compiled.building import compile_scoring
from workers.compiled.place import environment_with


def main() -> int:
    """Compile when needed, then run the benchmark named first with the arguments behind it."""
    if len(sys.argv) < 2:
        print("name a benchmark, such as scoring_speed", file=sys.stderr)
        return 2
    settings = read_settings()
    environment = process_environment(settings)
    folder = compile_scoring(settings.data, environment)
    command = [sys.executable, "-m", f"benchmarks.{sys.argv[1]}", *sys.argv[2:]]
    return subprocess.run(command, cwd=ROOT, env=environment | environment_with(folder), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

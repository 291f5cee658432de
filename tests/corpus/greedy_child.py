"""A child that takes as much of a resource as it is told to, for testing that the limits hold."""

from __future__ import annotations

from typing import Any

from transcription.children import child_main


def take(request: dict[str, Any]) -> dict[str, Any]:
    """Take 500 MB of memory, or processor time without end."""
    if request["what"] == "memory":
        return {"taken": len(bytearray(500 * 1024 * 1024))}
    while True:
        pass


if __name__ == "__main__":
    child_main(take)

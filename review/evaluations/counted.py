"""Which evaluations count in people's real scores: all but those of calibrations."""

from __future__ import annotations

from review.queries.counted import counts

__all__ = ["counts"]

"""Figures for operators, read when they are asked for: any web process gives the same ones, and none is counted up.

Everything comes from the database, Redis and the disk by a constant number of bounded statements. Labels are words of
ours and numbers of rows, never names, addresses or telephone numbers.
"""

from __future__ import annotations

from review.metrics.text import CONTENT_TYPE, write_metrics

__all__ = ["CONTENT_TYPE", "write_metrics"]

"""How tables are compared with models: everything, except the full-text structures that models cannot say."""

from __future__ import annotations

from typing import Any

SEARCH_ITEMS = ("segment.tsv", "ix_segment_tsv")


def _is_compared(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    if kind == "table":
        return not (name or "").startswith("segment_fts")
    if kind == "column":
        return f"{item.table.name}.{name}" not in SEARCH_ITEMS
    return name not in SEARCH_ITEMS


COMPARE: dict[str, Any] = {"include_object": _is_compared, "compare_type": True, "compare_server_default": False}

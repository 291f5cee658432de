"""The client's card: what calls promised and told, what people write there, and changes that lose nobody's work."""

from __future__ import annotations

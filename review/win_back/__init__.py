"""Win-back: closed leads judged from all their calls and the CRM's facts, reopened by people, and what came of it."""

from __future__ import annotations

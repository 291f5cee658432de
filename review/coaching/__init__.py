"""Coaching: sessions aimed at one criterion, plans over weeks, and what later calls show of them."""

from __future__ import annotations

"""Sound that is nobody's words: ring-back and other tones, hold music, steady noise, recorded announcements."""

from __future__ import annotations

from transcription.sounds.announcements import Announced, find_announcements
from transcription.sounds.finding import find_marks
from transcription.sounds.listening import listen_channel

__all__ = ["Announced", "find_announcements", "find_marks", "listen_channel"]

"""Two people on one channel told apart, without any model from outside; see `diarize`."""

from __future__ import annotations

from transcription.diarization.backend import VoiceBackend, choose_backend
from transcription.diarization.diarize import diarize
from transcription.diarization.stretches import Stretch, speaker_confidence, split_speakers

__all__ = ["Stretch", "VoiceBackend", "choose_backend", "diarize", "speaker_confidence", "split_speakers"]

"""Two people on one channel told apart, without any model from outside; see `diarize`."""

from __future__ import annotations

from transcription.diarization.backend import VoiceBackend, choose_backend
from transcription.diarization.diarizer import diarize
from transcription.diarization.second_voice import SecondVoice, tell_voices_apart
from transcription.diarization.stretches import Stretch, speaker_confidence, split_speakers

__all__ = [
    "SecondVoice",
    "Stretch",
    "VoiceBackend",
    "choose_backend",
    "diarize",
    "speaker_confidence",
    "split_speakers",
    "tell_voices_apart",
]

"""Audio in, transcript out: decoding, voice activity, speech engines, turns by speaker role."""

"""From the stored JSON of a call to the rows its page shows: turns, waveform marks, scorecard. Pure; no UI words."""

"""Calibration: several people score the same calls apart, so that how far they agree can be measured and mended."""

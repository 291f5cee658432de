"""Detectors: each answers one kind of criterion from the words and times of a call, with its evidence."""

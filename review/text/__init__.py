"""Small helpers for text that people read: phone numbers, names, file names."""

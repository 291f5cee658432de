"""Notifications by e-mail: who wants what and when, letters put down, and their sending."""

"""The audit log as a chain: each event sealed onto the one before, and the head written down outside the database."""

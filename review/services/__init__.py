"""Use cases: each takes a session and never commits; the entry point owns the transaction."""

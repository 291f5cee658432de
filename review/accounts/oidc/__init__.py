"""Signing in by another provider over OpenID Connect: its settings, what is asked of it, and whose account it opens."""

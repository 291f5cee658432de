"""Webhooks of our own: other systems are told of a fact soon after it was stored, signed, at least once."""

"""The Flask review UI and the HTTP API."""

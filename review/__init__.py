"""The application: rows, states, storage, use cases and read models."""

"""The database's history: alembic revisions packaged with the application, and the few functions that run them."""

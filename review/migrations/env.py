"""What alembic runs for every command: it migrates on the one connection that review.migrations.run hands over."""

from __future__ import annotations

from alembic import context

from review.migrations.compare import COMPARE
from review.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transactional_ddl=True,  # on SQLite too: a revision that fails leaves nothing behind
    render_as_batch=connection.dialect.name == "sqlite",
    **COMPARE,
)
with context.begin_transaction():
    context.run_migrations()

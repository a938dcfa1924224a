"""Alembic's entry: runs on the connection that `hub.store.migrate` hands in."""

from alembic import context
from sqlmodel import SQLModel

from hub.domains import shelf

METADATA = SQLModel.metadata
SHELF = shelf.SHELF  # importing the shelf is what makes the tables known

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

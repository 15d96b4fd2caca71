"""Alembic runs this page: it migrates over the connection that `bring_up` hands in."""

from alembic import context

from sync.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()

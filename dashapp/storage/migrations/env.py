"""Alembic's entry point: runs the revisions on the connection that ``Storage.upgrade`` hands over."""

from alembic import context

from dashapp.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

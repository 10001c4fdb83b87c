"""Alembic's environment and revisions; run by ``dashapp.storage.database``, never by hand."""

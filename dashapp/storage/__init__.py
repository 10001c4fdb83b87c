"""What people do: SQLAlchemy tables, repositories and migrations."""

"""The tables, as SQLAlchemy sees them. The migrations say how a database got there; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime in Python; ``timestamptz`` on PostgreSQL, naive UTC text on SQLite, which has no zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; a guess about their zone would be wrong for somebody."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 # SQLAlchemy's signature
        """Always UTC, whatever zone the server's session has."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


user = sa.Table(
    "user_account",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("login", sa.String(254), nullable=False, unique=True),
    sa.Column("display_name", sa.String(120), nullable=False),
    sa.Column("password_hash", sa.String(255)),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("theme", sa.String(8), nullable=False),
    sa.Column("look", sa.Text, nullable=False, server_default=""),
    sa.Column("created", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("password_changed", Instant),
    sa.Column("version", sa.Integer, nullable=False),
)

user_role = sa.Table(
    "user_role",
    metadata,
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.String(2), primary_key=True),
)

session = sa.Table(
    "user_session",
    metadata,
    sa.Column("id_hash", sa.String(64), primary_key=True),
    sa.Column("public_id", sa.String(36), nullable=False, unique=True),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("created", Instant, nullable=False),
    sa.Column("last_seen", Instant, nullable=False),
    sa.Column("expires", Instant, nullable=False, index=True),
    sa.Column("ip", sa.String(45), nullable=False),
    sa.Column("user_agent", sa.String(256), nullable=False),
)

throttle = sa.Table(
    "throttle",
    metadata,
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("blocked_until", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False, index=True),
)

setup_token = sa.Table(
    "setup_token",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("created", Instant, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("actor_name", sa.String(254), nullable=False),
    sa.Column("session", sa.String(36), nullable=False),
    sa.Column("ip", sa.String(45), nullable=False),
    sa.Column("action", sa.String(64), nullable=False, index=True),
    sa.Column("object", sa.String(254), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("key_id", sa.String(16), nullable=False),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

saved_query = sa.Table(
    "saved_query",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("owner_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("search", sa.Text, nullable=False),
    sa.Column("shared_role", sa.String(2)),
    sa.Column("created", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("last_run", Instant),
    sa.Column("version", sa.Integer, nullable=False),
)

saved_query_default = sa.Table(
    "saved_query_default",
    metadata,
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("page", sa.String(40), primary_key=True),
    sa.Column("query_id", sa.ForeignKey("saved_query.id", ondelete="CASCADE"), nullable=False),
)

query_tracker = sa.Table(
    "query_tracker",
    metadata,
    sa.Column("query_id", sa.ForeignKey("saved_query.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("threshold", sa.Integer),
    sa.Column("since", Instant, nullable=False),
    sa.Column("next_run", Instant, nullable=False, index=True),
    sa.Column("lease", sa.String(36), nullable=False),
    sa.Column("leased_until", Instant),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("problem", sa.String(300), nullable=False),
    sa.Column("last_run", Instant),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("today", sa.BigInteger, nullable=False),
    sa.Column("prior", sa.BigInteger, nullable=False),
    sa.Column("so_far", sa.BigInteger, nullable=False),
    sa.Column("usual", sa.Double),
)

query_alert = sa.Table(
    "query_alert",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("query_id", sa.ForeignKey("saved_query.id", ondelete="CASCADE"), nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("messages", sa.BigInteger, nullable=False),
    sa.Column("threshold", sa.Integer, nullable=False),
    sa.Column("raised", Instant, nullable=False),
    sa.Column("seen", Instant),
    sa.UniqueConstraint("query_id", "day"),
)

job_runner = sa.Table(
    "job_runner",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("ticked", Instant, nullable=False),
)

kept_list = sa.Table(
    "kept_list",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("held", sa.Text, nullable=False),
    sa.Column("keeper_id", sa.String(36), nullable=False, index=True),
    sa.Column("kept", Instant, nullable=False),
)

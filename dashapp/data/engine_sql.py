"""From an Ibis expression over unbound tables to one SQL text whose files are parameters.

Unbound tables cost nothing to make and never touch a database; their name says which files they stand for.
"""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

import ibis
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import compiler
from ibis.expr import operations as ops

from dashapp.query.window import Window

FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)
LOG_PRECISION = timedelta(milliseconds=1)  # some writers of logs cut times to milliseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
KEPT_COMPILED = 512


@dataclass(frozen=True)
class Source:
    """A table of the lake as it stands in an expression.

    Attributes:
        table: Name in the lake.
        window: Files outside it need not be read; None reads all.
    """

    table: str
    window: Window | None = None

    @property
    def name(self) -> str:
        """What the unbound table is called."""
        if self.window is None:
            return self.table
        start, end = ((edge - _EPOCH) // _MICROSECOND for edge in (self.window.start, self.window.end))
        return f"{self.table}@{start}@{end}"

    @classmethod
    def called(cls, name: str) -> "Source":
        """The source an unbound table stands for."""
        table, *edges = name.partition("#")[0].split("@")
        if not edges:
            return cls(table)
        start, end = (_EPOCH + int(edge) * _MICROSECOND for edge in edges)
        return cls(table, Window(start, end))

    def unbound(self, schema: pa.Schema, columns: Collection[str] | None = None) -> ibis.Table:
        """The table an expression starts from; with few columns it compiles several times faster."""
        if columns is None:
            return ibis.table(ibis.Schema.from_pyarrow(schema), name=self.name)
        few = pa.schema([field for field in schema if field.name in columns])
        # Tables of one name must have one schema.
        mark = crc32(" ".join(few.names).encode())
        return ibis.table(ibis.Schema.from_pyarrow(few), name=f"{self.name}#{mark:x}")


def stored(instant: datetime) -> ibis.Scalar:
    """An instant as the lake stores it: UTC without a zone."""
    return ibis.literal(instant.astimezone(UTC).replace(tzinfo=None), type="timestamp(6)")


def sources_of(expression: ibis.Expr) -> tuple[Source, ...]:
    """Every source an expression reads."""
    sources = {Source.called(table.name) for table in expression.op().find(ops.UnboundTable)}
    return tuple(sorted(sources, key=lambda source: source.name))


@dataclass(frozen=True)
class Query:
    """An expression as SQL.

    Attributes:
        text: Where files are read, ``$f0``, ``$f1`` … stand for their paths.
        sources: In the order of those parameters.
    """

    text: str
    sources: tuple[Source, ...]


@functools.lru_cache(KEPT_COMPILED)
def compile_query(operation: ops.Node, empty: frozenset[Source]) -> Query:
    """Compile an expression's operation.

    Args:
        operation: ``expression.op()``; equal expressions have equal operations.
        empty: Sources without any file.
    """
    expression = operation.to_expr()
    sources = sources_of(expression)
    schemas = {table.name: table.schema for table in operation.find(ops.UnboundTable)}
    # A copy: Ibis hangs one node in two places when a condition comes twice, and only one could be replaced.
    tree = compiler.to_sqlglot(expression).copy()
    for node in list(tree.find_all(sge.Table)):
        if node.name in schemas:
            source = Source.called(node.name)
            columns = schemas[node.name]
            rows = _no_rows(columns) if source in empty else _file_rows(columns, f"f{sources.index(source)}")
            node.replace(rows.subquery(alias=node.args["alias"]))
    for node in tree.find_all(sge.Lambda):
        node.set("colon", True)  # DuckDB 2 no longer reads Ibis' ``x -> …``
    return Query(tree.sql("duckdb"), sources)


def _file_rows(columns: ibis.Schema, parameter: str) -> sge.Select:
    """Named columns only: a file may bring more, and a folder called ``x=y`` must not become a column."""
    no_folders = sge.EQ(this=sge.column("hive_partitioning"), expression=sge.false())
    reader = sge.ReadParquet(expressions=[sge.Placeholder(this=parameter), no_folders])
    return sge.select(*(sge.column(name, quoted=True) for name in columns)).from_(sge.Table(this=reader))


def _no_rows(columns: ibis.Schema) -> sge.Select:
    nothing = (
        sge.cast(sge.null(), compiler.type_mapper.from_ibis(type_)).as_(name, quoted=True)
        for name, type_ in columns.items()
    )
    return sge.select(*nothing).where(sge.false())

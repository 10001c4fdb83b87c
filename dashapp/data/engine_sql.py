"""From an Ibis expression over unbound tables to one SQL text whose files are parameters.

Unbound tables cost nothing to make and never touch a database; their name says which files they stand for.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.expr import operations as ops

from dashapp.query.window import Window

FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)
LOG_PRECISION = timedelta(milliseconds=1)  # some writers of logs cut times to milliseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
KEPT_COMPILED = 512
_ASKED = dt.String(nullable=False)  # tells texts of ``asked`` from the words of a question


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


def asked(text: str) -> ibis.Scalar:
    """A text that is asked about, such as an identifier; whatever it is, the SQL stays the same."""
    return ibis.literal(text, type=_ASKED)


def one_of(rows: ibis.Table, column: str, values: Collection[str]) -> ibis.Table:
    """The rows whose ``column`` is one of many texts, or of instants in ISO 8601; the SQL stays the same for all."""
    listed = ibis.literal(sorted(values), type="array<string>").unnest().name("_one").as_table()
    same_type = listed["_one"] if rows[column].type().is_string() else listed["_one"].cast(rows[column].type())
    return rows.semi_join(listed, rows[column] == same_type)


def sources_of(expression: ibis.Expr) -> tuple[Source, ...]:
    """Every source an expression reads."""
    sources = {Source.called(table.name) for table in expression.op().find(ops.UnboundTable)}
    return tuple(sorted(sources, key=lambda source: source.name))


@dataclass(frozen=True)
class Shape:
    """What an expression asks, apart from the times, keys and files it asks about.

    Attributes:
        pattern: Equal for expressions that differ in instants, windows, ``one_of`` and ``asked`` only.
        sources: Every source, in the order the expression comes to them.
        instants: Every instant it names (naive UTC), in that order too.
        lists: Every list of ``one_of``, likewise.
        texts: Every text of ``asked``, likewise.
    """

    pattern: Hashable
    sources: tuple[Source, ...]
    instants: tuple[datetime, ...]
    lists: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]

    @property
    def values(self) -> dict[str, object]:
        """The parameters but for the files, by name."""
        return (
            {f"t{place}": instant for place, instant in enumerate(self.instants)}
            | {f"l{place}": list(values) for place, values in enumerate(self.lists)}
            | {f"s{place}": text for place, text in enumerate(self.texts)}
        )


def shape_of(operation: ops.Node) -> Shape:
    """Take an expression's operation apart; a fraction of the work of compiling it."""
    sources: dict[Source, int] = {}
    instants: dict[datetime, int] = {}
    lists: dict[tuple[str, ...], int] = {}
    texts: dict[str, int] = {}
    places: dict[ops.Node, int] = {}
    steps: list[Hashable] = []

    def step(node: ops.Node) -> Hashable:
        if isinstance(node, ops.UnboundTable):
            source = Source.called(node.name)
            return (source.table, sources.setdefault(source, len(sources)), node.schema)
        if isinstance(node, ops.Literal) and isinstance(node.value, datetime):
            return (node.dtype, instants.setdefault(node.value, len(instants)))
        if isinstance(node, ops.Literal) and _is_list(node.value, node.dtype):
            return (node.dtype, lists.setdefault(node.value, len(lists)))
        if isinstance(node, ops.Literal) and node.dtype == _ASKED:
            return (node.dtype, texts.setdefault(node.value, len(texts)))
        return (type(node), *map(part, node.__args__))

    def part(value: Any) -> Hashable:
        if isinstance(value, ops.Node):
            if value not in places:
                found = step(value)
                places[value] = len(places)
                steps.append(found)
            return _Place(places[value])
        if isinstance(value, tuple):
            return tuple(map(part, value))
        if isinstance(value, Mapping):
            return tuple((name, part(item)) for name, item in value.items())
        return (type(value), value)  # True is not 1

    part(operation)
    return Shape(tuple(steps), tuple(sources), tuple(instants), tuple(lists), tuple(texts))


def _is_list(value: object, dtype: Any) -> bool:
    return isinstance(value, tuple) and dtype.is_array() and dtype.value_type.is_string()


@dataclass(frozen=True)
class _Place:
    """Where an operation stands among the steps before it."""

    number: int


class Compiler:
    """Makes SQL of expressions, once for each pattern: what changes from minute to minute is a parameter."""

    def __init__(self, kept: int = KEPT_COMPILED) -> None:
        self._kept = kept
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def text(self, operation: ops.Node, shape: Shape, empty: Collection[Source]) -> str:
        """The SQL of an operation.

        Files are read from the parameters ``$f0``, ``$f1`` … (lists of paths), instants from ``$t0``, ``$t1`` …, lists
        of texts from ``$l0``, ``$l1`` …, texts from ``$s0``, ``$s1`` …, each in the order of ``shape``.

        Args:
            operation: ``expression.op()``.
            shape: Its shape.
            empty: Sources without any file.
        """
        key = (shape.pattern, tuple(source in empty for source in shape.sources))
        with self._lock:
            known = self._texts.get(key)
            if known is not None:
                self._texts.move_to_end(key)
                return known
        text = _compiled(operation, shape, empty)
        with self._lock:
            self._texts[key] = text
            while len(self._texts) > self._kept:
                self._texts.popitem(last=False)
        return text


def _compiled(operation: ops.Node, shape: Shape, empty: Collection[Source]) -> str:
    schemas = {table.name: table.schema for table in operation.find(ops.UnboundTable)}
    # A copy: Ibis hangs one node in two places when a condition comes twice, and only one could be replaced.
    tree = _WithParameters(shape).to_sqlglot(operation.to_expr()).copy()
    for node in list(tree.find_all(sge.Table)):
        if node.name in schemas:
            source = Source.called(node.name)
            columns = schemas[node.name]
            rows = _no_rows(columns) if source in empty else _file_rows(columns, f"f{shape.sources.index(source)}")
            # Its own name tells the window; another window of this pattern must not find it in the text.
            node.replace(rows.subquery(alias=node.args["alias"]))
    for node in tree.find_all(sge.Lambda):
        node.set("colon", True)  # DuckDB 2 no longer reads Ibis' ``x -> …``
    text: str = tree.sql("duckdb")
    return text


class _WithParameters(DuckDBCompiler):  # type: ignore[misc]  # Ibis has no types
    """Ibis' compiler for DuckDB, but for instants, lists of texts and texts of ``asked``."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._names: dict[object, str] = {instant: f"t{number}" for number, instant in enumerate(shape.instants)}
        self._names |= {values: f"l{number}" for number, values in enumerate(shape.lists)}
        self._names |= {text: f"s{number}" for number, text in enumerate(shape.texts)}

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # Ibis' name
        """A literal in SQL."""
        if isinstance(value, datetime) or _is_list(value, dtype) or dtype == _ASKED:
            return self.cast(sge.Placeholder(this=self._names[value]), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)


def _file_rows(columns: ibis.Schema, parameter: str) -> sge.Select:
    """Named columns only: a file may bring more, and a folder called ``x=y`` must not become a column."""
    no_folders = sge.EQ(this=sge.column("hive_partitioning"), expression=sge.false())
    reader = sge.ReadParquet(expressions=[sge.Placeholder(this=parameter), no_folders])
    return sge.select(*(sge.column(name, quoted=True) for name in columns)).from_(sge.Table(this=reader))


def _no_rows(columns: ibis.Schema) -> sge.Select:
    nothing = (
        sge.cast(sge.null(), DuckDBCompiler.type_mapper.from_ibis(type_)).as_(name, quoted=True)
        for name, type_ in columns.items()
    )
    return sge.select(*nothing).where(sge.false())

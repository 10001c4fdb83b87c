"""Parquet files that are broken, lie, or explode."""

import io
import struct
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq


def good(rows: int = 100, **options: object) -> bytes:
    """A sound file of EmailEvents."""
    table = pa.table(
        {
            "Timestamp": pa.array([1_790_000_000_000_000 + n for n in range(rows)], pa.timestamp("us", "UTC")),
            "NetworkMessageId": [f"id-{n}" for n in range(rows)],
            "RecipientEmailAddress": ["ana@corp.example"] * rows,
            "SenderFromAddress": ["eva@evil.example"] * rows,
            "Subject": [f"hello {n}" for n in range(rows)],
        }
    )
    return written(table, **options)


def written(table: pa.Table, **options: object) -> bytes:
    """``table`` as the bytes of a file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def flipped(data: bytes, at: int) -> bytes:
    """One byte turned over."""
    changed = bytearray(data)
    changed[at] ^= 0xFF
    return bytes(changed)


def with_footer_length(length: int) -> bytes:
    """A sound file whose footer claims another length."""
    data = good()
    return data[:-8] + struct.pack("<I", length & 0xFFFFFFFF) + data[-4:]


def bomb() -> bytes:
    """Some kilobytes that unpack to ten gigabytes of text in one column."""
    text = pa.array(["x" * 1_000_000]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000, pa.int32()), text.dictionary)
    return written(
        pa.table({"Timestamp": [1] * 10_000, "NetworkMessageId": column, "RecipientEmailAddress": column}),
        compression="zstd",
        store_schema=False,
    )


REFUSED: dict[str, Callable[[], bytes]] = {
    "only magic": lambda: b"PAR1PAR1",
    "half": lambda: good()[: len(good()) // 2],
    "last byte missing": lambda: good()[:-1],
    "footer of zero length": lambda: with_footer_length(0),
    "footer larger than the file": lambda: with_footer_length(0x7FFFFFFF),
    "footer of negative length": lambda: with_footer_length(-5),
    "footer flipped": lambda: flipped(good(), -60),
    "footer zeroed": lambda: good()[:-108] + b"\0" * 100 + good()[-8:],
    "encrypted": lambda: b"PARE" + good()[4:-4] + b"PARE",
    "two files joined": lambda: good() + good(),
    "600 columns": lambda: written(pa.table({f"c{n}": [1] for n in range(600)})),
    "columns of one name": lambda: written(
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["Subject", "Subject"])
    ),
    "of no table": lambda: written(pa.table({"a": [1], "b": [2]})),
    "no columns": lambda: written(pa.table({})),
}

READ_ANYWAY: dict[str, Callable[[], bytes]] = {
    "data page version 2": lambda: good(data_page_version="2.0"),
    "one row a group": lambda: good(row_group_size=1),
    "int96 times": lambda: good(use_deprecated_int96_timestamps=True),
    "no statistics": lambda: good(write_statistics=False),
    "zstd": lambda: good(compression="zstd"),
    "a subject that looks like two joined files": lambda: written(
        pa.table({"Timestamp": [1] * 100, "NetworkMessageId": ["x\0\0PAR1PAR1"] * 100}), compression="none"
    ),
    "delta encoded": lambda: good(use_dictionary=False, column_encoding={"Subject": "DELTA_BYTE_ARRAY"}),
}

"""The lake: Delta tables of Parquet files, published together, read by snapshot."""

from dashapp.data.lake.batch import Batch, BatchInfo, WriteResult
from dashapp.data.lake.compact import Compacted
from dashapp.data.lake.errors import (
    LakeBusy,
    LakeDamaged,
    LakeError,
    LakeTooNew,
    LakeTooOld,
    LakeWriteError,
    UnknownBatch,
)
from dashapp.data.lake.lake import Lake
from dashapp.data.lake.layout import COARSE_COLUMNS, ROLLUP, ROLLUP_SCHEMA
from dashapp.data.lake.lost import LostFile
from dashapp.data.lake.rollup import Rollup
from dashapp.data.lake.snapshot import Snapshot
from dashapp.data.lake.status import LakeStatus, TableStatus

__all__ = [
    "COARSE_COLUMNS",
    "ROLLUP",
    "ROLLUP_SCHEMA",
    "Batch",
    "BatchInfo",
    "Compacted",
    "Lake",
    "LakeBusy",
    "LakeDamaged",
    "LakeError",
    "LakeStatus",
    "LakeTooNew",
    "LakeTooOld",
    "LakeWriteError",
    "LostFile",
    "Rollup",
    "Snapshot",
    "TableStatus",
    "UnknownBatch",
    "WriteResult",
]

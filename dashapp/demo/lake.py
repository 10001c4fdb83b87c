"""The demonstration's own lake: made once, carried on to now at every start."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from dashapp.data.lake import Lake
from dashapp.demo.generator import EVENTS, NETWORKS, generate, top_up
from dashapp.demo.manifest import FILE_NAME
from dashapp.ingest.pipeline import ingest
from dashapp.settings import Settings

MESSAGES, DAYS, SEED = 300_000, 90, 1
_SOURCE = "source"  # where the generated files are, beside the lake
_TAKEN = "taken.txt"  # which of them are in the lake


def bring_up_to_date(
    folder: Path, settings: Settings, *, now: datetime | None = None, messages: int = MESSAGES, days: int = DAYS
) -> None:
    """Make the demonstration in ``folder`` (its files in ``source``, its lake in ``lake``), or carry it on to ``now``.

    Stopped half-way, it is finished by the next call.

    Raises:
        LakeError: The lake cannot be written.
        OSError: The folder cannot be written.
    """
    source = folder / _SOURCE
    until = now or datetime.now(UTC)
    if (source / FILE_NAME).exists():
        top_up(source, until)
    else:
        # without a manifest a folder was left by an attempt that was stopped
        shutil.rmtree(source, ignore_errors=True)
        generate(source, messages=messages, days=days, seed=SEED, until=until)
    _take(source, Lake.open(folder / "lake", codec=settings.parquet_codec), settings)


def _take(source: Path, lake: Lake, settings: Settings) -> None:
    """Bring the files that are not yet in the lake into it."""
    listing = source / _TAKEN
    taken = set(listing.read_text(encoding="utf-8").split("\n")) if listing.exists() else set()
    names = {str(path.relative_to(source)) for path in (source / EVENTS).rglob("*.parquet")}
    new = sorted(names - taken)
    if not new:
        return
    ingest([source / name for name in new], lake=lake, settings=settings, networks=source / NETWORKS)
    listing.write_text("\n".join(sorted(names)), encoding="utf-8")

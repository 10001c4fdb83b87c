"""gz, zst and zip: inside each other, cut off, damaged, encrypted, out of proportion."""

import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from dashapp.ingest import recognise
from dashapp.ingest.chunk import Chunk, Refused
from dashapp.ingest.readers import Context, source_of

CSV = b"Timestamp,NetworkMessageId,RecipientEmailAddress,Subject,SenderFromAddress\n"
ROWS = b"".join(b"2026-11-20T10:00:00Z,id-%d,a@corp.example,hello %d,x@y.example\n" % (n, n) for n in range(2000))


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(data: bytes, tmp_path: Path) -> tuple[int, list[Refused]]:
    """How many rows came out, and what was refused."""
    context = Context(
        datetime(2026, 11, 23, tzinfo=UTC), lambda source: recognise.read(source, context), None, {}, tmp_path
    )
    given = list(recognise.read(source_of(io.BytesIO(data), "file"), context))
    rows = sum(each.rows.num_rows for each in given if isinstance(each, Chunk))
    return rows, [each for each in given if isinstance(each, Refused)]


def zst(data: bytes) -> bytes:
    return zstandard.compress(data)


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(CSV + ROWS),
        zst(CSV + ROWS),
        zipped(export=CSV + ROWS),
        gzip.compress(zst(CSV + ROWS)),
        zipped(inner=gzip.compress(CSV + ROWS)),
        zipped(inner=zipped(inner=CSV + ROWS)),
        gzip.compress(CSV) + gzip.compress(ROWS),
        zst(CSV) + zst(ROWS),
    ],
)
def test_what_is_inside_is_read(data: bytes, tmp_path: Path) -> None:
    assert read(data, tmp_path) == (2000, [])


@pytest.mark.parametrize("wrap", [gzip.compress, zst], ids=["gz", "zst"])
def test_cut_off_gives_what_there_was_and_says_so(wrap, tmp_path: Path) -> None:
    noise = b"".join(b"2026-11-20T10:00:00Z,%x,a@corp.example,x,x@y.example\n" % (n**9) for n in range(30_000))
    whole = wrap(CSV + noise)
    rows, refused = read(whole[: len(whole) // 2], tmp_path)
    assert 5_000 < rows < 25_000
    assert any("cut off" in each.reason for each in refused)


def test_damage_in_the_middle_is_said(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(CSV + ROWS))
    data[len(data) // 2] ^= 0xFF
    _, refused = read(bytes(data), tmp_path)
    assert any("damaged" in each.reason for each in refused)


def test_half_a_zip_is_refused_whole(tmp_path: Path) -> None:
    rows, refused = read(zipped(export=CSV + ROWS)[:-40], tmp_path)
    assert rows == 0
    assert "zip" in refused[0].reason


def test_an_encrypted_member_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    data = bytearray(zipped(secret=b"x", export=CSV + ROWS))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    data[6] |= 1
    rows, refused = read(bytes(data), tmp_path)
    assert rows == 2000
    assert [(each.source, "encrypted" in each.reason) for each in refused] == [("file!secret", True)]


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x", "CON", "a\x1b[31m", "invoice\u202efdp.csv", "a!b"])
def test_a_members_name_is_only_shown_never_used(name: str, tmp_path: Path) -> None:
    rows, refused = read(zipped(**{name: b"\0\1\2 nothing"}), tmp_path)
    assert rows == 0
    assert refused[0].source.isprintable()
    assert refused[0].source.count("!") == 1
    assert list(tmp_path.iterdir()) == []


def test_duplicate_names_are_both_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", CSV + ROWS)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", CSV + ROWS)
    assert read(out.getvalue(), tmp_path)[0] == 4000


def test_wrappers_without_end_stop(tmp_path: Path) -> None:
    data = CSV + ROWS
    for _ in range(8):
        data = gzip.compress(data)
    rows, refused = read(data, tmp_path)
    assert rows == 0
    assert "wrappers inside each other" in refused[0].reason


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrap", [lambda data: gzip.compress(data, 9), zst, lambda data: zipped(x=data)], ids=["gz", "zst", "zip"]
)
def test_a_bomb_is_noticed(wrap, tmp_path: Path) -> None:
    bomb = wrap(CSV + b"\n" * 300_000_000)
    assert len(bomb) < 1_000_000
    rows, refused = read(bomb, tmp_path)
    assert rows == 0
    assert any("far more" in each.reason for each in refused)

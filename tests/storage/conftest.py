"""A fresh database for each test: SQLite, and a real PostgreSQL under the ``services`` mark."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashapp.settings import Settings
from dashapp.storage import Storage, open_storage
from tests import postgresql

SECRET = "test-only-6f1d0c5a9b3e4d7282f0c1b5"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    with postgresql.server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that point at an empty database."""
    url = request.getfixturevalue("postgresql_server").database() if request.param == "postgresql" else ""
    return Settings(secret_key=SECRET, data_dir=tmp_path, database_url=url)


@pytest.fixture
def opened(settings: Settings) -> Iterator[Callable[[Settings], Storage]]:
    """``open_storage`` that is closed after the test."""
    storages = []

    def open_(changed: Settings = settings) -> Storage:
        storages.append(open_storage(changed))
        return storages[-1]

    yield open_
    for storage in storages:
        storage.close()


@pytest.fixture
def storage(opened: Callable[[], Storage]) -> Storage:
    return opened()

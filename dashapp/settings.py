"""Every knob the deployer can turn, read once at start-up. Nothing else reads the environment."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "THREATBOARD_"


class SettingsError(Exception):
    """A setting is wrong or misspelt; the message is one line that names it."""


class Settings(BaseSettings):
    """Read from ``THREATBOARD_*`` environment variables by ``load_settings``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(Path("var/data"), description="Folder of the lake, the database and the quarantine.")
    demo_dir: Path = Field(Path("var/demo"), description="Folder of the demonstration, used while data_dir is empty.")
    enrichment_dir: Path = Field(
        Path("build/enrichment"), description="Folder of the offline country, network and mail-provider tables."
    )
    database_url: str = Field("", description="SQLAlchemy URL of users and records; empty: SQLite inside data_dir.")
    secret_key: SecretStr = Field(SecretStr(""), description="Signs and hashes session secrets; 32 bytes or more.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8050, description="Port to listen on.", ge=1, le=65535)
    public_url: str = Field("", description="Address users type, such as https://mail.example/threatboard.")
    url_prefix: str = Field("/", description="Path under which the app is mounted behind a proxy.")
    proxy_hops: int = Field(0, description="How many trusted proxies set X-Forwarded-*.", ge=0, le=5)
    threads: int = Field(16, description="Request threads of the web process.", ge=2, le=256)
    time_zone: str = Field("UTC", description="Zone for people who have not chosen one.")
    our_domains: str = Field("", description="Comma-separated mail domains of the organisation; decides direction.")
    parquet_codec: str = Field("LZ4_RAW", description="Codec of lake files: LZ4_RAW, ZSTD or SNAPPY.")
    query_threads: int = Field(0, description="Threads of the query engine; 0: one per core.", ge=0, le=256)
    query_memory_mb: int = Field(400, description="Memory the query engine may use.", ge=64)
    query_timeout_seconds: float = Field(30, description="Longest time one question may take.", gt=0, le=600)
    query_queue: int = Field(64, description="Questions that may wait before 'busy' is answered.", ge=1)
    export_rows: int = Field(0, description="Most rows of one export; 0: all that match.", ge=0)
    export_minutes: float = Field(60, description="Longest time one export may take.", gt=0)
    exports_at_once: int = Field(
        4, description="Exports of everyone at the same time; each keeps one request thread.", ge=1
    )
    jobs: str = Field("embedded", description="Where jobs run: embedded (in the web process) or worker (their own).")
    redis_url: str = Field(
        "", description="Queue of jobs, such as redis://127.0.0.1:6379/0; empty: a file of data_dir."
    )
    job_threads: int = Field(1, description="Jobs at the same time, in one process.", ge=1, le=16)
    tracker_minutes: int = Field(60, description="Minutes between two counts of a tracked query.", ge=5, le=1440)
    session_idle_minutes: int = Field(30, description="Minutes without a click before signing in again.", ge=1)
    session_hours: int = Field(12, description="Hours after which everyone signs in again.", ge=1, le=72)
    metrics_token: SecretStr = Field(SecretStr(""), description="Bearer token for /metrics from other machines.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    debug: bool = Field(False, description="Developer tools; never in production.")

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value

    @field_validator("parquet_codec")
    @classmethod
    def _codec_known(cls, value: str) -> str:
        if value not in {"LZ4_RAW", "ZSTD", "SNAPPY"}:
            raise ValueError(f"{value!r} is not LZ4_RAW, ZSTD or SNAPPY")
        return value

    @field_validator("jobs")
    @classmethod
    def _jobs_known(cls, value: str) -> str:
        if value not in {"embedded", "worker"}:
            raise ValueError(f"{value!r} is not embedded or worker")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_is_named(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("it starts with redis://, rediss:// or unix://")
        return value

    @field_validator("log_level")
    @classmethod
    def _level_known(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError(f"{value!r} is not DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("url_prefix")
    @classmethod
    def _prefix_has_slashes(cls, value: str) -> str:
        return "/" + value.strip("/") + "/" if value.strip("/") else "/"

    @property
    def own_domains(self) -> frozenset[str]:
        """The organisation's mail domains, lower-cased."""
        return frozenset(part.strip().lower() for part in self.our_domains.split(",") if part.strip())


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Args:
        environment: Instead of the process's own, for tests.

    Raises:
        SettingsError: A value is not allowed, or a ``THREATBOARD_`` variable is not known.
    """
    variables = os.environ if environment is None else environment
    given = {name: value for name, value in variables.items() if name.upper().startswith(PREFIX)}
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(given):
        if name not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1)
            raise SettingsError(f"unknown setting {name}" + (f"; did you mean {close[0]}?" if close else ""))
    try:
        return Settings(**{name.removeprefix(PREFIX).lower(): value for name, value in given.items()})  # type: ignore[arg-type]  # pydantic parses the strings
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"bad setting {name}: {first['msg'].removeprefix('Value error, ')}") from error

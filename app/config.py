"""Every setting, read once from the environment (and `.data/env`), frozen."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Env(StrEnum):
    """What this installation is for. Demo accounts exist in `demo` only."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class CodeScheme(StrEnum):
    """How grid codes are built: 6+3+3+3 digits (GB/T 30428.1), or any text elsewhere."""

    NATIONAL = "national"
    FREE = "free"


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


class Settings(BaseSettings):
    """Names are the environment's, with the prefix `WANGGE_` unless an alias says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="WANGGE_",
        env_file=ROOT / ".data" / "env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    env: Env = Env.PRODUCTION
    database_url: str = Field(alias="DATABASE_URL")
    database_role: str = Field("wangge_app", pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    pool_size: int = Field(16, ge=1, le=500)
    secret_key: SecretStr = Field(min_length=32)
    access_token_minutes: int = Field(15, ge=1, le=120)
    refresh_token_days: int = Field(30, ge=1, le=365)
    actor_cache_seconds: float = Field(5.0, ge=0, le=60)
    reference_cache_seconds: float = Field(5.0, ge=0, le=60)
    counter_cache_seconds: float = Field(1.0, ge=0, le=60)
    login_failures: int = Field(5, ge=1, le=100)
    login_lock_minutes: int = Field(15, ge=1, le=24 * 60)

    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    case_number: str = Field(
        "{date}{seq:6}",
        pattern=r"^([^{}]|\{(date|year|category)\})*\{seq(:\d{1,2})?\}([^{}]|\{(date|year|category)\})*$",
    )
    code_scheme: CodeScheme = CodeScheme.NATIONAL
    cell_target_square_metres: float = Field(10_000, gt=0)
    cell_size_factor: float = Field(5, gt=1)
    suggest_cell_metres: float = Field(200, ge=0, le=10_000)
    future_tolerance_seconds: int = Field(300, ge=0)
    idempotency_days: int = Field(30, ge=1)

    city_name: str = Field("网格", min_length=1, max_length=40)
    basemap_kind: Literal["none", "xyz", "pmtiles"] = "none"
    basemap_url: str = ""
    basemap_attribution: str = Field("", max_length=200)

    export_days: int = Field(7, ge=1, le=365)
    notice_days: int = Field(90, ge=1)
    smtp_url: SecretStr | None = None
    smtp_sender: str = Field("", pattern=r"^([^\r\n@]+@[^\r\n@]+)?$")
    webhook_private_targets: bool = False

    max_body_bytes: int = Field(1_048_576, ge=1024)
    max_batch_body_bytes: int = Field(5 * 1_048_576, ge=1024)
    max_import_bytes: int = Field(64 * 1_048_576, ge=1024)
    max_upload_bytes: int = Field(100 * 1_048_576, ge=1024)
    max_photo_bytes: int = Field(20 * 1_048_576, ge=1024)
    max_file_bytes: int = Field(50 * 1_048_576, ge=1024)
    max_photo_pixels: int = Field(64_000_000, ge=1_000_000)
    media_url: str = Field((ROOT / ".data" / "media").as_uri(), pattern="^(file:///|s3://).")
    media_s3_endpoint: str | None = None
    media_s3_region: str = "us-east-1"
    media_s3_access_key: str | None = None
    media_s3_secret_key: SecretStr | None = None

    log_format: str = Field("console", pattern="^(console|json)$")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$")

    @model_validator(mode="after")
    def _database_is_postgres(self) -> "Settings":
        if not self.database_url.startswith(("postgresql://", "postgres://")):
            raise ValueError(
                "DATABASE_URL must look like postgresql://user:password@host:port/name"
            )
        return self

    @model_validator(mode="after")
    def _mail_is_complete(self) -> "Settings":
        if self.smtp_url is None:
            return self
        url = urlsplit(self.smtp_url.get_secret_value())
        if url.scheme not in ("smtp", "smtps") or not url.hostname:
            raise ValueError(
                "WANGGE_SMTP_URL must look like smtp://user:password@host:port?starttls=1 or smtps://…"
            )
        if not self.smtp_sender:
            raise ValueError("WANGGE_SMTP_SENDER must be set together with WANGGE_SMTP_URL")
        return self

    @model_validator(mode="after")
    def _basemap_is_complete(self) -> "Settings":
        if self.basemap_kind != "none" and not re.match(r"https?://[^/]+/|/", self.basemap_url):
            raise ValueError(
                "WANGGE_BASEMAP_URL must be an http(s) address, e.g. "
                "https://tiles.example/{z}/{x}/{y}.png, or a path on this host"
            )
        return self

    @property
    def basemap_origin(self) -> str:
        """The outside host of the base map; empty if there is none."""
        url = urlsplit(self.basemap_url)
        return f"{url.scheme}://{url.netloc}".replace("{s}", "*") if url.netloc else ""

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone: case numbers and working hours are counted in it."""
        return ZoneInfo(self.timezone)


@lru_cache
def settings() -> Settings:
    """The process's settings; the first call reads them and names what is missing."""
    return Settings()

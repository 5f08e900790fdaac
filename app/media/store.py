"""Where bytes live: a local folder, or S3 by WANGGE_MEDIA_URL."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from app.config import Settings, settings
from app.media.errors import FileLost, StoreUnavailable

log = structlog.get_logger("store")
CHUNK = 256 * 1024
PATIENCE = timedelta(seconds=20)
"""For how long a failing request to S3 is tried again while a caller waits."""


@lru_cache(maxsize=1)
def _open(config: Settings) -> ObjectStore:
    if config.media_url.startswith("file:"):
        return LocalStore.from_url(config.media_url, mkdir=True, automatic_cleanup=True)
    secret = config.media_s3_secret_key
    given = {
        "region": config.media_s3_region,
        "endpoint": config.media_s3_endpoint,
        "access_key_id": config.media_s3_access_key,
        "secret_access_key": secret.get_secret_value() if secret else None,
    }
    keys: Any = {name: value for name, value in given.items() if value}
    plain = (config.media_s3_endpoint or "").startswith("http://")
    return S3Store.from_url(
        config.media_url,
        config=keys,
        client_options={"allow_http": plain, "connect_timeout": "3s", "timeout": "300s"},
        retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        virtual_hosted_style_request=False,
    )


@contextmanager
def _named(key: str) -> Iterator[ObjectStore]:
    """The store; what goes wrong with it gets our names."""
    try:
        yield _open(settings())
    except FileNotFoundError as error:
        raise FileLost(key=key) from error
    except (BaseError, OSError) as error:
        log.error("no answer", key=key, error=str(error))
        raise StoreUnavailable from error


def new_key() -> str:
    """A folder that nobody has had, below its day: an abandoned one can be told by its age."""
    return f"{day_prefix(datetime.now(UTC).date())}/{uuid4().hex}"


def day_prefix(day: date) -> str:
    """Where the folders of a day (UTC) are."""
    return f"{day:%Y/%m/%d}"


async def put(key: str, content: IO[bytes] | bytes) -> None:
    """Write an object; it is there as a whole or not at all, and stays when the power goes."""
    with _named(key) as store:
        await store.put_async(key, content)
        if isinstance(store, LocalStore) and store.prefix:
            await asyncio.to_thread(_to_disk, Path(store.prefix) / key)


def _to_disk(path: Path) -> None:
    """A local store leaves it to the system when to write; PostgreSQL does not."""
    for part in (path, path.parent, path.parent.parent):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def get(key: str) -> bytes:
    """A whole object."""
    with _named(key) as store:
        return bytes(await (await store.get_async(key)).bytes_async())


async def stream(key: str) -> tuple[int, AsyncIterator[bytes]]:
    """The size of an object and its bytes, piece by piece."""
    with _named(key) as store:
        found = await store.get_async(key)
        return found.meta["size"], aiter(found.stream(min_chunk_size=CHUNK))


async def list_(prefix: str) -> AsyncIterator[list[str]]:
    """The keys below a prefix, some at a time."""
    with _named(prefix) as store:
        async for batch in store.list(prefix, chunk_size=1000):
            yield [found["path"] for found in batch]


async def delete(keys: list[str]) -> None:
    """Remove objects."""
    with _named(keys[0]) as store:
        await store.delete_async(keys)

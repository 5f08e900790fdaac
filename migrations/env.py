"""Alembic: migrates as the owner of the tables, through the same driver as the application."""

import asyncio
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, pool
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import settings
from app.db import driver_url
from app.incidents.models import Xid8
from app.models import Model

ischema_names["xid8"] = Xid8
LIBRARY_TABLES = ("pgqueuer", "spatial_ref_sys")


def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Leave PostGIS's and the job queue's own objects alone."""
    if kind == "table" and name and name.startswith(LIBRARY_TABLES):
        return False
    found: bool = alembic_helpers.include_object(item, name, kind, reflected, other)
    return found


def migrate(connection: Connection) -> None:
    """Run within the given connection."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Connect and migrate."""
    engine = create_async_engine(driver_url(settings().database_url), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(main())

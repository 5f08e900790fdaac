"""Brings a database to the state that this version of the code expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from app import db
from app.catalog import service as catalog
from app.config import ROOT


def alembic_config() -> Config:
    """Alembic's settings, wherever the command is run from."""
    config = Config(Path(ROOT) / "alembic.ini")
    config.set_main_option("script_location", str(Path(ROOT) / "migrations"))
    return config


def migrate() -> None:
    """Lay or change the tables, as their owner (`DATABASE_URL`)."""
    command.upgrade(alembic_config(), "head")


async def load_defaults() -> int:
    """Write the reference data that ships with the project; returns how many classes there are."""
    async with db.transaction() as session:
        return await catalog.load_default(session)

"""The city's rules as stored: the newest version counts; each process remembers it for seconds."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.incidents.branches import RulesVersion
from app.incidents.rules import Rules
from app.problems import StaleVersion
from app.remembered import Remembered

_NEWEST = "SELECT version, data::text AS data FROM rules_version ORDER BY version DESC LIMIT 1"


async def _newest() -> tuple[int, Rules]:
    rows = await db.hot(_NEWEST)
    if not rows:
        return 0, Rules()
    return rows[0]["version"], Rules.model_validate_json(rows[0]["data"])


IN_FORCE = Remembered(_newest)


async def current() -> Rules:
    """The rules in force, as each process remembers them."""
    return (await versioned())[1]


async def versioned() -> tuple[int, Rules]:
    """The rules in force with their version, 0 before the city has set any."""
    return await IN_FORCE.get()


async def publish(
    session: AsyncSession, rules: Rules, by: UUID, *, expected: int | None = None
) -> int:
    """Make these the city's rules; `expected` is the version that they replace.

    Changes are made one after the other.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("rules"))))
    newest = await session.scalar(select(func.max(RulesVersion.version))) or 0
    if expected is not None and expected != newest:
        raise StaleVersion(version=newest)
    data = rules.model_dump(mode="json")
    session.add(RulesVersion(version=newest + 1, data=data, account_id=by))
    await session.flush()
    IN_FORCE.forget_with(session)
    return newest + 1

"""Figures of dispatching: how accurate suggestions are, and shares in which overdue cases hide."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.incidents import rulebook
from app.incidents.branches import DispatchChoice
from app.incidents.clock_schemas import AccuracyOut, ShareList, ShareOut
from app.incidents.rules import Shares

KINDS = ("returned", "extended", "suspended", "voided")


async def accuracy(
    session: AsyncSession,
    since: datetime,
    until: datetime,
    *,
    category: str | None = None,
    unit: UUID | None = None,
) -> AccuracyOut:
    """Suggested against chosen in a period; `category` is the beginning of a code."""
    choice = DispatchChoice
    conditions = [choice.at >= since, choice.at < until]
    if category:
        conditions.append(choice.category_code.startswith(category, autoescape=True))
    if unit:
        conditions.append(choice.chosen_unit_id == unit)
    count = func.count()
    row = (
        await session.execute(
            select(
                count.label("dispatches"),
                count.filter(choice.agreed.is_not(None)).label("suggested"),
                count.filter(choice.agreed.is_(True)).label("agreed"),
                count.filter(choice.automatic).label("automatic"),
                count.filter(choice.automatic, choice.returned).label("automatic_returned"),
                count.filter(choice.returned).label("returned"),
                *(count.filter(choice.basis == basis).label(basis) for basis in BASES),
            ).where(*conditions)
        )
    ).one()
    told = {name: value for name, value in row._mapping.items() if name not in BASES}
    return AccuracyOut(
        **told,
        accuracy=_share(row.agreed, row.suggested),
        kept=_share(row.dispatches - row.returned, row.dispatches),
        by_basis={basis: row._mapping[basis] for basis in BASES},
    )


BASES = ("owner", "similar", "none")


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


async def shares(session: AsyncSession, at: datetime | None = None) -> ShareList:
    """Each unit's share of returns, extensions, suspensions and voids, over the rules' days."""
    rules = (await rulebook.current()).shares
    since = (at or datetime.now(UTC)) - timedelta(days=rules.days)
    rows = await db.within(session, db.statement("incidents/shares.sql"), since)
    return ShareList(items=[_judged(dict(row), rules) for row in rows], days=rules.days)


def _judged(row: dict[str, Any], rules: Shares) -> ShareOut:
    enough = row["dispatches"] >= rules.at_least
    alerts = [
        kind for kind in KINDS if enough and row[kind] / row["dispatches"] > getattr(rules, kind)
    ]
    return ShareOut(**row, alerts=alerts)

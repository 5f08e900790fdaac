"""Reads of ownership: whose a class is at a place, one ownership, those that hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from asyncpg import Record
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.config import settings
from app.people.models import OWNER, Post
from app.people.queries import present

WHAT = ("责任归属", "ownership")
Words = tuple[str, str]


class Verdict(StrEnum):
    """How many different holders share the best rank."""

    UNIQUE = "unique"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Owner:
    """A holder of the best rank; `reason` (Chinese, English) says which rule chose it.

    Of a role, `account_id` is whoever has that duty there, if exactly one has.
    """

    post_id: UUID
    kind: Literal["unit", "account", "role"]
    unit_id: UUID | None
    account_id: UUID | None
    role: str | None
    name: str
    partner: bool
    reason: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """Whose a class is at a place."""

    verdict: Verdict
    owners: tuple[Owner, ...]


async def owners_of(
    session: AsyncSession,
    *,
    path: Sequence[str],
    lon: float,
    lat: float,
    category: str,
    at: datetime,
) -> Finding:
    """The owners of a class at a place (stored degrees) whose cell has this path."""
    sql = db.statement("ownership/resolve.sql")
    rows = await db.within(session, sql, list(path), lon, lat, category, at)
    owners: dict[object, Owner] = {}
    for row in rows:
        found = _owner(row, path)
        held_by = found.unit_id or found.role or found.account_id
        owners.setdefault((found.kind, held_by), found)
    verdict = (Verdict.NONE, Verdict.UNIQUE, Verdict.SEVERAL)[min(len(owners), 2)]
    return Finding(verdict, tuple(owners.values()))


def visible_to(actor: Actor) -> Select[Post]:
    """Whoever may read people sees every ownership: like the units, it is a directory."""
    return select(Post).where(Post.duty == OWNER)


async def get_for_update(session: AsyncSession, actor: Actor, post_id: UUID) -> Post:
    """An ownership to change, locked."""
    chosen = visible_to(actor).where(Post.id == post_id)
    return present(await session.scalar(chosen.with_for_update()), WHAT, post_id)


def _owner(row: Record, path: Sequence[str]) -> Owner:
    rules = (_matter(row["category_code"]), _place(row, path), _period(row))
    return Owner(
        post_id=row["id"],
        kind="role" if row["role"] else "unit" if row["unit_id"] else "account",
        unit_id=row["unit_id"],
        account_id=row["account_id"],
        role=row["role"],
        name=row["name"],
        partner=row["partner"],
        reason=("；".join(rule[0] for rule in rules), "; ".join(rule[1] for rule in rules)),
    )


def _matter(code: str) -> Words:
    if not code:
        return "全部类别", "every class"
    kinds = {1: ("部件/事件", "kind"), 3: ("大类", "big class")}
    chinese, english = kinds.get(len(code), ("小类", "class"))
    return f"{chinese} {code}", f"{english} {code}"


def _place(row: Record, path: Sequence[str]) -> Words:
    code, size = row["place_code"], row["area_square_metres"]
    if code is None:
        return f"手绘范围（{size:,.0f} 平方米）", f"drawn area ({size:,.0f} m²)"
    if not code:
        return "全市", "the whole city"
    if code == path[-1]:
        return f"单元网格 {code}", f"cell {code}"
    return f"区域 {code}", f"area {code}"


def _period(row: Record) -> Words:
    start, end = (_local(row[name]) for name in ("valid_from", "valid_to"))
    if end is None:
        return f"自 {start} 起", f"since {start}"
    return f"{start} 至 {end}", f"from {start} to {end}"


def _local(moment: datetime | None) -> str | None:
    """In the city's time, to the minute."""
    return moment.astimezone(settings().zone).strftime("%Y-%m-%d %H:%M") if moment else None

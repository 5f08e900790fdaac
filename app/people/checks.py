"""What a post, a unit or a key must satisfy before it is written."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.people import queries
from app.people.errors import (
    DeputyIncomplete,
    DeputyIsHolder,
    PeriodReversed,
    RoleInUse,
    RoleNotHeld,
    UnitCycle,
    UnknownAccount,
    UnknownMatter,
    UnknownPlace,
    UnknownUnit,
)
from app.people.models import Account, Post, Unit


async def active_account(session: AsyncSession, account_id: UUID | None, pointer: str) -> Account:
    """An active account, held so that its roles stay until the transaction ends."""
    chosen = select(Account).where(Account.id == account_id, Account.active)
    found = await session.scalar(chosen.with_for_update(read=True))
    if found is None:
        raise UnknownAccount(pointer, account=account_id)
    return found


async def active_unit(session: AsyncSession, unit_id: UUID, pointer: str) -> Unit:
    """An active unit."""
    found = await queries.find_unit(session, unit_id)
    if found is None:
        raise UnknownUnit(pointer, unit=unit_id)
    return found


async def parent_of(session: AsyncSession, parent_id: UUID, below: UUID) -> Unit:
    """A parent for the unit `below` that closes no cycle; one move in the tree at a time."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("unit tree"))))
    parent = await active_unit(session, parent_id, "/parent")
    if below in await queries.unit_and_above(session, parent_id):
        raise UnitCycle("/parent", parent=parent.name)
    return parent


async def post(session: AsyncSession, draft: Post) -> None:
    """All that a new post must satisfy."""
    await holder(session, draft)
    await place_and_matter(session, draft.place_code, draft.category_code)
    period(draft)
    await deputy(session, draft)


async def holder(session: AsyncSession, draft: Post) -> None:
    """The holder is active and has the role that the duty asks for."""
    _holds(await active_account(session, draft.account_id, "/account"), draft.duty, "/duty")


async def deputy(session: AsyncSession, draft: Post) -> None:
    """A deputy is somebody else with the same role, from–to."""
    given = (draft.deputy_id, draft.deputy_from, draft.deputy_to)
    if given == (None, None, None):
        return
    if draft.deputy_id is None or draft.deputy_from is None or draft.deputy_to is None:
        missing = ("/deputy", "/deputy_from", "/deputy_to")[given.index(None)]
        raise DeputyIncomplete(missing)
    if draft.deputy_id == draft.account_id:
        raise DeputyIsHolder("/deputy")
    _in_order(draft.deputy_from, draft.deputy_to, "/deputy_to")
    _holds(await active_account(session, draft.deputy_id, "/deputy"), draft.duty, "/deputy")


async def roles_may_go(session: AsyncSession, account: Account, kept: list[str]) -> None:
    """Roles stay while posts rest on them, now or later."""
    gone = sorted(set(account.roles) - set(kept))
    rests = or_(
        Post.account_id == account.id,
        (Post.deputy_id == account.id) & (Post.deputy_to > func.now()),
    )
    chosen = select(Post.id).where(
        rests, Post.duty.in_(gone), or_(Post.valid_to.is_(None), Post.valid_to > func.now())
    )
    posts = [str(found) for found in await session.scalars(chosen.order_by(Post.id))]
    if posts:
        raise RoleInUse("/roles", posts=posts)


async def place_and_matter(
    session: AsyncSession, place: str | None, category: str, *, where: str = "/"
) -> None:
    """The codes of a place (None: there is none to look at) and of a class mean something now."""
    asked = {"place": place or "", "category": category}
    known = (await session.execute(text(db.statement("people/known.sql")), asked)).one()
    if not known.place:
        raise UnknownPlace(f"{where}place", place=place)
    if not known.category:
        raise UnknownMatter(f"{where}category", category=category)


def period(draft: Post) -> None:
    """A post ends after it begins; without a beginning it begins now."""
    start: datetime | None = draft.valid_from
    _in_order(start or datetime.now(UTC), draft.valid_to, "/valid_to")


def _holds(account: Account, duty: str, pointer: str) -> None:
    if duty not in account.roles:
        raise RoleNotHeld(pointer, username=account.username, duty=duty)


def _in_order(start: datetime, end: datetime | None, pointer: str) -> None:
    if end is not None and end <= start:
        raise PeriodReversed(pointer, start=start.isoformat())

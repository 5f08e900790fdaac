"""`wangge grids reassign`."""

from typing import Annotated
from uuid import UUID

import typer

from app import db, terminal
from app.incidents import reassign
from app.people import queries as people
from app.people.system import system_account
from app.permissions import Permission, permissions_of
from app.problems import Forbidden, NotFound


def reassign_(
    username: Annotated[
        str | None, typer.Option("--as", help="Whose act it is; default: the system's own account")
    ] = None,
) -> None:
    """Move open cases into the cells as they are now; each that moves gets a fact."""
    moved = terminal.run(_reassign(username))
    terminal.say(f"{moved} open cases have changed their cell.")


async def _reassign(username: str | None) -> int:
    account_id = await _account(username)
    cases = await reassign.open_cases()
    total = 0
    with terminal.bar("open cases", len(cases)) as progress:
        async for looked_at, moved in reassign.in_steps(cases, account_id):
            total += moved
            progress.advance(progress.task_ids[0], looked_at)
    return total


async def _account(username: str | None) -> UUID:
    """Whose name the facts carry: the system's own, or that of somebody who may import grids."""
    async with db.transaction() as session:
        if username is None:
            return (await system_account(session)).id
        account = await people.find_account_named(session, username)
    if account is None or not account.active:
        raise NotFound(what=("账号", "account"), value=username)
    if Permission.GRID_IMPORT not in permissions_of(account.roles):
        raise Forbidden(permission=Permission.GRID_IMPORT)
    return account.id

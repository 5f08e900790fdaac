"""`wangge accounts …`: the first administrator, and help when nobody can sign in."""

import sys
from typing import Annotated, Any, TypeVar

import typer
from pydantic import SecretStr, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db, terminal
from app.people import queries, service, signin
from app.people.credentials import Password
from app.people.models import Account
from app.people.schemas import NewAccount, NewPost
from app.permissions import Role
from app.words import wording

accounts = typer.Typer(no_args_is_help=True, help="Accounts")
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input")
]
_PASSWORD: TypeAdapter[SecretStr] = TypeAdapter(Password)
_ACCOUNT = TypeAdapter(NewAccount)
T = TypeVar("T")


@accounts.command("create")
def create(
    username: Annotated[str, typer.Argument(help="Small letters, digits and . _ -")],
    name: Annotated[str, typer.Option(help="The person's or system's name")],
    role: Annotated[list[Role], typer.Option(help="May be given several times")],
    unit: Annotated[str | None, typer.Option(help="The unit's code")] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Create an account; an administrator gets a post for the whole city."""
    given = {"username": username, "name": name, "roles": role, "password": _ask(password_stdin)}
    terminal.run(_create(given, unit))
    terminal.say(f"Account {username} created.")


@accounts.command("list")
def show() -> None:
    """List accounts: username, roles, whether they are active, name."""
    for account in terminal.run(_list()):
        state = "active" if account.active else "inactive"
        roles = ",".join(account.roles)
        terminal.say("\t".join([account.username, roles, state, account.name]), plain=True)


@accounts.command("password")
def change_password(username: str, password_stdin: FromStdin = False) -> None:
    """Set an account's password; its sign-ins end, a lock ends too."""
    terminal.run(_set_password(username, _ask(password_stdin)))
    terminal.say(f"Password of {username} set.")


@accounts.command("unlock")
def unlock(username: str) -> None:
    """End the lock that wrong passwords have brought."""
    terminal.run(_unlock(username))
    terminal.say(f"Account {username} unlocked.")


def _ask(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _valid(kind: TypeAdapter[T], value: Any) -> T:
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(str(part) for part in found['loc']) or 'password'}: {wording(found, 'en')}"
            for found in error.errors()
        ]
        terminal.fail("; ".join(wrong))


async def _create(given: dict[str, Any], unit: str | None) -> None:
    async with db.transaction() as session:
        found = await queries.find_unit_coded(session, unit) if unit else None
        if unit and found is None:
            terminal.fail(f"unit: there is no active unit with the code {unit}")
        data = _valid(_ACCOUNT, given | {"unit": found.id if found else None})
        account = await service.create_account(session, data)
        if Role.ADMINISTRATOR in data.roles:
            post = NewPost(account=account.id, duty=Role.ADMINISTRATOR)
            await service.create_post(session, post)


async def _list() -> list[Account]:
    async with db.transaction() as session:
        return list(await session.scalars(select(Account).order_by(Account.username)))


async def _set_password(username: str, given: str) -> None:
    async with db.transaction() as session:
        account = await _named(session, username)
        await signin.set_password(account, _valid(_PASSWORD, given))
        await signin.revoke_all(session, account.id)


async def _unlock(username: str) -> None:
    async with db.transaction() as session:
        account = await _named(session, username)
        account.failed_logins, account.locked_until = 0, None


async def _named(session: AsyncSession, username: str) -> Account:
    account = await queries.find_account_named(session, username)
    if account is None:
        terminal.fail(f"there is no account {username}")
    return account

"""Sign-in under real concurrency: separate connections, real commits."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest
from pydantic import SecretStr

from app import db
from app.config import settings
from app.people import passwords, service, signin
from app.people.credentials import SignIn, TokenOut
from app.people.errors import AccountLocked, InvalidRefreshToken, WrongCredentials
from app.people.schemas import NewAccount
from app.permissions import Role

PASSWORD = "correct horse battery"


def as_wang(password: str = PASSWORD) -> SignIn:
    return SignIn(username="wang.li", password=SecretStr(password))


@pytest.fixture
async def wang(pools: str) -> UUID:
    data = NewAccount(
        username="wang.li", name="王丽", roles=[Role.ACCEPTOR], password=SecretStr(PASSWORD)
    )
    async with db.transaction() as session:
        return (await service.create_account(session, data)).id


async def outcome(password: str) -> str:
    try:
        await signin.sign_in(as_wang(password))
    except (WrongCredentials, AccountLocked) as refused:
        return refused.slug
    return "in"


async def test_a_storm_of_guesses_gets_the_allowed_number_of_answers(wang: UUID) -> None:
    limit = settings().login_failures
    told = Counter(await asyncio.gather(*(outcome("wrong") for _ in range(30))))
    assert told == {"wrong-credentials": limit, "account-locked": 30 - limit}
    assert await outcome(PASSWORD) == "account-locked"


async def test_simultaneous_right_passwords_all_get_in(wang: UUID) -> None:
    assert Counter(await asyncio.gather(*(outcome(PASSWORD) for _ in range(12)))) == {"in": 12}


async def test_one_refresh_token_sent_twice_at_once_leaves_no_chain_alive(wang: UUID) -> None:
    for _ in range(5):
        token = (await signin.sign_in(as_wang())).refresh_token
        tries = (signin.refresh(SecretStr(token)) for _ in range(4))
        results = await asyncio.gather(*tries, return_exceptions=True)
        winners = [result for result in results if isinstance(result, TokenOut)]
        assert len(winners) <= 1
        assert all(isinstance(r, TokenOut | InvalidRefreshToken) for r in results), results
        for winner in winners:
            with pytest.raises(InvalidRefreshToken):
                await signin.refresh(SecretStr(winner.refresh_token))


async def test_a_new_password_leaves_no_sign_in_alive_that_was_being_refreshed(
    wang: UUID,
) -> None:
    async def new_password() -> None:
        async with db.transaction() as session:
            account = await session.get_one(service.Account, wang, with_for_update=True)
            account.password_hash = await passwords.hash_(SecretStr(PASSWORD))
            await session.flush()
            await signin.revoke_all(session, wang)

    for _ in range(5):
        token = (await signin.sign_in(as_wang())).refresh_token
        refreshed, _ = await asyncio.gather(
            signin.refresh(SecretStr(token)), new_password(), return_exceptions=True
        )
        if isinstance(refreshed, TokenOut):
            with pytest.raises(InvalidRefreshToken):
                await signin.refresh(SecretStr(refreshed.refresh_token))

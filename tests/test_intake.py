"""A report lands in exactly one cell, with its steward and its unit, exactly once."""

from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client
from tests.factories import a_cell, a_report, an_account, middle


async def test_a_report_lands_in_its_cell(client: Client, session: AsyncSession) -> None:
    await a_cell(session)
    steward = await an_account(session, "steward")
    answer = await client.as_(steward).post("/api/v1/incidents", a_report(**middle(0, 0)))
    assert answer.status_code == 201, answer.text
    assert answer.json()["cell"]["code"] == "610526001001001"


async def test_one_report_is_one_statement(
    client: Client, session: AsyncSession, statements: list[str]
) -> None:
    await a_cell(session)
    steward = await an_account(session, "steward")
    statements.clear()
    await client.as_(steward).post("/api/v1/incidents", a_report(**middle(0, 0)))
    assert len(statements) == 2, statements  # the actor (cached outside tests) and the intake

"""The same triples over HTTP: what `moves` tells is what the move then does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db import sessions
from app.incidents import rulebook
from app.incidents.models import Incident
from app.incidents.rules import Rules
from app.incidents.states import Status
from app.incidents.workflow import MOVES
from app.permissions import ROLES, Role
from tests.centre import BODIES, PATH, Centre, a_centre
from tests.clients import Client, problem
from tests.factories import an_account
from tests.life.arranging import NOW, Arranged, World, arranged, expected

UPLOADED = "add_evidence"
"""Its command is an upload (tests/media); its row in `moves` is looked at all the same."""
SENT = [name for name in MOVES if name != UPLOADED]


class Stage:
    """One case that is put into any state before each request, and back after it."""

    def __init__(self, centre: Centre, connection: AsyncConnection) -> None:
        self.centre, self.connection = centre, connection
        self.people: dict[Role, Client] = {}
        self.ids: dict[Role, UUID] = {}
        self.bodies: dict[str, dict[str, Any]] = {}
        self.world = World(UUID(int=0), UUID(int=0), UUID(int=0), UUID(int=0))

    @asynccontextmanager
    async def set(self, found: Arranged) -> AsyncIterator[None]:
        """The case as arranged, until the block ends."""
        savepoint = await self.connection.begin_nested()
        async with sessions() as session:
            here = Incident.id == self.world.incident
            await session.execute(update(Incident).where(here).values(found.columns))
            session.add_all(found.hanging)
            if found.rules != Rules():
                await rulebook.publish(session, found.rules, self.world.somebody)
            await session.commit()
        yield
        rulebook.IN_FORCE.forget()
        await savepoint.rollback()

    async def told(self, role: Role) -> dict[str, dict[str, Any]]:
        """What `moves` says, by name."""
        answer = await self.people[role].get(f"{PATH}/{self.world.incident}/moves")
        assert answer.status_code == 200, answer.text
        return {item["name"]: item for item in answer.json()["items"]}

    async def send(self, role: Role, name: str) -> httpx.Response:
        url = f"{PATH}/{self.world.incident}/{MOVES[name].command}"
        return await self.people[role].post(url, self.bodies.get(name, BODIES.get(name, {})))


@pytest.fixture
async def stage(client: Client, session: AsyncSession, connection: AsyncConnection) -> Stage:
    """Everybody sits in the unit in charge; a colleague of each handler and checker is there."""
    centre = await a_centre(client, session)
    stage = Stage(centre, connection)
    incident, main = await centre.report(), await centre.report()
    for role in Role:
        account = await an_account(session, role, username=f"the-{role}", unit=centre.unit)
        stage.people[role], stage.ids[role] = client.as_(account), account.id
    stage.world = World(centre.unit.id, centre.id("handler2"), UUID(main), UUID(incident))
    for shot in ("before", "after"):
        await centre.photo(incident, shot)
    colleague = {"handler": str(centre.id("handler"))}
    stage.bodies = {
        "merge": {"into": main},
        "assign": colleague,
        "delegate": colleague,
        "forward_task": {"assignee": str(centre.id("checker"))},
        "request_suspension": {"reason": "说明", "until": str(NOW + timedelta(days=9))},
    }
    await session.commit()
    return stage


@pytest.mark.parametrize("status", Status)
async def test_every_move_of_every_role_is_told_as_the_table_says(
    stage: Stage, status: Status
) -> None:
    for role in Role:
        found = arranged(status, "urge", stage.ids[role], role, stage.world)
        async with stage.set(found):
            for name, told in (await stage.told(role)).items():
                wanted = expected(status, name, role)
                refusal = told["problem"] and told["problem"]["type"].removeprefix("/problems/")
                if wanted in ("forbidden", "illegal-move"):
                    assert (told["allowed"], refusal) == (False, wanted), (role, name)
                else:
                    assert refusal not in ("forbidden", "illegal-move"), (role, name)
                legal = MOVES[name].steps.get(status)
                assert told["to"] == (str(legal) if legal else None)


@pytest.mark.parametrize("name", SENT)
async def test_a_move_is_made_by_whom_the_table_names_and_refused_to_others(
    stage: Stage, name: str
) -> None:
    move = MOVES[name]
    for role in Role:
        if move.permission not in ROLES[role]:
            problem(await stage.send(role, name), 403, "forbidden")
            continue
        for status in move.steps:
            await _judged(stage, status, name, role)


async def _judged(stage: Stage, status: Status, name: str, role: Role) -> None:
    """The move does what `moves` told, and that is what the table says."""
    found = arranged(status, name, stage.ids[role], role, stage.world)
    wanted = expected(status, name, role)
    async with stage.set(found):
        told = (await stage.told(role))[name]
        answer = await stage.send(role, name)
        seen = (status, name, role, answer.text)
        assert told["allowed"] is (answer.status_code == 200) is (wanted is None), seen
        if wanted is None:
            assert answer.json()["status"] == told["to"] == MOVES[name].steps[status], seen
        else:
            assert answer.json()["type"] == told["problem"]["type"] == f"/problems/{wanted}", seen


@pytest.mark.parametrize("status", Status)
async def test_a_move_that_the_state_forbids_is_refused_with_those_it_allows(
    stage: Stage, status: Status
) -> None:
    legal = sorted({move.command for move in MOVES.values() if status in move.steps})
    for name in SENT:
        move = MOVES[name]
        if status in move.steps:
            continue
        role = next(role for role in Role if move.permission in ROLES[role])
        found = arranged(status, name, stage.ids[role], role, stage.world)
        async with stage.set(found):
            answer = await stage.send(role, name)
            if move.command == "decide" or found.application:
                assert answer.status_code == 409, (status, name, answer.text)
            else:
                told = problem(answer, 409, "illegal-move")
                assert (told["state"], told["legal"]) == (status, legal)

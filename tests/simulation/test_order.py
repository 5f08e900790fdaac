"""Facts stay in the order of their times, whoever comes first: the watcher or a move."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import actor_by_id
from app.incidents import service
from app.incidents.models import Fact
from app.incidents.moves_in import Merge, Note
from tests.centre import Centre, a_centre
from tests.clients import Client

AN_HOUR = timedelta(hours=1)


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    return await a_centre(client, session)


async def facts(centre: Centre, incident: str) -> list[str]:
    chosen = select(Fact).where(Fact.incident_id == UUID(incident)).order_by(Fact.version)
    found = (await centre.session.scalars(chosen)).all()
    assert [fact.at for fact in found] == sorted(fact.at for fact in found)
    return [fact.kind for fact in found]


async def test_what_a_main_case_has_passed_is_told_before_another_joins_it(centre: Centre) -> None:
    main, other = await centre.report(), await centre.report()
    acceptor = await actor_by_id(centre.id("acceptor"))
    at = datetime.now(UTC) + AN_HOUR
    into = Merge(into=UUID(main))
    await service.act(centre.session, acceptor, UUID(other), "merge", into, at=at)
    assert await facts(centre, main) == ["report", "warn", "overdue", "absorb"]
    await service.act(centre.session, acceptor, UUID(other), "unmerge", Note(), at=at + AN_HOUR)
    assert await facts(centre, main) == ["report", "warn", "overdue", "absorb", "release"]

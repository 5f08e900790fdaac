"""The life of a case with real commits: several people at once, and who hears of the end."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from app import db
from app.incidents import announce, queues, reader, reporters
from app.incidents.models import Incident
from app.incidents.moves_in import Merge
from app.notices.models import Notice
from app.problems import AppError
from tests.centre import TO_CLOSED, Centre, a_centre
from tests.clients import Client
from tests.life.acting import FRIDAY, act, actor, reported


async def a_committed_centre() -> Centre:
    session = db.sessions()
    centre = await a_centre(Client(None), session)  # type: ignore[arg-type]
    await session.commit()
    return centre


async def outcome(*call: object) -> str:
    """The status that a move led to, or the name of its refusal."""
    try:
        return (await act(*call)).status  # type: ignore[arg-type]
    except AppError as refusal:
        return refusal.slug


async def test_every_reporter_of_a_merged_matter_hears_once_that_it_is_closed(pools: str) -> None:
    centre = await a_committed_centre()
    await reader.begin(announce.READER)
    main = await reported(centre, FRIDAY)
    first = await reported(centre, FRIDAY, "checker")
    second = await reported(centre, FRIDAY, "integration")
    await act(centre, "acceptor", second, "merge", FRIDAY, Merge(into=UUID(first)))
    await act(centre, "acceptor", first, "merge", FRIDAY, Merge(into=UUID(main)))
    await centre.photo(main, "after")
    await centre.session.commit()
    for who, name in TO_CLOSED:
        await act(centre, who, main, name, FRIDAY)
    told: list[str] = []
    async with asyncio.timeout(100):  # other tests' transactions on this server hold the log back
        while not told:
            await announce.read_on()
            async with db.transaction() as session:
                chosen = select(Notice).where(Notice.kind == "close")
                told = sorted(str(notice.account_id) for notice in await session.scalars(chosen))
            await asyncio.sleep(0.05)
    async with db.transaction() as session:
        everybody = await reporters.of_case(session, await actor(centre, "supervisor"), UUID(main))
    names = ("steward", "checker", "integration")
    assert told == sorted(str(centre.id(name)) for name in names)
    assert {str(one.account_id) for one in everybody.items} == set(told)
    await centre.session.close()


async def test_of_two_who_act_at_once_one_comes_too_late(pools: str) -> None:
    centre = await a_committed_centre()
    case = await reported(centre, FRIDAY)
    both = [outcome(centre, who, case, "accept", FRIDAY) for who in ("acceptor", "acceptor2")]
    assert sorted(await asyncio.gather(*both)) == ["accepted", "illegal-move"]
    await centre.session.close()


async def test_each_case_of_a_queue_is_handed_out_once(pools: str) -> None:
    centre = await a_committed_centre()
    cases = {UUID(await reported(centre, FRIDAY)) for _ in range(4)}

    async def next_one(who: str) -> UUID | None:
        by = await actor(centre, who)
        async with db.transaction() as session:
            return await queues.claim_next(session, by, "accept")

    given = await asyncio.gather(*(next_one(who) for who in ("acceptor", "acceptor2") * 3))
    assert {found for found in given if found} <= cases
    assert len([found for found in given if found]) == len({found for found in given if found})
    while (found := await next_one("acceptor")) is not None:
        assert found not in given
        given.append(found)
    assert {found for found in given if found} == cases
    await centre.session.close()


async def test_two_cases_merged_into_each_other_at_once_leave_one_open(pools: str) -> None:
    centre = await a_committed_centre()
    for _ in range(5):
        one, other = await reported(centre, FRIDAY), await reported(centre, FRIDAY)
        found = await asyncio.gather(
            outcome(centre, "acceptor", one, "merge", FRIDAY, Merge(into=UUID(other))),
            outcome(centre, "acceptor2", other, "merge", FRIDAY, Merge(into=UUID(one))),
        )
        assert "merged" in found, found
        async with db.transaction() as session:
            chosen = select(Incident.status).where(Incident.id.in_([UUID(one), UUID(other)]))
            assert sorted(await session.scalars(chosen)) == ["merged", "reported"]
    await centre.session.close()

"""A case moves by legal moves only, each by the right person, each leaving one fact."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Fact, Incident
from app.incidents.workflow import MOVES, Status
from app.permissions import ROLES, Role
from tests.clients import Client, problem
from tests.factories import a_cell, a_post, a_report, a_unit, an_account, middle

PATH = "/api/v1/incidents"
BODIES: dict[str, dict[str, Any]] = {
    "reject": {"reason": "不属于受理范围"},
    "return": {"reason": "不属于本单位"},
    "feed_back": {"result": "已清扫"},
    "reopen": {"reason": "复查未整改"},
    "void": {"reason": "误报"},
    "pass_check": {"passed": True},
    "fail_check": {"passed": False, "note": "仍有积尘"},
    "place": {"cell": "610526001001001"},
}
URLS = {"pass_check": "check-result", "fail_check": "check-result"}


@dataclass
class Centre:
    """A small centre: somebody for every duty, a unit that owns everything."""

    people: dict[str, Client]
    unit: str

    async def report(self) -> str:
        answer = await self.people["steward"].post(PATH, a_report())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def move(self, who: str, incident: str, name: str, **options: Any) -> Any:
        url = f"{PATH}/{incident}/{URLS.get(name, name.replace('_', '-'))}"
        body = options.pop("body", BODIES.get(name, {}))
        return await self.people[who].post(url, body, **options)

    async def walk(self, incident: str, *steps: tuple[str, str]) -> dict[str, Any]:
        for who, name in steps:
            answer = await self.move(who, incident, name)
            assert answer.status_code == 200, (name, answer.text)
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    await a_cell(session)
    unit = await a_unit(session)
    await a_post(session, unit)
    people = {
        role: client.as_(await an_account(session, role, unit=unit if role == "handler" else None))
        for role in Role
    }
    return Centre(people, str(unit.id))


TO_FILED = (("acceptor", "accept"), ("supervisor", "file"))
TO_DISPATCHED = (*TO_FILED, ("dispatcher", "dispatch"))
TO_CHECKING = (
    *TO_DISPATCHED,
    ("handler", "take"),
    ("handler", "feed_back"),
    ("acceptor", "send_to_check"),
)
TO_CLOSED = (*TO_CHECKING, ("steward", "pass_check"), ("supervisor", "close"))


async def test_a_case_walks_from_report_to_close_through_five_people(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    closed = await centre.walk(incident, *TO_CLOSED)
    assert (closed["status"], closed["version"], closed["unit"]["id"]) == ("closed", 9, centre.unit)
    assert closed["ended_at"] is not None
    facts = (await centre.people["observer"].get(f"{PATH}/{incident}/facts")).json()["items"]
    assert [fact["kind"] for fact in facts] == ["report", *(name for _, name in TO_CLOSED)]
    assert [fact["version"] for fact in facts] == list(range(1, 10))
    assert facts[-1]["status"] == "closed"
    assert [fact["actor_name"] for fact in facts[:2]] == ["姓名steward", "姓名acceptor"]


async def test_every_state_move_and_role_is_answered_as_the_table_says(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    row = await session.get_one(Incident, incident)
    for status in Status:
        for name, move in MOVES.items():
            for role in Role:
                row.status, row.unit_id = status, centre.unit  # type: ignore[assignment]
                await session.flush()
                answer = await centre.move(role, incident, name)
                expected = _expected(role, status, name)
                assert answer.status_code == expected, (role, status, name, answer.text)
                if expected == 200:
                    assert answer.json()["status"] == move.steps[status]
                await session.refresh(row)


def _expected(role: Role, status: Status, name: str) -> int:
    move = MOVES[name]
    if move.permission not in ROLES[role]:
        return 403
    return 200 if status in move.steps else 409


async def test_an_illegal_move_tells_which_are_legal(centre: Centre) -> None:
    incident = await centre.report()
    told = problem(await centre.move("supervisor", incident, "close"), 409, "illegal-move")
    assert told["state"] == "reported"
    assert told["legal"] == ["accept", "place", "reject", "void"]
    assert "accept, place, reject, void" in told["detail"]
    assert "已上报" in told["detail"]


async def test_a_stale_version_is_refused_and_nothing_moves(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, ("acceptor", "accept"))
    stale = await centre.move("supervisor", incident, "file", headers={"If-Match": '"1"'})
    assert problem(stale, 412, "stale-version")["version"] == 2
    fresh = await centre.move("supervisor", incident, "file", headers={"If-Match": '"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"3"')


async def test_a_version_that_is_none_is_refused(centre: Centre) -> None:
    incident = await centre.report()
    answer = await centre.move("acceptor", incident, "accept", headers={"If-Match": "1"})
    told = problem(answer, 422, "invalid-request")
    assert told["errors"][0]["pointer"] == "header/if-match"


async def test_only_the_unit_in_charge_handles(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    other = await a_unit(session, "OTHER")
    stranger = client.as_(
        await an_account(session, "handler", username="stranger", unit=other, place="")
    )
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    answer = await stranger.post(f"{PATH}/{incident}/take", {})
    problem(answer, 403, "not-your-unit")


async def test_the_units_parent_handles_too(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    child = await a_unit(session, "CHILD", parent=await a_unit(session, "PARENT"))
    boss = await an_account(session, "handler", username="boss", place=None)
    boss.unit_id = child.parent_id
    await session.flush()
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    await centre.move("dispatcher", incident, "dispatch", body={"unit": str(child.id)})
    answer = await client.as_(boss).post(f"{PATH}/{incident}/take", {})
    assert answer.json()["handler_id"] == str(boss.id)


async def test_a_returned_case_waits_for_dispatch_again_without_a_unit(centre: Centre) -> None:
    incident = await centre.report()
    back = await centre.walk(incident, *TO_DISPATCHED, ("handler", "return"))
    assert (back["status"], back["unit"], back["return_count"]) == ("filed", None, 1)


async def test_a_failed_check_is_rework(centre: Centre) -> None:
    incident = await centre.report()
    back = await centre.walk(incident, *TO_CHECKING, ("steward", "fail_check"))
    assert (back["status"], back["rework_count"], back["unit"]) == ("filed", 1, None)


async def test_a_reopened_case_is_open_again(centre: Centre) -> None:
    incident = await centre.report()
    again = await centre.walk(incident, *TO_CLOSED, ("supervisor", "reopen"))
    assert (again["status"], again["ended_at"]) == ("filed", None)


async def test_the_dispatcher_may_choose_another_unit_and_both_are_told(
    centre: Centre, session: AsyncSession
) -> None:
    chosen = await a_unit(session, "CHOSEN")
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    answer = await centre.move("dispatcher", incident, "dispatch", body={"unit": str(chosen.id)})
    assert answer.json()["unit"]["name"] == chosen.name
    fact = await session.scalar(
        select(Fact).where(Fact.incident_id == incident, Fact.kind == "dispatch")
    )
    assert fact is not None
    assert (fact.data["unit"], fact.data["suggested"]) == (str(chosen.id), centre.unit)


async def test_dispatch_to_nobody_known_is_refused(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    answer = await centre.move("dispatcher", incident, "dispatch", body={"unit": str(uuid4())})
    problem(answer, 422, "unknown-unit")


async def test_dispatch_without_an_owner_asks_for_a_unit(
    client: Client, session: AsyncSession
) -> None:
    people = {role: client.as_(await an_account(session, role)) for role in Role}
    centre = Centre(people, "")
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    problem(await centre.move("dispatcher", incident, "dispatch"), 422, "no-unit")


async def test_a_case_without_a_cell_is_placed_by_cell_or_by_place(
    centre: Centre, session: AsyncSession
) -> None:
    await a_cell(session, "610526001001002", column=1)
    outside = await centre.people["steward"].post(PATH, a_report(lon=108.9999, lat=34.0005))
    incident = outside.json()["id"]
    suggested = outside.json()["suggestion"]["cell"]
    placed = await centre.move("acceptor", incident, "place", body={"cell": suggested})
    assert placed.json()["cell"]["code"] == suggested
    assert (placed.json()["suggestion"], placed.json()["status"]) == (None, "reported")
    assert placed.json()["owner"]["id"] == centre.unit
    moved = await centre.move("acceptor", incident, "place", body={"place": middle(1, 0)})
    assert moved.json()["cell"]["code"] == "610526001001002"
    assert moved.json()["lon"] == middle(1, 0)["lon"]


@pytest.mark.parametrize(
    "body", [{"cell": "610526999999999"}, {"place": {"lon": 1, "lat": 1, "crs": "wgs84"}}, {}]
)
async def test_placing_nowhere_is_refused(centre: Centre, body: dict[str, Any]) -> None:
    incident = await centre.report()
    problem(await centre.move("acceptor", incident, "place", body=body), 422, "unknown-cell")


async def test_an_invisible_case_is_absent(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    incident = await centre.report()
    elsewhere = client.as_(
        await an_account(session, "acceptor", username="elsewhere", place="610526001009")
    )
    for path in (f"{PATH}/{incident}", f"{PATH}/{incident}/facts", f"{PATH}/{uuid4()}"):
        problem(await elsewhere.get(path), 404, "not-found")
    problem(await elsewhere.post(f"{PATH}/{incident}/accept", {}), 404, "not-found")


async def test_an_unchanged_case_is_not_sent_twice(centre: Centre) -> None:
    incident = await centre.report()
    same = await centre.people["observer"].get(
        f"{PATH}/{incident}", headers={"If-None-Match": '"1"'}
    )
    assert (same.status_code, same.content) == (304, b"")

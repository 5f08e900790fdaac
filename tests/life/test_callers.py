"""Who called: kept apart from the case, told to whoever may call back."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.permissions import Role, permissions_of
from tests.centre import TO_HANDLING, Centre, a_centre
from tests.clients import Client

CALLER = {"name": "王女士", "phone": "0913-8212345"}


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    return await a_centre(client, session)


async def put(centre: Centre, who: str, incident: str, **data: Any) -> Any:
    path = f"/api/v1/incidents/{incident}/caller"
    return await centre.people[who].put(path, json=data)


async def told(centre: Centre, who: str, incident: str) -> dict[str, Any]:
    answer = await centre.people[who].get(f"/api/v1/incidents/{incident}/caller")
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def test_whoever_handles_a_case_may_call_back(centre: Centre) -> None:
    incident = await centre.report()
    assert (await told(centre, "acceptor", incident))["recorded"] is False
    assert (await put(centre, "acceptor", incident, **CALLER)).status_code == 200
    await centre.walk(incident, *TO_HANDLING)
    for who in ("acceptor", "supervisor", "dispatcher", "handler"):
        assert await told(centre, who, incident) == {
            "recorded": True,
            "confidential": False,
            **CALLER,
        }
    hidden = await told(centre, "steward", incident)
    assert (hidden["recorded"], hidden["name"], hidden["phone"]) == (True, None, None)


async def test_a_confidential_caller_is_for_those_who_take_calls(centre: Centre) -> None:
    incident = await centre.report()
    await put(centre, "acceptor", incident, **CALLER, confidential=True)
    await centre.walk(incident, *TO_HANDLING)
    assert (await told(centre, "supervisor", incident))["phone"] == CALLER["phone"]
    for who in ("dispatcher", "handler", "steward"):
        found = await told(centre, who, incident)
        assert found == {"recorded": True, "confidential": True, "name": None, "phone": None}


async def test_a_caller_can_be_corrected_and_sent_again(centre: Centre) -> None:
    incident = await centre.report()
    for _ in range(2):
        await put(centre, "acceptor", incident, **CALLER)
    await put(centre, "acceptor", incident, phone="13900000000")
    found = await told(centre, "acceptor", incident)
    assert (found["name"], found["phone"]) == (None, "13900000000")


async def test_only_who_takes_calls_records_them_and_only_something(centre: Centre) -> None:
    incident = await centre.report()
    assert (await put(centre, "dispatcher", incident, **CALLER)).status_code == 403
    refused = await put(centre, "acceptor", incident)
    assert refused.status_code == 422
    refused = await put(centre, "acceptor", incident, phone="abc")
    assert refused.json()["errors"][0]["pointer"] == "/phone"


async def test_a_caller_appears_nowhere_else(centre: Centre) -> None:
    incident = await centre.report()
    await put(centre, "acceptor", incident, **CALLER)
    await centre.walk(incident, *TO_HANDLING)
    for path in (f"incidents/{incident}", f"incidents/{incident}/facts", "facts", "incidents"):
        text = (await centre.people["supervisor"].get(f"/api/v1/{path}")).text
        assert CALLER["name"] not in text
        assert CALLER["phone"] not in text


def test_residents_systems_and_desks_record_callers() -> None:
    assert {role for role in Role if "caller:manage" in permissions_of([role])} == {
        Role.ACCEPTOR,
        Role.SUPERVISOR,
        Role.INTEGRATION,
    }

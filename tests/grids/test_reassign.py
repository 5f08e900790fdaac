"""Open cases follow the cells when these are redrawn; each move is one fact."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents import reassign
from tests.clients import Client
from tests.factories import a_post, a_report, a_unit, an_account, middle
from tests.grids.drawing import collection, feature, imported, square


@pytest.fixture
async def acceptor(client: Client, session: AsyncSession) -> Client:
    """Somebody who reports, and may put cases into cells and reject them."""
    return client.as_(await an_account(session, "acceptor"))


async def reported(client: Client, column: int = 0, row: int = 0) -> dict[str, Any]:
    answer = await client.post("/api/v1/incidents", a_report(**middle(column, row)))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def moved(admin: Client) -> int:
    answer = await admin.post("/api/v1/grids/reassignments")
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["moved"]
    return count


async def test_an_open_case_moves_into_the_cell_that_holds_its_place_now(
    admin: Client, acceptor: Client, session: AsyncSession
) -> None:
    await imported(admin, collection(feature("old", square(0, 0, 2))))
    case = await reported(acceptor)
    await imported(admin, collection(feature("a", square(0, 0)), feature("b", square(1, 0))))
    steward = await an_account(session, "steward", place="a")
    unit = await a_unit(session)
    await a_post(session, unit, place="a")
    assert await moved(admin) == 1
    now = (await acceptor.get(f"/api/v1/incidents/{case['id']}")).json()
    assert (now["cell"]["code"], now["version"]) == ("a", 2)
    assert (now["steward"]["id"], now["owner"]["id"]) == (str(steward.id), str(unit.id))
    facts = (await acceptor.get(f"/api/v1/incidents/{case['id']}/facts")).json()["items"]
    assert facts[-1]["kind"] == "reassign"
    assert facts[-1]["data"] == {"cell": "a", "cell_before": "old"}
    assert facts[-1]["version"] == 2
    assert await moved(admin) == 0


async def test_a_case_from_outside_comes_into_a_new_cell(admin: Client, acceptor: Client) -> None:
    await imported(admin, collection(feature("near", square(1, 0))))
    case = await reported(acceptor)
    assert (case["cell"], case["suggestion"]["cell"]) == (None, "near")
    await imported(admin, collection(feature("a", square(0, 0))))
    assert await moved(admin) == 1
    now = (await acceptor.get(f"/api/v1/incidents/{case['id']}")).json()
    assert (now["cell"]["code"], now["suggestion"]) == ("a", None)


async def test_a_case_that_has_ended_stays_where_it_was(admin: Client, acceptor: Client) -> None:
    await imported(admin, collection(feature("old", square(0, 0))))
    case = await reported(acceptor)
    answer = await acceptor.post(f"/api/v1/incidents/{case['id']}/reject", {"reason": "重复"})
    assert answer.status_code == 200, answer.text
    await imported(admin, collection(feature("new", square(0, 0))))
    assert await moved(admin) == 0
    now = (await acceptor.get(f"/api/v1/incidents/{case['id']}")).json()
    assert now["cell"]["code"] == "old"


async def test_a_case_that_a_person_has_placed_stays_there(admin: Client, acceptor: Client) -> None:
    both = feature("a", square(0, 0)), feature("b", square(1, 0))
    await imported(admin, collection(*both))
    case = await reported(acceptor)
    answer = await acceptor.post(f"/api/v1/incidents/{case['id']}/place", {"cell": "b"})
    assert answer.status_code == 200, answer.text
    assert await moved(admin) == 0
    await imported(admin, collection(both[0], feature("b", square(1, 0, 2))))
    assert await moved(admin) == 0  # the same code: nothing that anybody would call a move
    now = (await acceptor.get(f"/api/v1/incidents/{case['id']}")).json()
    assert now["cell"]["code"] == "b"
    assert await moved(admin) == 0


async def test_many_cases_are_moved_in_steps(
    admin: Client, acceptor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassign, "AT_ONCE", 2)
    for _ in range(5):
        await reported(acceptor)
    await imported(admin, collection(feature("a", square(0, 0))))
    assert await moved(admin) == 5

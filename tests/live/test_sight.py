"""Who sees a case: what Python decides for an event is what the database would."""

import asyncio
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Text, Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from app import db
from app.auth import Actor
from app.incidents.queries import Scope, scope_of, scope_values, visible
from app.live.sight import Sight, sees
from app.permissions import Permission

Ask = Callable[[Actor, Sight], bool]
IDENTITIES = st.sampled_from([UUID(int=number) for number in range(4)])
CODES = st.sampled_from(["610526", "610526001", "610526001001", "610526001001001"])
TYPES: dict[str, Any] = {
    "area_code": Text(),
    "cell_code": Text(),
    "cell_id": Uuid(),
    "unit_id": Uuid(),
    "reporter_id": Uuid(),
    "parties": ARRAY(Uuid()),
}


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.frozensets(values, max_size=3)


ACTORS = st.builds(
    Actor,
    id=IDENTITIES,
    username=st.just("x"),
    name=st.just("x"),
    roles=st.just(()),
    permissions=some(st.sampled_from([Permission.INCIDENT_PLACE, Permission.FACT_READ])),
    units=some(IDENTITIES),
    places=some(CODES) | st.just(frozenset({""})),
    areas=some(CODES),
)
CASES = st.builds(
    Sight,
    area_code=st.none() | CODES,
    cell_code=st.none() | CODES,
    cell_id=st.none() | IDENTITIES,
    unit_id=st.none() | IDENTITIES,
    reporter_id=IDENTITIES,
    parties=st.lists(IDENTITIES, max_size=2),
)


@lru_cache
def question(scope: Scope) -> db.Compiled:
    columns = (bindparam(f"case_{name}", type_=kind).label(name) for name, kind in TYPES.items())
    case = select(*columns).subquery()
    return db.compiled(select(case).where(visible(scope, case.c)))


@pytest.fixture(scope="module")
def ask(database: str) -> Iterator[Ask]:
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(database))

        def asked(actor: Actor, case: Sight) -> bool:
            asks = question(scope_of(actor))
            told = {f"case_{name}": value for name, value in case._asdict().items()}
            values = {**scope_values(actor), **told}
            rows = connection.fetch(asks.sql, *(values[name] for name in asks.names))
            return bool(runner.run(rows))

        yield asked
        runner.run(connection.close())


@settings(max_examples=300, deadline=None)
@given(actor=ACTORS, case=CASES)
def test_memory_and_database_agree_on_who_sees_a_case(ask: Ask, actor: Actor, case: Sight) -> None:
    assert sees(actor, case) is ask(actor, case)

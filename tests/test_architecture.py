"""The rules of the house, each with its machine (docs/architecture.md)."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import auth, console, db
from app.config import ROOT

APP = ROOT / "app"
PYTHON = sorted(APP.rglob("*.py"))
PUBLIC = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs",
    "/api/v1/console",
    *console.PAGES,
    *(f"{page}/{{rest:path}}" for page in console.PAGES),
    "/api/v1/auth/token",
    "/api/v1/auth/refresh",
    "/api/v1/auth/logout",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lines(pattern: str, paths: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{_name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if found.search(line)
    ]


def test_only_the_edge_commits_or_rolls_back() -> None:
    assert not _lines(r"\.(commit|rollback)\(", PYTHON)


def test_sessions_come_in_function_scope_only() -> None:
    assert not _lines(r"\bDepends\((db\.)?_?session\b", [p for p in PYTHON if p.name != "db.py"])
    assert 'Depends(_session, scope="function")' in (APP / "db.py").read_text()


def test_postgis_words_are_spoken_in_one_place() -> None:
    others = [path for path in PYTHON if path != APP / "spatial.py" and "bench" not in path.parts]
    assert not _lines(r"\bST_[A-Z]", others)


def test_nobody_raises_http_errors() -> None:
    assert not _lines(r"raise \w*HTTPException", PYTHON)


def test_every_module_says_what_it_is_for() -> None:
    silent = [_name(path) for path in PYTHON if not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent


def test_files_and_functions_stay_readable() -> None:
    long_files = [_name(path) for path in PYTHON if path.read_text().count("\n") > 300]
    assert not long_files
    assert not list(_long_functions())


def _long_functions() -> Iterator[str]:
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if function and (node.end_lineno or 0) - node.lineno >= 40:
                yield f"{_name(path)}:{node.lineno} {node.name}"


def test_every_sql_file_is_used() -> None:
    code = "\n".join(path.read_text() for path in PYTHON)
    unused = [_name(path) for path in APP.rglob("*.sql") if path.name not in code]
    assert not unused


def _routes(app: FastAPI) -> list[APIRoute]:
    """Every route, also those inside routers that FastAPI keeps nested."""

    def walk(routes: Any) -> Iterator[APIRoute]:
        for route in routes:
            if isinstance(route, APIRoute):
                yield route
            inner = getattr(route, "original_router", None) or getattr(route, "routes", None)
            if inner is not None:
                yield from walk(getattr(inner, "routes", inner))

    return list(walk(app.routes))


def _gates(route: APIRoute) -> set[Any]:
    def calls(dependant: Any) -> Iterator[Any]:
        yield dependant.call
        for inner in dependant.dependencies:
            yield from calls(inner)

    return {
        call
        for call in calls(route.dependant)
        if hasattr(call, "permission") or call in (auth.current_actor, auth.current_person)
    }


def test_every_route_names_a_permission_or_is_known_to_be_public(app: FastAPI) -> None:
    routes = _routes(app)
    assert len(routes) > 20
    open_doors = {route.path for route in routes if not _gates(route)}
    assert open_doors <= PUBLIC


def test_every_route_is_a_coroutine(app: FastAPI) -> None:
    assert not [r.path for r in _routes(app) if not inspect.iscoroutinefunction(r.endpoint)]


def test_operations_have_unique_verb_noun_names(app: FastAPI) -> None:
    names = [route.operation_id or route.name for route in _routes(app) if route.include_in_schema]
    assert len(names) == len(set(names))
    assert all("_" in name for name in names)


@pytest.mark.parametrize(
    "table",
    [
        "incident",
        "fact",
        "cell",
        "area",
        "account",
        "unit",
        "post",
        "calendar_version",
        "calendar_day",
    ],
)
async def test_the_application_may_delete_no_history(database: str, table: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(database)
    try:
        may = await connection.fetchval(
            "SELECT has_table_privilege('wangge_app', $1, 'DELETE')"
            " OR has_table_privilege('wangge_app', $1, 'TRUNCATE')",
            table,
        )
        assert may is False
    finally:
        await connection.close()


def test_constraint_names_follow_one_convention() -> None:
    unnamed = [
        f"{table.name}: {constraint}"
        for table in db.Model.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert not unnamed

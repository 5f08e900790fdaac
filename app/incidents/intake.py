"""Reports in: one statement finds cell, steward and unit, and writes case and first fact."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import DeadlockDetectedError, Record
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.config import settings
from app.coordinates import to_storage
from app.incidents import numbers
from app.incidents.errors import KeyReused, UnknownCategory
from app.incidents.schemas import IncidentReport
from app.problems import AppError

INTAKE = "incidents/intake.sql"
REPLAY = "incidents/replay.sql"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one report: its JSON as first told, or the reason why not."""

    incident_id: UUID | None = None
    body: str = ""
    replayed: bool = False
    error: AppError | None = None


async def report(actor: Actor, data: IncidentReport, key: str | None) -> Answer:
    """Take one report; it has committed when this returns. A retry gets the first answer."""
    answer = (await report_many(actor, [(data, key)]))[0]
    if answer.error is not None:
        raise answer.error
    return answer


async def report_many(
    actor: Actor,
    reports: Sequence[tuple[IncidentReport, str | None]],
    *,
    session: AsyncSession | None = None,
    reported_at: Sequence[datetime] | None = None,
) -> list[Answer]:
    """Take up to some hundred reports in one statement, each judged alone.

    With a `session` the statement is a part of its transaction. `reported_at` is for imports.
    """
    rows = [row(n, data, key) for n, (data, key) in enumerate(reports)]
    for item, moment in zip(rows, reported_at or (), strict=False):
        item["reported_at"] = moment
    fetch = _fetcher(session)
    answers: dict[int, Answer] = {}
    once = list({item["id"]: item for item in reversed(rows)}.values())
    for found in await fetch(INTAKE, _dumps(once), actor.id, settings().suggest_cell_metres):
        answers[found["n"]] = _first(found, rows)
    missing = [item for item in rows if item["n"] not in answers]
    if missing:
        for found in await fetch(REPLAY, _dumps(missing), actor.id):
            answers[found["n"]] = _again(found)
    return [answers[item["n"]] for item in rows]


def _fetcher(session: AsyncSession | None) -> Callable[..., Any]:
    async def fetch(name: str, *args: Any) -> list[Record]:
        sql = db.statement(name)
        if session is not None:
            return await db.within(session, sql, *args)
        try:
            return await db.hot(sql, *args)
        except DeadlockDetectedError:
            return await db.hot(sql, *args)

    return fetch


def row(n: int, data: IncidentReport, key: str | None) -> dict[str, Any]:
    """One report as intake.sql takes it: converted, numbered, fingerprinted."""
    lon, lat = to_storage(data.lon, data.lat, data.crs)
    prefix, width, suffix = numbers.parts(data.category)
    return {
        "n": n,
        "id": data.id or db.new_id(),
        "key": key,
        "fingerprint": fingerprint(data),
        "number_prefix": prefix,
        "number_width": width,
        "number_suffix": suffix,
        "category": data.category,
        "description": data.description,
        "address": data.address,
        "source": data.source,
        "lon": lon,
        "lat": lat,
        "raw_lon": data.lon,
        "raw_lat": data.lat,
        "raw_crs": data.crs,
        "accuracy_metres": data.accuracy_metres,
        "captured_at": data.captured_at,
    }


def fingerprint(data: IncidentReport) -> str:
    """A short hash of what was reported: a key may be used again only for the same content."""
    content = [
        data.category, data.description, data.source, data.address, data.lon, data.lat,
        data.crs, data.accuracy_metres, data.captured_at, data.id,
    ]  # fmt: skip
    return hashlib.blake2b(orjson.dumps(content), digest_size=16).hexdigest()


def _dumps(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def _first(found: Record, rows: list[dict[str, Any]]) -> Answer:
    if found["body"] is None:
        return Answer(error=UnknownCategory(category=rows[found["n"]]["category"]))
    return Answer(rows[found["n"]]["id"], found["body"])


def _again(found: Record) -> Answer:
    if not found["same"]:
        return Answer(error=KeyReused())
    return Answer(found["id"], found["body"], replayed=True)

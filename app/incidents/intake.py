"""Reports in: one statement finds cell, steward and unit, and writes case and first fact."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import DeadlockDetectedError, Record
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.calendars import queries as calendars
from app.catalog import queries as catalog
from app.catalog import questions
from app.catalog.models import Question
from app.config import settings
from app.coordinates import to_storage
from app.incidents import numbers, rulebook
from app.incidents.errors import KeyReused, UnknownCategory
from app.incidents.rules import Rules
from app.incidents.schemas import IncidentReport
from app.incidents.states import Stage
from app.problems import AppError
from app.worktime.calendar import Calendar
from app.worktime.clock import Clock

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
    at: datetime | None = None,
) -> list[Answer]:
    """Take up to some hundred reports in one statement, each judged alone.

    With a `session` the statement is a part of its transaction. `reported_at` is for imports,
    whose past no clock counts; `at` is for simulations.
    """
    moment, imported = at or datetime.now(UTC), reported_at is not None
    clock = "{}"
    if not imported:
        clock = accept_clock(await rulebook.current(), await calendars.current(), moment)
    answers, rows = _prepared(reports, {} if imported else await catalog.asked(), moment)
    for item, past in zip(rows.values(), reported_at or (), strict=False):
        item["reported_at"] = past
    fetch = _fetcher(session)
    once = list({item["id"]: item for item in reversed(rows.values())}.values())
    near = settings().suggest_cell_metres
    for found in await fetch(INTAKE, _dumps(once), actor.id, near, moment, clock):
        answers[found["n"]] = _first(found, rows[found["n"]])
    missing = [item for n, item in rows.items() if n not in answers]
    if missing:
        for found in await fetch(REPLAY, _dumps(missing), actor.id):
            answers[found["n"]] = _again(found)
    return [answers[n] for n in range(len(reports))]


def _prepared(
    reports: Sequence[tuple[IncidentReport, str | None]],
    asked: Mapping[str, Sequence[Question]],
    at: datetime,
) -> tuple[dict[int, Answer], dict[int, dict[str, Any]]]:
    """By number: those whose answers to the class's questions do not do, and rows of the others."""
    refused: dict[int, Answer] = {}
    rows: dict[int, dict[str, Any]] = {}
    for n, (data, key) in enumerate(reports):
        try:
            told = questions.check(asked.get(data.category, ()), data.answers)
        except AppError as error:
            refused[n] = Answer(error=error)
        else:
            rows[n] = row(n, data, key, at) | {"answers": told or None}
    return refused, rows


def accept_clock(rules: Rules, calendar: Calendar, at: datetime) -> str:
    """The accept clock of all reports that come in at one moment, as intake.sql takes it."""
    limit = rules.stage_limits.of(Stage.ACCEPT)
    clock = Clock.start(limit.pace, calendar.duration(limit), at, "report")
    row = {
        "pace": limit.pace,
        "calendar_version": calendar.version,
        "limit_seconds": round(clock.limit.total_seconds()),
        "yellow_share": rules.yellow_share,
        "yellow_at": clock.at_share(calendar, rules.yellow_share),
        "due_at": clock.due(calendar),
        "history": clock.to_json(),
    }
    return orjson.dumps(row).decode()


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


def row(n: int, data: IncidentReport, key: str | None, at: datetime) -> dict[str, Any]:
    """One report as intake.sql takes it: converted, numbered, fingerprinted."""
    lon, lat = to_storage(data.lon, data.lat, data.crs)
    prefix, width, suffix = numbers.parts(data.category, at)
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
    content: list[Any] = [
        data.category, data.description, data.source, data.address, data.lon, data.lat,
        data.crs, data.accuracy_metres, data.captured_at, data.id,
    ]  # fmt: skip
    if data.answers:
        content.append(data.answers)
    return hashlib.blake2b(orjson.dumps(content), digest_size=16).hexdigest()


def _dumps(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def _first(found: Record, item: Mapping[str, Any]) -> Answer:
    if found["body"] is None:
        return Answer(error=UnknownCategory("/category", category=item["category"]))
    return Answer(item["id"], found["body"])


def _again(found: Record) -> Answer:
    if not found["same"]:
        return Answer(error=KeyReused())
    return Answer(found["id"], found["body"], replayed=True)

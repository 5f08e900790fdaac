"""One move for many cases: each is judged alone, in a transaction of its own."""

from collections.abc import Sequence
from uuid import UUID

import orjson
import structlog
from sqlalchemy.exc import DBAPIError

from app import db
from app.auth import Actor
from app.incidents import queries, service
from app.incidents.bulk_schemas import BulkItem
from app.incidents.moves_in import Command
from app.problems import AppError, Unavailable, from_database

log = structlog.get_logger("bulk")


async def act(
    actor: Actor, name: str, command: Command, items: Sequence[BulkItem], language: str
) -> bytes:
    """One result per case in the order sent, as JSON (`BulkOut`).

    Rows are locked one at a time, so that two who work on the same cases never deadlock.
    """
    results = [await _one(actor, name, command, item, language) for item in items]
    return b'{"results":[' + b",".join(results) + b"]}"


async def _one(actor: Actor, name: str, command: Command, item: BulkItem, language: str) -> bytes:
    try:
        body = await _moved(actor, name, command, item)
    except AppError as error:
        return _refused(item.id, error, language)
    except DBAPIError as error:
        return _refused(item.id, from_database(error) or Unavailable(), language)
    except Exception:
        log.exception("one of many failed", move=name, incident=str(item.id))
        return _refused(item.id, AppError(), language)
    told = f'{{"id":"{item.id}","result":"done","incident":{body},"problem":null}}'
    return told.encode()


async def _moved(actor: Actor, name: str, command: Command, item: BulkItem) -> str:
    async with db.transaction() as session:
        await service.act(session, actor, item.id, name, command, version=item.version)
        return await queries.body_within(session, item.id)


def _refused(incident_id: UUID, error: AppError, language: str) -> bytes:
    problem = error.problem(language)
    told = {"id": incident_id, "result": "refused", "incident": None, "problem": problem}
    return orjson.dumps(told, default=str)

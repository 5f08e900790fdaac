"""Many reports in one request: each is judged alone, none is lost for another's fault."""

from typing import Any

import orjson
from pydantic import ValidationError

from app.auth import Actor
from app.incidents import intake
from app.incidents.intake import Answer
from app.incidents.schemas import Batch, BatchItem, IncidentReport
from app.problems import AppError, invalid_from


async def report(actor: Actor, data: Batch, language: str) -> bytes:
    """One result per item in order (`BatchOut`), built from the JSON of the database."""
    items = [_read(item, language) for item in data.items]
    good = [item for item in items if not isinstance(item, AppError)]
    answers = iter(await intake.report_many(actor, good) if good else [])
    results = [
        Answer(error=item) if isinstance(item, AppError) else next(answers) for item in items
    ]
    return b'{"results":[' + b",".join(_result(answer, language) for answer in results) + b"]}"


def _read(item: Any, language: str) -> tuple[IncidentReport, str | None] | AppError:
    try:
        read = BatchItem.model_validate(item)
    except ValidationError as error:
        return invalid_from([{**e, "loc": ("body", *e["loc"])} for e in error.errors()], language)
    return read, read.idempotency_key


def _result(answer: Answer, language: str) -> bytes:
    if answer.error is not None:
        problem = orjson.dumps(answer.error.problem(language), default=str)
        return b'{"result":"rejected","incident":null,"problem":' + problem + b"}"
    word = b"replayed" if answer.replayed else b"created"
    return b'{"result":"' + word + b'","incident":' + answer.body.encode() + b',"problem":null}'

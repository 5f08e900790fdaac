"""What callers send and get when many cases make one move."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.incidents.schemas import IncidentOut
from app.schemas import Code, In, Out, Problem

MOST = 200


class BulkItem(In):
    """A case, perhaps with the version that the caller has seen."""

    id: UUID
    version: int | None = Field(None, ge=1, description="Refused when somebody moved it meanwhile")


class Bulk(In):
    """The same move for up to 200 cases."""

    move: Code = Field(description="The last part of its address: `command` of a case's moves")
    command: dict[str, Any] = Field({}, description="What would be sent to that address")
    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MOST)]


class BulkResult(Out):
    """What became of one case, in the order sent."""

    id: UUID
    result: Literal["done", "refused"]
    incident: IncidentOut | None
    problem: Problem | None


class BulkOut(Out):
    results: list[BulkResult]

"""What callers get of tasks, requests, co-handlers and orders."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.permissions import Role
from app.schemas import Out


class TaskOut(Out):
    """A side branch to the field: 核实 before filing, 核查 after handling."""

    id: UUID
    incident_id: UUID
    number: str
    kind: Literal["verify", "check"]
    assignee_id: UUID | None = Field(description="null: whoever of the field sees it first")
    assignee_name: str | None
    issued_by: UUID
    issued_at: datetime
    due_at: datetime | None
    crossed: bool = Field(description="Drawn for another cell's steward")
    ended_at: datetime | None
    outcome: str | None
    ended_by: UUID | None


class RequestOut(Out):
    """A request for an extension, a suspension, a void, or an appeal."""

    id: UUID
    incident_id: UUID
    number: str
    kind: Literal["extension", "suspension", "void", "appeal"]
    unit_id: UUID | None
    requested_by: UUID
    requester_name: str | None
    requested_at: datetime
    reason: str
    seconds: int | None = Field(description="More running time that an extension asks for")
    until: datetime | None = Field(description="When a suspension would end")
    level: int = Field(description="Levels that have approved")
    waits_for: Role | None = Field(description="Whose decision it waits for; null when decided")
    first_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    outcome: Literal["approved", "refused", "withdrawn", "lapsed"] | None


class PartOut(Out):
    """A unit beside the leading one: 协办 (co) or 知会 (informed)."""

    unit_id: UUID
    unit_name: str
    role: Literal["co", "informed"]
    since: datetime
    done_at: datetime | None
    done_by: UUID | None
    result: str | None


class OrderOut(Out):
    """A supervision order (督办单)."""

    id: UUID
    number: str
    level: int
    requirement: str
    issued_by: UUID
    issued_at: datetime
    due_at: datetime
    replied_at: datetime | None
    replied_by: UUID | None
    reply: str | None
    raised: bool = Field(description="Unanswered in time, and followed by one of the next level")


class HangingOut(Out):
    """All that hangs on a case."""

    tasks: list[TaskOut]
    requests: list[RequestOut]
    parts: list[PartOut]
    orders: list[OrderOut]


class TaskPage(Out):
    items: list[TaskOut]
    next: str | None


class RequestPage(Out):
    items: list[RequestOut]
    next: str | None

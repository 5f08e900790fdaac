"""What callers send and get of exports."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from app.config import settings
from app.exports.columns import ColumnName
from app.exports.models import Export, Format, State
from app.incidents.filter_schemas import IncidentShown, IncidentWhich, Sort
from app.schemas import In, Out


def _once_each(columns: list[ColumnName]) -> list[ColumnName]:
    if len(set(columns)) < len(columns):
        raise ValueError("同一列不能重复|no column comes twice")
    return columns


class ExportAsked(In):
    """A list of cases as a file: the same cases in the same order, with these columns."""

    filter: IncidentWhich = IncidentWhich()
    sort: Sort = "-reported_at"
    columns: Annotated[
        list[ColumnName], Field(min_length=1, max_length=50), AfterValidator(_once_each)
    ]
    format: Format

    def shown(self) -> IncidentShown:
        """The list whose rows are wanted."""
        return IncidentShown(**self.filter.model_dump(exclude_defaults=True), sort=self.sort)


class ExportOut(Out):
    """An export and how far it is."""

    id: UUID
    status: State
    format: Format
    which: dict[str, Any] = Field(description="Filter and order of the list")
    columns: list[ColumnName]
    rows: int = Field(description="Written so far")
    total: int | None = Field(description="Of how many when it began; null before")
    progress: float = Field(description="0 to 1")
    size_bytes: int | None
    reason: str | None = Field(description="Why it failed")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime = Field(description="When the file is removed")

    @classmethod
    def of(cls, row: Export) -> "ExportOut":
        """What is told of a row."""
        done = row.status == State.DONE
        part = min(row.rows / row.total, 1.0) if row.total else 0.0
        return cls(
            **{
                column.key: getattr(row, column.key)
                for column in Export.__table__.columns
                if column.key != "account_id"
            },
            progress=1.0 if done else part,
            expires_at=row.created_at + timedelta(days=settings().export_days),
        )


class ExportList(Out):
    items: list[ExportOut]

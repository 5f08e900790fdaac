"""What callers of the map's routes send and get."""

from uuid import UUID

from pydantic import Field, model_validator

from app.filters import Bbox
from app.grids.schemas import AreaLevel
from app.incidents.states import Source, Status
from app.schemas import Code, In, Moment, Out
from app.worktime.clock import Light


class CaseFilter(In):
    """Which cases a map shows; several values of one name are alternatives."""

    status: list[Status] = Field(default_factory=list)
    category: Code | None = Field(None, description="Beginning of a class code: C, C01, C0101")
    source: list[Source] = Field(default_factory=list)
    area: Code | None = Field(None, description="Beginning of an area or cell code")
    light: Light | None = Field(None, description="Of the clock that runs")
    reported_from: Moment | None = None
    reported_to: Moment | None = None
    ended: bool = Field(False, description="Ended cases too; needs `reported_from`")

    @model_validator(mode="after")
    def _ended_since(self) -> "CaseFilter":
        if self.ended and self.reported_from is None:
            raise ValueError("已结束的案件须给出 reported_from|ended cases need reported_from")
        return self


class CountFilter(In):
    """Of which level and cases; `from` and `to` bound what counts as reported."""

    level: AreaLevel = AreaLevel.COMMUNITY
    since: Moment | None = Field(None, alias="from", description="Default: midnight in the city")
    until: Moment | None = Field(None, alias="to")
    status: list[Status] = Field(default_factory=list)
    category: Code | None = Field(None, description="Beginning of a class code: C, C01, C0101")
    source: list[Source] = Field(default_factory=list)


class AreaCount(Out):
    """Cases of an area: open now, of these past due, and reported in the period."""

    code: str
    name: str
    open: int
    overdue: int
    reported: int


class AreaCountList(Out):
    items: list[AreaCount]


class StewardFilter(In):
    """Which part of the map."""

    bbox: Bbox | None = None


class StewardOut(Out):
    """Somebody on duty at a post; `lon` and `lat` are the middle of the cell or area."""

    account_id: UUID
    name: str
    role: str
    place_code: str
    place_name: str
    lon: float
    lat: float
    cells: int


class StewardList(Out):
    items: list[StewardOut]

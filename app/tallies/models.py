"""Tables of the roll-ups: numbers per day and per hour, kept from the fact log."""

from datetime import date
from typing import Annotated

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, one_of
from app.tallies.counters import DIMENSIONS, SPANS

Count = Annotated[int, mapped_column(server_default=text("0"))]


class Tally(Model):
    """Cases of an area in a day, week or month of the city's calendar, told apart by one thing.

    `area_code` is "" for the whole city, else that of an area at any level: a case counts in all
    areas that hold it. `day` is the first of the span. What is counted is told in `counters.py`.
    """

    __tablename__ = "tally"
    __table_args__ = (
        PrimaryKeyConstraint("area_code", "dimension", "span", "day", "value"),
        CheckConstraint(one_of("dimension", DIMENSIONS), name="dimension"),
        CheckConstraint(one_of("span", SPANS), name="span"),
    )

    area_code: Mapped[str]
    dimension: Mapped[str]
    span: Mapped[str]
    day: Mapped[date]
    value: Mapped[str]
    reported: Mapped[Count]
    closed: Mapped[Count]
    closed_late: Mapped[Count]
    first_time: Mapped[Count]
    overdue: Mapped[Count]
    accepted: Mapped[Count]
    rejected: Mapped[Count]
    filed: Mapped[Count]
    dispatched: Mapped[Count]
    handled: Mapped[Count]
    self_handled: Mapped[Count]
    returned: Mapped[Count]
    reworked: Mapped[Count]
    checks_passed: Mapped[Count]
    checks_failed: Mapped[Count]
    voided: Mapped[Count]
    merged: Mapped[Count]
    reopened: Mapped[Count]


class TallyHour(Model):
    """Cases of an area by the hour of the city's clock."""

    __tablename__ = "tally_hour"
    __table_args__ = (PrimaryKeyConstraint("area_code", "day", "hour"),)

    area_code: Mapped[str]
    day: Mapped[date]
    hour: Mapped[int] = mapped_column(SmallInteger)
    reported: Mapped[Count]
    closed: Mapped[Count]

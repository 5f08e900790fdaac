"""The screen's panels from rows: every number with the list of its cases. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.incidents.states import SOURCES, Source
from app.tallies import links, ranking
from app.tallies.links import Span
from app.tallies.periods import Period
from app.tallies.queries import Panels
from app.tallies.ranking import Unit
from app.tallies.schemas import DayFigures, Link

Shown = dict[str, Any]
TREND = 30
NOTHING: Mapping[str, int] = {}
SHOWN_UNITS = 50


@dataclass(frozen=True, slots=True)
class Board:
    """What all numbers of one screen share. `only` narrows every list to the screen's area."""

    panels: Panels
    zone: ZoneInfo
    today: date
    period: Period
    only: Link

    @property
    def span(self) -> Span:
        """From the beginning to the end of the period."""
        return Span.of_days(self.period.first, self.period.last, self.zone)

    def figure(self, counter: str, count: int, span: Span, **more: Any) -> Shown:
        """A number with its list."""
        link = links.of(counter, span)
        return {"count": count, "link": None if link is None else {**self.only, **more, **link}}

    def days_by_date(self) -> dict[date, Mapping[str, int]]:
        """The counters of the last thirty days; a day without cases has none."""
        return {date.fromisoformat(row["key"]): row for row in self.panels.get("day", ())}

    def day(self, day: date) -> Shown:
        """All counters of a day."""
        counts = self.days_by_date().get(day, NOTHING)
        span = Span.of_days(day, day, self.zone)
        names = DayFigures.model_fields
        return {name: self.figure(name, counts.get(name, 0), span) for name in names}

    def trend(self) -> list[Shown]:
        """Thirty days, the last is today."""
        counts, found = self.days_by_date(), []
        for back in reversed(range(TREND)):
            day = self.today - timedelta(days=back)
            span, row = Span.of_days(day, day, self.zone), counts.get(day, NOTHING)
            numbers = {
                name: self.figure(name, row.get(name, 0), span)
                for name in ("reported", "filed", "closed", "overdue")
            }
            found.append({"date": day, **numbers})
        return found

    def hours(self) -> list[Shown]:
        """Twenty-four hours of today."""
        rows = {int(row["key"]): row for row in self.panels.get("hour", ())}
        return [
            {
                "hour": hour,
                **{
                    name: self.figure(
                        name,
                        rows.get(hour, NOTHING).get(name, 0),
                        Span.of_hour(self.today, hour, self.zone),
                    )
                    for name in ("reported", "closed")
                },
            }
            for hour in range(24)
        ]

    def rates(self, days: int) -> Shown:
        """The shares of the last days, today included."""
        first = self.today - timedelta(days=days - 1)
        span = Span.of_days(first, self.today, self.zone)
        sums: dict[str, int] = {}
        for day, row in self.days_by_date().items():
            for name in ("handled", "dispatched", "closed", "filed", "closed_late", "first_time"):
                sums[name] = sums.get(name, 0) + (row[name] if day >= first else 0)
        sums["closed_in_time"] = sums.get("closed", 0) - sums.get("closed_late", 0)
        return {
            name: self._share(sums, span, *parts)
            for name, parts in (
                ("handling", ("handled", "dispatched")),
                ("closing", ("closed", "filed")),
                ("in_time", ("closed_in_time", "closed")),
                ("first_time", ("first_time", "closed")),
            )
        }

    def _share(self, sums: Mapping[str, int], span: Span, part: str, whole: str) -> Shown:
        some, all_ = sums.get(part, 0), sums.get(whole, 0)
        return {
            "numerator": self.figure(part, some, span),
            "denominator": self.figure(whole, all_, span),
            "value": round(some / all_, 4) if all_ else None,
        }

    def sources(self) -> list[Shown]:
        """Where the period's reports came from, most first."""
        rows = sorted(self.panels.get("source", ()), key=lambda row: -row["reported"])
        return [
            {
                "source": row["key"],
                "label": SOURCES[Source(row["key"])],
                **self.figure("reported", row["reported"], self.span, source=[row["key"]]),
            }
            for row in rows
            if row["reported"]
        ]

    def most(self, panel: str, filter_: str) -> list[Shown]:
        """The classes or areas with the most reports of the period."""
        return [
            {
                "code": row["key"],
                "name": row["name"],
                **self.figure("reported", row["reported"], self.span, **{filter_: row["key"]}),
            }
            for row in self.panels.get(panel, ())
            if row["reported"]
        ]

    def units(self, at_least: int) -> list[Shown]:
        """The units by rank, those without one behind them by their dispatches."""
        now = [Unit.of(row) for row in self.panels.get("unit", ())]
        rank = ranking.ranks(now, at_least)
        before = ranking.ranks(
            (Unit.of(row) for row in self.panels.get("unit_before", ())), at_least
        )
        now.sort(key=lambda unit: (rank.get(unit.id, len(now) + 1), -unit.dispatched, unit.name))
        return [self._unit(unit, rank, before) for unit in now[:SHOWN_UNITS]]

    def _unit(self, unit: Unit, rank: Mapping[str, int], before: Mapping[str, int]) -> Shown:
        known = unit.id in rank and unit.id in before
        return {
            "id": unit.id,
            "name": unit.name,
            **{
                name: {
                    "count": getattr(unit, name),
                    "link": {**self.only, **links.of_unit(name, self.span, unit.id)},
                }
                for name in ("dispatched", "handled", "closed", "overdue")
            },
            "in_time_rate": unit.in_time_rate,
            "rank": rank.get(unit.id),
            "change": before[unit.id] - rank[unit.id] if known else None,
        }

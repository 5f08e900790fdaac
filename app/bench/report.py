"""The table of docs/performance.md, ratios first, for people and as JSON."""

import os
import platform
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import asyncpg
from rich import box
from rich.console import Console
from rich.table import Table

from app.bench.city import City
from app.bench.rounds import Measured, Run
from app.main import VERSION

MEMORY_AT_MOST, MEMORY_STRETCH = 250, 180
GROWTH_AT_MOST = 1.3


@dataclass(slots=True)
class Report:
    """All that a run found."""

    city: City
    run: Run
    limits: list[float]
    paths: list[Measured]
    peak_mb: float | None
    versions: dict[str, str]
    growth: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """The one-statement limit, the median round."""
        return median(self.limits)


async def versions(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    """Of what was measured, and on what."""
    server = await connection.fetchval("SHOW server_version")
    postgis = await connection.fetchval(
        "SELECT extversion FROM pg_extension WHERE extname='postgis'"
    )
    commit = await connection.fetchval("SHOW synchronous_commit")
    return {
        "wangge": VERSION,
        "python": platform.python_version(),
        "postgresql": server,
        "postgis": postgis,
        "synchronous_commit": commit,
        "cores": str(os.cpu_count()),
    }


def verdict(one: Measured) -> str:
    """Whether the aim is met."""
    path = one.path
    if path.at_least is None or path.stretch is None:
        return ""
    if one.ratio >= path.stretch:
        return "stretch"
    return "met" if one.ratio >= path.at_least else "missed"


def as_json(report: Report) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "cells": report.city.cells,
        "incidents": report.city.incidents,
        "connections": report.run.connections,
        "rounds": report.run.rounds,
        "seconds": report.run.seconds,
        "versions": report.versions,
        "limit_per_second": round(report.limit, 1),
        "limit_rounds": [round(found, 1) for found in report.limits],
        "paths": [_path(one) for one in report.paths],
        "peak_mb": report.peak_mb and round(report.peak_mb, 1),
        "growth": report.growth and round(report.growth, 3),
        "notes": report.notes,
    }


def _path(one: Measured) -> dict[str, Any]:
    return {
        "name": one.path.name,
        "against": one.path.against,
        "ratio": round(one.ratio, 4),
        "ratio_rounds": [round(found, 4) for found in one.ratios],
        "at_least": one.path.at_least,
        "stretch": one.path.stretch,
        "verdict": verdict(one),
        "requests_per_second": round(one.per_second, 1),
        "items_per_second": round(one.per_second * one.path.items, 1),
        "p50_ms": round(one.milliseconds(0.50), 2),
        "p95_ms": round(one.milliseconds(0.95), 2),
        "p99_ms": round(one.milliseconds(0.99), 2),
        "statements": one.statements,
        "round_trips": one.round_trips,
    }


_COLOURS = {"stretch": "bold green", "met": "green", "missed": "bold red"}


def _table(report: Report) -> Table:
    """Narrow enough for 80 columns; the base of each group stands above it."""
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    table.add_column("path", no_wrap=True)
    for name in ("ratio", "aim", "verdict", "items/s", "p50 ms", "p95 ms", "SQL"):
        table.add_column(name, justify="right", no_wrap=True)
    for against in ("limit", "noop"):
        if against == "limit":
            table.add_row("one statement, pgbench", "1.000", "", "", f"{report.limit:,.0f}")
        for one in report.paths:
            if one.path.against == against:
                table.add_row(*_row(one))
        table.add_section()
    return table


def _row(one: Measured) -> list[str]:
    found = verdict(one)
    return [
        one.path.label,
        f"{one.ratio:.3f}",
        f"≥ {one.path.at_least:.2f}" if one.path.at_least else "",
        f"[{_COLOURS[found]}]{found}[/]" if found else "",
        f"{one.per_second * one.path.items:,.0f}",
        *(f"{one.milliseconds(share):.1f}" for share in (0.50, 0.95)),
        "" if one.statements is None else f"{one.statements:g}",
    ]


def show(report: Report, console: Console) -> None:
    """Print the table and what lies around it."""
    run, city = report.run, report.city
    console.print(_table(report))
    console.print(
        f"{city.cells:,} cells, {city.incidents:,} incidents; {run.connections} connections, "
        f"medians of {run.rounds} alternating rounds of {run.seconds} s.",
        ", ".join(f"{name} {found}" for name, found in report.versions.items()) + ".",
        "SQL: statements a request, counted on the wire, once prepared and the actor known.",
        sep="\n",
        highlight=False,
    )
    if report.peak_mb is not None:
        console.print(
            f"Peak memory of the web process: {report.peak_mb:.0f} MB "
            f"(aim ≤ {MEMORY_AT_MOST}, stretch ≤ {MEMORY_STRETCH}).",
            highlight=False,
        )
    if report.growth is not None:
        console.print(
            f"Growth: 10 × the cells and incidents cost intake {report.growth:.2f} × "
            f"(aim ≤ {GROWTH_AT_MOST}).",
            highlight=False,
        )
    for note in report.notes:
        console.print(note, highlight=False)

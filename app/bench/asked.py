"""What the bench asks of the application: the paths, their aims, their ready requests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
import orjson

from app.auth import issue_access_token
from app.bench.city import City
from app.bench.load import Make
from app.main import create_app

API = "/api/v1"
BATCH = 100
VARIETY = 2000
KEY = "KEY-GOES-HERE-KEY-GOES-HERE-KEY-"


@dataclass(frozen=True, slots=True)
class Path:
    """One way of asking. `at_least` and `stretch` are shares of the limit or of the no-op route."""

    name: str
    label: str
    make: Make
    against: Literal["limit", "noop"] = "noop"
    at_least: float | None = None
    stretch: float | None = None
    items: int = 1


@dataclass(frozen=True, slots=True)
class Material:
    """What requests are made of: drawn once from the scratch database."""

    city: City
    classes: list[str]
    ids: list[UUID]
    subdistricts: list[str]
    clerk: UUID
    steward: UUID

    def points(self) -> Iterator[tuple[float, float]]:
        """Places within the cells, spread evenly without repeating."""
        west, south, width, height = self.city.inside
        for n in range(1, VARIETY + 1):
            yield west + width * (n * 0.6180339887 % 1), south + height * (n * 0.7548776662 % 1)


async def material(connection: "asyncpg.Connection[asyncpg.Record]", city: City) -> Material:
    """Draw it."""
    classes = await connection.fetch(
        "SELECT code FROM category WHERE active AND code NOT IN "
        "(SELECT category_code FROM question WHERE required) ORDER BY md5(code)"
    )
    ids = await connection.fetch(
        "SELECT id FROM incident WHERE abs(hashtext(id::text)) % $1 = 0 ORDER BY random() LIMIT $2",
        max(1, city.incidents // VARIETY),
        VARIETY,
    )
    below = await connection.fetch("SELECT code FROM area WHERE level = 'subdistrict'")
    people = await connection.fetch(
        "SELECT id FROM account WHERE username IN ('bench-city', 'bench-few') ORDER BY username"
    )
    return Material(
        city,
        [row["code"] for row in classes],
        [row["id"] for row in ids],
        [row["code"] for row in below],
        people[0]["id"],
        people[1]["id"],
    )


def paths(m: Material) -> list[Path]:
    """All paths that this version of the application serves."""
    clerk, _ = issue_access_token(m.clerk)
    steward, _ = issue_access_token(m.steward)
    areas = (f"{API}/incidents?area={code}&status=handling" for code in m.subdistricts)
    cases = (f"{API}/incidents/{found}" for found in m.ids)
    cells = (f"{API}/cells/at?lon={lon:.7f}&lat={lat:.7f}&crs=wgs84" for lon, lat in m.points())
    found = [
        Path("noop", "no-op route", _get(["/healthz"])),
        Path("intake", "POST /incidents", _single(m, clerk), "limit", 0.30, 0.45),
        Path("batch", f"POST /incidents/batch × {BATCH}", _batch(m, clerk), "limit", 3.0, 4.0,
             items=BATCH),
        Path("list", "GET /incidents, page of 50", _get([f"{API}/incidents"], clerk),
             "noop", 0.12, 0.18),
        Path("list_area", "  of an area and a status", _get(areas, clerk)),
        Path("list_steward", "  to a steward of 3 cells", _get([f"{API}/incidents"], steward)),
        Path("detail", "GET /incidents/{id}", _get(cases, clerk), "noop", 0.30, 0.40),
    ]  # fmt: skip
    if f"{API}/cells/at" in create_app().openapi()["paths"]:
        found.append(Path("cells_at", "GET /cells/at", _get(cells, clerk)))
    return found


def _get(addresses: Iterable[str], token: str | None = None) -> Make:
    who = f"Authorization: Bearer {token}\r\n" if token else ""
    requests = [f"GET {a} HTTP/1.1\r\nHost: bench\r\n{who}\r\n".encode() for a in addresses]
    return cycle(requests).__next__


def _report(m: Material, n: int, lon: float, lat: float) -> dict[str, object]:
    """As a phone sends it; the number at the end of the text makes each one different."""
    return {
        "category": m.classes[n % len(m.classes)],
        "description": f"北门桥路{n}号门前路面破损，影响通行{KEY[:8]}",
        "address": f"北门桥路{n}号",
        "source": "steward",
        "lon": lon,
        "lat": lat,
        "crs": "wgs84",
        "accuracy_metres": 5.0,
        "captured_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
    }


def _post(path: str, token: str, body_bytes: int, more: str = "") -> str:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {body_bytes}\r\n{more}\r\n"
    )


def _single(m: Material, token: str) -> Make:
    """Templates with two holes: the key (32 letters) and a serial number (8 digits)."""
    templates = []
    for n, (lon, lat) in enumerate(m.points()):
        body = orjson.dumps(_report(m, n, lon, lat))
        head = _post(f"{API}/incidents", token, len(body), "Idempotency-Key: %s\r\n")
        templates.append(head.encode() + body.replace(KEY[:8].encode(), b"%08d"))
    numbers, template = count(), cycle(templates).__next__
    return lambda: template() % (uuid4().hex.encode(), next(numbers) % 10**8)


def _batch(m: Material, token: str) -> Make:
    items = []
    for n, (lon, lat) in enumerate(m.points()):
        body = orjson.dumps({**_report(m, n, lon, lat), "idempotency_key": KEY})
        items.append(body.replace(KEY.encode(), b"%s").replace(KEY[:8].encode(), b"%08d"))
    numbers, item = count(), cycle(items).__next__

    def make() -> bytes:
        chosen = [item() % (next(numbers) % 10**8, uuid4().hex.encode()) for _ in range(BATCH)]
        body = b'{"items":[' + b",".join(chosen) + b"]}"
        return _post(f"{API}/incidents/batch", token, len(body)).encode() + body

    return make

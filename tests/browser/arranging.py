"""What a test or a picture needs, made over the API: cases on their way, an import, a key."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from app.demo.city import CELLS
from tests.browser.running import Caller

Calls = Callable[[str], Caller]
AGAIN_SECONDS = 0.5
ASIDE = 0.0004
"""Degrees by which one cell is moved: into its neighbour on one side, away on the other."""
PLACE = {"lon": 109.5783, "lat": 34.9660, "crs": "wgs84"}


def reported(calls: Calls, description: str, category: str = "E0112") -> dict[str, Any]:
    body = {"category": category, "description": description, **PLACE}
    key = {"Idempotency-Key": str(uuid4())}
    case: dict[str, Any] = calls("steward1").post("/incidents", json=body, headers=key)
    return case


def move(calls: Calls, who: str, case: dict[str, Any], command: str, **body: Any) -> dict[str, Any]:
    moved: dict[str, Any] = calls(who).post(f"/incidents/{case['id']}/{command}", json=body)
    return moved


def filed(calls: Calls, description: str) -> dict[str, Any]:
    """A case that waits for its dispatch."""
    case = reported(calls, description)
    move(calls, "acceptor1", case, "accept")
    return move(calls, "supervisor1", case, "file")


def a_bad_file() -> bytes:
    """The city's cells, one of them moved and another one with a code that is taken."""
    collection = json.loads(CELLS.read_bytes())
    first, moved, doubled = (collection["features"][n] for n in (0, 20, 21))
    (ring,) = moved["geometry"]["coordinates"]
    for point in ring:
        point[0] += ASIDE
    doubled["properties"]["code"] = first["properties"]["code"]
    return json.dumps(collection).encode()


def things_to_show(calls: Calls) -> Mapping[str, str]:
    """By name, the ids of what some pages show."""
    cases = {state: _case(calls("dispatcher1"), state) for state in ("handled", "filed")}
    _key(calls("admin1"))
    return {**cases, "import": _import(calls("admin1"))}


def _case(caller: Caller, state: str) -> str:
    """The case in a state that has moved most, with its smaller pictures made.

    None that came back: it waits for another person than the one who looks.
    """
    items = caller.get("/incidents", status=state, source="steward")["items"]
    straight = [case for case in items if not case["return_count"]]
    found: str = max(straight, key=lambda case: case["version"])["id"]
    while any(m["state"] == "pending" for m in caller.get(f"/incidents/{found}/media")["items"]):
        time.sleep(AGAIN_SECONDS)
    return found


def _import(caller: Caller) -> str:
    """A check of the bad file that is over."""
    files = {"file": ("cells_2026.geojson", a_bad_file())}
    sent = caller.post("/grids/imports", files=files, data={"level": "cell", "dry_run": "true"})
    while caller.get(f"/grids/imports/{sent['id']}")["status"] in {"queued", "running"}:
        time.sleep(AGAIN_SECONDS)
    found: str = sent["id"]
    return found


def _key(caller: Caller) -> None:
    """A key of the hotline's system."""
    person = {"username": f"hotline-{uuid4().hex[:6]}", "name": "12345 热线平台"}
    account = caller.post("/accounts", json={**person, "roles": ["integration"]})
    until = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    scopes = ["incident:read", "incident:report"]
    key = {"name": "热线工单接入", "account": account["id"], "scopes": scopes, "expires_at": until}
    caller.post("/api-keys", json=key)

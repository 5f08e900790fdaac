"""Whether the process lives, whether it can serve, and its metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from app import db
from app.jobs import AT_WORK
from app.problems import Unavailable, raises

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def check_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


WORKERS = Gauge("wangge_workers", "Worker processes that are connected to the database")
_WORKERS = """
SELECT count(*)::int AS n
FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = $1 AND l.granted
"""


@router.get("/readyz", responses=raises(Unavailable))
async def check_readiness() -> dict[str, str | int]:
    """The database answers and has its tables; without a worker clocks run and nobody is told."""
    try:
        await db.hot("SELECT 1 FROM fact LIMIT 1")
        return {"status": "ready", "workers": await count_workers()}
    except Exception as error:
        raise Unavailable from error


@router.get("/metrics", response_class=Response)
async def show_metrics() -> Response:
    """Prometheus text format."""
    WORKERS.set(await count_workers())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def count_workers() -> int:
    """How many worker processes live, by the lock that each of them shares."""
    (row,) = await db.hot(_WORKERS, AT_WORK)
    return int(row["n"])

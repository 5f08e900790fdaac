"""Whether the process lives, whether it can serve, and its metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from app import db
from app.problems import Unavailable, raises

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def check_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


WORKERS = Gauge("wangge_workers", "Worker processes that are connected to the database")
_WORKERS = """
SELECT count(DISTINCT client_port)::int AS n FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'wangge worker'
"""


@router.get("/readyz", responses=raises(Unavailable))
async def check_readiness() -> dict[str, str | int]:
    """The database answers and has its tables; without a worker clocks run and nobody is told."""
    try:
        await db.hot("SELECT 1 FROM fact LIMIT 1")
        return {"status": "ready", "workers": await _workers()}
    except Exception as error:
        raise Unavailable from error


@router.get("/metrics", response_class=Response)
async def show_metrics() -> Response:
    """Prometheus text format."""
    WORKERS.set(await _workers())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _workers() -> int:
    (row,) = await db.hot(_WORKERS)
    return int(row["n"])

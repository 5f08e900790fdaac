"""Whether the process lives, whether it can serve, and its metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app import db
from app.problems import Unavailable, raises

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def check_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses=raises(Unavailable))
async def check_readiness() -> dict[str, str]:
    """The database answers and has its tables."""
    try:
        await db.hot("SELECT 1 FROM fact LIMIT 1")
    except Exception as error:
        raise Unavailable from error
    return {"status": "ready"}


@router.get("/metrics", response_class=Response)
async def show_metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

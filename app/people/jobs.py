"""Background work of people."""

from app import db
from app.config import settings
from app.jobs import periodic

BATCH = 10_000
_SWEEP = """
DELETE FROM refresh_token WHERE ctid IN (
  SELECT ctid FROM refresh_token WHERE expires_at < now() - make_interval(days => $1) LIMIT $2
) RETURNING 1
"""


@periodic("people.sweep_tokens", "41 3 * * *")
async def sweep_tokens() -> None:
    """Forget refresh tokens that expired one more life ago: a revoked one speaks for its chain."""
    swept = BATCH
    while swept == BATCH:
        swept = len(await db.hot(_SWEEP, settings().refresh_token_days, BATCH))

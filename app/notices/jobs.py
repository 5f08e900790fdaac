"""Background work of notices: send, wake what waited, forget what was read long ago."""

from datetime import UTC, datetime

from app import db
from app.config import settings
from app.jobs import enqueue, job, periodic
from app.notices import delivery
from app.notices.service import DELIVER

BATCH = 10_000
_SWEEP = """
DELETE FROM notice WHERE id IN (
  SELECT id FROM notice WHERE read_at < now() - make_interval(days => $1) LIMIT $2
) RETURNING 1
"""


@job(DELIVER)
async def deliver() -> None:
    """Send whatever is due. A backlog of more than a minute gets one more of these per minute."""
    while await delivery.send_batch():
        pass


@periodic("notices.wake", "* * * * *")
async def wake() -> None:
    """End quiet hours, and see to tries whose time has come."""
    async with db.transaction() as session:
        if await delivery.release(session, datetime.now(UTC)):
            await enqueue(session, DELIVER)


@periodic("notices.sweep", "53 3 * * *")
async def sweep() -> None:
    """Forget notices that were read long ago; unread ones stay."""
    swept = BATCH
    while swept == BATCH:
        swept = len(await db.hot(_SWEEP, settings().notice_days, BATCH))

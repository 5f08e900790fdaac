"""HTTP of the inbox: everybody's own, nobody else's."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.auth import Actor, current_actor, current_person
from app.db import Session
from app.notices import queries, service
from app.notices.errors import NoChannel, SecretMissing, TestTooSoon
from app.notices.schemas import (
    NoticeCount,
    NoticeFilter,
    NoticePage,
    Preferences,
    PreferencesOut,
    Reading,
    ReadOut,
    TestOut,
)
from app.problems import Forbidden, raises

router = APIRouter(prefix="/api/v1/me", tags=["notices"])
Anybody = Annotated[Actor, Depends(current_actor)]
Person = Annotated[Actor, Depends(current_person)]


@router.get("/notices")
async def list_notices(
    session: Session, actor: Anybody, filters: Annotated[NoticeFilter, Query()]
) -> NoticePage:
    """One's inbox, newest first."""
    return await queries.list_notices(session, actor, filters)


@router.get("/notices/count")
async def count_notices(session: Session, actor: Anybody) -> NoticeCount:
    """The number beside the bell."""
    return NoticeCount(unread=await queries.count_unread(session, actor))


@router.post("/notices/read")
async def mark_notices_read(session: Session, actor: Anybody, data: Reading) -> ReadOut:
    """Mark notices as read; ids that are not one's own, or read already, change nothing."""
    marked = await service.mark_read(session, actor, data, at=datetime.now(UTC))
    return ReadOut(read=marked)


@router.get("/notice-preferences", responses=raises(Forbidden))
async def get_notice_preferences(session: Session, actor: Person) -> PreferencesOut:
    """How one hears of notices outside the inbox."""
    return await queries.get_preferences(session, actor)


@router.put("/notice-preferences", responses=raises(Forbidden, SecretMissing))
async def set_notice_preferences(
    session: Session, actor: Person, data: Preferences
) -> PreferencesOut:
    """Replace one's choices."""
    await service.set_preferences(session, actor, data, at=datetime.now(UTC))
    return await queries.get_preferences(session, actor)


@router.post(
    "/notice-preferences/test",
    status_code=202,
    responses=raises(Forbidden, NoChannel, TestTooSoon),
)
async def test_notice_channels(session: Session, actor: Person) -> TestOut:
    """Send a message to one's own channels; GET /me/notices tells what became of it."""
    notice, channels = await service.send_test(session, actor, at=datetime.now(UTC))
    return TestOut(notice=notice, channels=channels)

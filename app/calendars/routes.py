"""HTTP of the calendar."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response, UploadFile

from app.auth import Actor, may
from app.calendars import files, listing, queries, service
from app.calendars.errors import OutOfReach, TooLittleWork, UnreadableDays
from app.calendars.schemas import (
    CalendarIn,
    CalendarOut,
    Date,
    DayIn,
    DayList,
    DayOut,
    DayRange,
    DaysChanged,
    DeadlineOut,
    DeadlineQuery,
    Version,
    VersionPage,
)
from app.db import Session
from app.pages import After, Limit
from app.permissions import Permission
from app.problems import NotFound, StaleVersion, TooLarge, raises
from app.replies import IfMatch, Language

router = APIRouter(prefix="/api/v1/calendar", tags=["calendar"])
Reader = Annotated[Actor, may(Permission.CATALOG_READ)]
Editor = Annotated[Actor, may(Permission.CALENDAR_EDIT)]


@router.get("", responses=raises(NotFound))
async def get_calendar(
    session: Session,
    actor: Reader,
    language: Language,
    response: Response,
    version: Annotated[Version, Query()] = None,
) -> CalendarOut:
    """The usual week, seasons and rules, and for which years public holidays are known."""
    found = await listing.get_calendar(session, version, language)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.put("", responses=raises(StaleVersion, TooLittleWork))
async def replace_calendar(
    data: CalendarIn,
    session: Session,
    actor: Editor,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> CalendarOut:
    """Set week, seasons and rules as a whole; open deadlines are then counted anew."""
    await service.replace(session, actor, data, expected=if_match)
    return await get_calendar(session, actor, language, response)


@router.get("/versions", response_model=VersionPage)
async def list_calendar_versions(
    session: Session, actor: Reader, after: After = None, limit: Limit = 50
) -> Any:
    """Every change so far: when and by whom, newest first."""
    items, following = await queries.list_versions(session, after, limit)
    return {"items": items, "next": following}


@router.get("/days", responses=raises(NotFound))
async def list_calendar_days(
    session: Session,
    actor: Reader,
    language: Language,
    wanted: Annotated[DayRange, Query()],
) -> DayList:
    """Each day from one to another: whether people work, when, and what decided so."""
    return await listing.list_days(session, wanted, language)


@router.put("/days/{date}", responses=raises(StaleVersion, TooLittleWork))
async def set_calendar_day(
    date: Date,
    data: DayIn,
    session: Session,
    actor: Editor,
    language: Language,
    if_match: IfMatch = None,
) -> DayOut:
    """The city's own word on a day; it beats public holidays and weekdays."""
    await service.set_days(session, actor, {date: data}, expected=if_match)
    return await listing.get_day(session, date, language)


@router.delete(
    "/days/{date}", status_code=204, responses=raises(NotFound, StaleVersion, TooLittleWork)
)
async def remove_calendar_day(
    date: Date, session: Session, actor: Editor, if_match: IfMatch = None
) -> None:
    """Take the city's word on a day back; old versions keep it."""
    await service.remove_day(session, actor, date, expected=if_match)


@router.get("/days.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_calendar_days(session: Session, actor: Reader) -> Response:
    """The city's own days as CSV: date, works, name, windows."""
    return Response(
        files.write(await queries.list_city_days(session)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="calendar-days.csv"'},
    )


@router.post("/days.csv", responses=raises(UnreadableDays, StaleVersion, TooLittleWork, TooLarge))
async def import_calendar_days(
    file: UploadFile, session: Session, actor: Editor, if_match: IfMatch = None
) -> DaysChanged:
    """Set the days of a CSV in one version; days that it does not name stay as they are."""
    days = files.read(await file.read())
    version, changed = await service.set_days(session, actor, days, expected=if_match)
    return DaysChanged(version=version, changed=changed)


@router.get("/deadline", responses=raises(OutOfReach))
async def get_deadline(
    session: Session, actor: Reader, language: Language, query: Annotated[DeadlineQuery, Query()]
) -> DeadlineOut:
    """When a limit that begins at a moment would end, with every window that is counted."""
    return await listing.get_deadline(session, query, language)

"""Who hears of what: a reader of the fact log that writes notices, each fact once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from asyncpg import Record
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.config import settings
from app.incidents import reader, rulebook
from app.notices.service import Message, notify
from app.people import queries as people
from app.people.models import Account
from app.permissions import Role

log = structlog.get_logger("announce")
READER = "announce"
AT_ONCE = 200


async def announce(stop: asyncio.Event) -> None:
    """Read on until told to stop."""
    await reader.follow(stop, READER, AT_ONCE, read_on)


async def read_on() -> int:
    """Tell of the next facts; returns how many were read, 0 when another worker reads.

    If one of them cannot be told they are told one by one, so that it does not hold up the others.
    """
    try:
        return await _read_on(tell)
    except Exception:
        log.warning("telling facts one by one", exc_info=True)
        return await _read_on(_tell_alone)


async def _read_on(tell_of: Callable[[AsyncSession, Record], Awaitable[int]]) -> int:
    async with db.transaction() as session:
        sql = db.statement("incidents/announce.sql")
        rows = await reader.next_rows(session, READER, sql, AT_ONCE)
        for row in rows:
            await tell_of(session, row)
        return len(rows)


@dataclass(frozen=True, slots=True)
class News:
    """One fact with what is needed to tell of it."""

    session: AsyncSession
    row: Record
    data: Mapping[str, Any]

    def person(self, name: str) -> set[UUID]:
        """A person that the fact's data name."""
        found = self.data.get(name)
        return {UUID(found)} if found else set()

    async def unit(self, *roles: Role) -> set[UUID]:
        """Who has one of these roles in the unit in charge; else in the units above it."""
        unit_id = self.row["unit_id"]
        if unit_id is None:
            return set()
        found = await people.members_of(self.session, [unit_id], roles)
        if found:
            return {account.id for account in found}
        above = await people.unit_and_above(self.session, unit_id)
        chosen = select(Account.id).where(
            Account.active, Account.unit_id.in_(above), Account.roles.overlap(list(roles))
        )
        return set(await self.session.scalars(chosen))

    async def on_duty(self, role: Role) -> set[UUID]:
        """Who has this duty where the case is."""
        found = await people.on_duty(self.session, role, self.row["path"], self.row["at"])
        return {account.id for account in found}


To = Callable[[News], Awaitable[set[UUID]]]


async def _handler(news: News) -> set[UUID]:
    """The person who has the case, else whoever of the unit may take it."""
    if news.row["handler_id"] is not None:
        return {news.row["handler_id"]}
    return await news.unit(Role.HANDLER, Role.UNIT_HEAD)


async def _with_heads(news: News) -> set[UUID]:
    """Who has the case and the heads of the unit; while nobody has it, the supervisors."""
    found = await _handler(news) | await news.unit(Role.UNIT_HEAD)
    return found or await news.on_duty(Role.SUPERVISOR)


async def _had_it(news: News) -> set[UUID]:
    """Who had the case before it was taken back."""
    if found := news.person("handler"):
        return found
    units = news.person("unit")
    people_ = await people.members_of(news.session, units, (Role.HANDLER, Role.UNIT_HEAD))
    return {account.id for account in people_}


async def _assigned(news: News) -> set[UUID]:
    return news.person("handler")


async def _assignee(news: News) -> set[UUID]:
    """Whose task it is; nobody's is told to the stewards of the place who had no hand in it."""
    if found := news.person("assignee"):
        return found
    return await news.on_duty(Role.STEWARD) - {news.row["reporter_id"], news.row["handler_id"]}


async def _in_stage(news: News) -> set[UUID]:
    """Who has the clock in hand: the unit, or whoever has claimed the case."""
    if news.data.get("stage") == "handle":
        return await _handler(news)
    return {news.row["claimed_by"]} - {None}


async def _rung(news: News) -> set[UUID]:
    """Whom the step of the ladder calls."""
    if news.data.get("to") == "supervisor":
        return await news.on_duty(Role.SUPERVISOR)
    if news.data.get("to") == "unit_head":
        return await news.unit(Role.UNIT_HEAD)
    return await _with_heads(news)


async def _deciders(news: News) -> set[UUID]:
    """Who decides on the request's next level."""
    kind = news.row["pending"]
    if kind is None:
        return set()
    approvals = (await rulebook.current()).approvals
    return await news.on_duty(approvals.role(kind, int(news.data.get("level", 0))))


async def _requester(news: News) -> set[UUID]:
    return {news.row["requested_by"]} - {None}


async def _reporters(news: News) -> set[UUID]:
    """The reporter, and those of all cases that were merged into this one."""
    return set(news.row["reporters"])


async def _reporters_and_requester(news: News) -> set[UUID]:
    return await _reporters(news) | await _requester(news)


async def _lapsed(news: News) -> set[UUID]:
    return news.person("lapsed_for")


async def _barred(news: News) -> set[UUID]:
    return {news.row["barred_id"]} - {None}


NEWS: Mapping[str, tuple[To, str, bool]] = {
    "dispatch": (_handler, "有新的案件派遣给您：{case}", False),
    "rework": (_handler, "案件返工：{case}", False),
    "resume": (_handler, "挂账案件已恢复：{case}", False),
    "return_feedback": (_handler, "反馈被退回，请继续处置：{case}", False),
    "assign": (_assigned, "案件指派给您：{case}", False),
    "delegate": (_assigned, "案件委托给您：{case}", False),
    "send_to_verify": (_assignee, "请到现场核实：{case}", False),
    "send_to_check": (_assignee, "请到现场核查：{case}", False),
    "forward_task": (_assignee, "任务转交给您：{case}", False),
    "warn": (_in_stage, "时限已用八成，{due} 到期：{case}", False),
    "overdue": (_in_stage, "已超时（{due} 到期）：{case}", True),
    "escalate": (_rung, "超时升级：{case}（{due} 到期）", True),
    "urge": (_handler, "催办：{case} {note}", True),
    "supervise": (_with_heads, "督办单 {number}：{case} {requirement}", True),
    "recall": (_had_it, "派遣已收回：{case} {reason}", False),
    "return": (_barred, "您派遣的案件被回退：{case} {reason}", False),
    "return_filing": (_barred, "您立案的案件被退回：{case} {reason}", False),
    "request_extension": (_deciders, "延期申请待审批：{case} {reason}", False),
    "request_suspension": (_deciders, "挂账申请待审批：{case} {reason}", False),
    "request_void": (_deciders, "作废申请待审批：{case} {reason}", False),
    "appeal": (_deciders, "超时申诉待审核：{case} {reason}", False),
    "approve": (_deciders, "申请待二级审批：{case}", False),
    "refuse": (_requester, "申请未获同意：{case} {opinion}", False),
    "extend": (_requester, "延期已批准：{case}", False),
    "suspend": (_requester, "挂账已批准：{case}", False),
    "exempt": (_requester, "申诉成立，该超时不计入考核：{case}", False),
    "void": (_reporters_and_requester, "案件已作废：{case} {opinion}", False),
    "reject": (_reporters, "您上报的案件不予受理：{case} {reason}", False),
    "merge": (_reporters, "您上报的案件已并入 {into_number}：{case}", False),
    "close": (_reporters, "您上报的案件已结案：{case} {note}", False),
}
"""Who hears of which fact, in which words, and whether it breaks through quiet hours."""


async def _tell_alone(session: AsyncSession, row: Record) -> int:
    """A fact that cannot be told goes into the log instead, and is passed over."""
    try:
        async with session.begin_nested():
            return await tell(session, row)
    except Exception:
        log.exception("a fact was not told", fact=row["id"], kind=row["kind"])
        return 0


LAPSED = (_lapsed, "您的申请因案件进入新的环节而终止：{case}", False)
"""What is told besides when a step has ended a request that waited."""


async def tell(session: AsyncSession, row: Record) -> int:
    """Tell the people whom a fact concerns; never the one who made it."""
    news = News(session, row, orjson.loads(row["data"]))
    told = await _one(news, *NEWS[row["kind"]]) if row["kind"] in NEWS else 0
    if "lapsed" in news.data:
        told += await _one(news, *LAPSED, key="lapsed:")
    return told


async def _one(news: News, to: To, words: str, urgent: bool, key: str = "") -> int:
    row = news.row
    recipients = await to(news) - {row["actor_id"]}
    if not recipients:
        return 0
    title = words.format_map(_words(row, news.data)).strip()
    message = Message(
        kind=row["kind"],
        title=title[:200],
        body=f"{title}\n{row['description']}\n{row['address'] or ''}".strip(),
        incident_id=row["incident_id"],
        urgent=urgent,
        key=f"{key}fact:{row['id']}",
    )
    return await notify(news.session, recipients, message, at=row["at"])


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _words(row: Record, data: Mapping[str, Any]) -> _Words:
    told = {name: str(value) for name, value in data.items() if value is not None}
    case = f"{row['number']} {row['category_name'] or ''}".strip()
    return _Words(told, case=case, due=_local(told.get("due_at")))


def _local(moment: str | None) -> str:
    if moment is None:
        return ""
    return f"{datetime.fromisoformat(moment).astimezone(settings().zone):%m-%d %H:%M}"

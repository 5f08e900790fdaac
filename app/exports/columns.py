"""The columns that an export may have: their Chinese titles, and how a case fills them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.config import settings
from app.incidents.guards import KINDS
from app.incidents.states import LABELS, SOURCES, Source, Stage, Status
from app.worktime.limits import Limit, LimitUnit

Case = Mapping[str, Any]
"""A case as `GET /incidents` gives it."""
Value = str | int | float | datetime | None


class ColumnName(StrEnum):
    """Every column, in the order in which people expect them."""

    NUMBER = "number"
    STATUS = "status"
    SOURCE = "source"
    KIND = "kind"
    CATEGORY = "category"
    CATEGORY_CODE = "category_code"
    DESCRIPTION = "description"
    ADDRESS = "address"
    AREA_CODE = "area_code"
    CELL_CODE = "cell_code"
    CELL = "cell"
    LON = "lon"
    LAT = "lat"
    STEWARD = "steward"
    OWNER = "owner"
    UNIT = "unit"
    REPORTED_AT = "reported_at"
    CAPTURED_AT = "captured_at"
    UPDATED_AT = "updated_at"
    ENDED_AT = "ended_at"
    STAGE = "stage"
    LIMIT = "limit"
    DUE_AT = "due_at"
    LIGHT = "light"
    OVERDUE_AT = "overdue_at"
    EXEMPT = "exempt"
    PENDING = "pending"
    SUSPENDED_UNTIL = "suspended_until"
    SELF_HANDLED = "self_handled"
    RETURN_COUNT = "return_count"
    REWORK_COUNT = "rework_count"
    EXTENSION_COUNT = "extension_count"
    SUSPENSION_COUNT = "suspension_count"
    ORDER_COUNT = "order_count"
    RECURRENCE_COUNT = "recurrence_count"


@dataclass(frozen=True, slots=True)
class Column:
    """A title, the width that its text needs, and its value for a case."""

    title: str
    width: int
    of: Callable[[Case], Value]


STAGES: Mapping[str, str] = {
    Stage.ACCEPT: "受理",
    Stage.VERIFY: "核实",
    Stage.FILE: "立案",
    Stage.DISPATCH: "派遣",
    Stage.HANDLE: "处置",
    Stage.CHECK: "核查",
    Stage.CLOSE: "结案",
}
CATEGORY_KINDS = {"component": "部件", "event": "事件"}
LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}


def moment(text: str | None) -> datetime | None:
    """A moment in the city's time, as a sheet holds it: without a zone."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(settings().zone).replace(tzinfo=None)


def _plain(name: str) -> Callable[[Case], Value]:
    return lambda case: case[name]


def _of(name: str, key: str) -> Callable[[Case], Value]:
    return lambda case: case[name][key] if case[name] else None


def _at(name: str) -> Callable[[Case], Value]:
    return lambda case: moment(case[name])


def _clock_at(key: str) -> Callable[[Case], Value]:
    return lambda case: moment(case["clock"][key])


def _called(names: Mapping[Any, str], of: Callable[[Case], Any]) -> Callable[[Case], Value]:
    return lambda case: names.get(of(case))


def _yes(of: Callable[[Case], Any]) -> Callable[[Case], Value]:
    return lambda case: "是" if of(case) else "否"


def _limit(case: Case) -> Value:
    given = case["limit"]
    if given is None:
        return None
    return Limit(Decimal(str(given["amount"])), LimitUnit(given["unit"])).label


_N = ColumnName
COLUMNS: Mapping[ColumnName, Column] = {
    _N.NUMBER: Column("案件编号", 18, _plain("number")),
    _N.STATUS: Column("状态", 10, lambda case: LABELS[Status(case["status"])]),
    _N.SOURCE: Column("来源", 8, lambda case: SOURCES[Source(case["source"])]),
    _N.KIND: Column("类型", 6, _called(CATEGORY_KINDS, _of("category", "kind"))),
    _N.CATEGORY: Column("类别", 16, _of("category", "name")),
    _N.CATEGORY_CODE: Column("类别代码", 10, _of("category", "code")),
    _N.DESCRIPTION: Column("问题描述", 48, _plain("description")),
    _N.ADDRESS: Column("位置", 32, _plain("address")),
    _N.AREA_CODE: Column("区域编码", 16, _of("cell", "area_code")),
    _N.CELL_CODE: Column("网格编码", 18, _of("cell", "code")),
    _N.CELL: Column("网格", 16, _of("cell", "name")),
    _N.LON: Column("经度", 12, _plain("lon")),
    _N.LAT: Column("纬度", 12, _plain("lat")),
    _N.STEWARD: Column("网格员", 10, _of("steward", "name")),
    _N.OWNER: Column("权属单位", 18, _of("owner", "name")),
    _N.UNIT: Column("处置单位", 18, _of("unit", "name")),
    _N.REPORTED_AT: Column("上报时间", 19, _at("reported_at")),
    _N.CAPTURED_AT: Column("发现时间", 19, _at("captured_at")),
    _N.UPDATED_AT: Column("更新时间", 19, _at("updated_at")),
    _N.ENDED_AT: Column("结束时间", 19, _at("ended_at")),
    _N.STAGE: Column("当前阶段", 10, _called(STAGES, _of("clock", "stage"))),
    _N.LIMIT: Column("处置时限", 14, _limit),
    _N.DUE_AT: Column("到期时间", 19, _clock_at("due_at")),
    _N.LIGHT: Column("红黄绿灯", 10, _called(LIGHTS, _of("clock", "light"))),
    _N.OVERDUE_AT: Column("处置超时时间", 19, _clock_at("overdue_at")),
    _N.EXEMPT: Column("超时免责", 10, _yes(_of("clock", "exempt"))),
    _N.PENDING: Column(
        "待审批", 10, lambda case: KINDS[case["pending"]][0] if case["pending"] else None
    ),
    _N.SUSPENDED_UNTIL: Column("挂账至", 19, _at("suspended_until")),
    _N.SELF_HANDLED: Column("自处理", 8, _yes(_plain("self_handled"))),
    _N.RETURN_COUNT: Column("回退次数", 10, _plain("return_count")),
    _N.REWORK_COUNT: Column("返工次数", 10, _plain("rework_count")),
    _N.EXTENSION_COUNT: Column("延期次数", 10, _plain("extension_count")),
    _N.SUSPENSION_COUNT: Column("挂账次数", 10, _plain("suspension_count")),
    _N.ORDER_COUNT: Column("督办次数", 10, _plain("order_count")),
    _N.RECURRENCE_COUNT: Column("复发次数", 10, _plain("recurrence_count")),
}

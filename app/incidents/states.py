"""Where a case can be, which stage clock runs there, and how a report comes in: pure data."""

from collections.abc import Mapping
from enum import StrEnum

from app.permissions import Permission


class Status(StrEnum):
    """Where a case is."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    HANDLED = "handled"
    CHECKING = "checking"
    CHECK_FAILED = "check_failed"
    CHECKED = "checked"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOIDED = "voided"
    MERGED = "merged"


ENDED = frozenset({Status.CLOSED, Status.REJECTED, Status.VOIDED, Status.MERGED})
OPEN = frozenset(Status) - ENDED
WITH_UNIT = frozenset({Status.DISPATCHED, Status.HANDLING})

LABELS: Mapping[Status, str] = {
    Status.REPORTED: "已上报",
    Status.VERIFYING: "核实中",
    Status.ACCEPTED: "待立案",
    Status.FILED: "待派遣",
    Status.DISPATCHED: "待处置",
    Status.HANDLING: "处置中",
    Status.SUSPENDED: "挂账",
    Status.HANDLED: "待核查",
    Status.CHECKING: "核查中",
    Status.CHECK_FAILED: "核查不通过",
    Status.CHECKED: "待结案",
    Status.CLOSED: "已结案",
    Status.REJECTED: "不予受理",
    Status.VOIDED: "已作废",
    Status.MERGED: "已合并",
}


class Stage(StrEnum):
    """A part of the way that has a limit of its own."""

    ACCEPT = "accept"
    VERIFY = "verify"
    FILE = "file"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    CHECK = "check"
    CLOSE = "close"


STAGES: Mapping[Status, Stage] = {
    Status.REPORTED: Stage.ACCEPT,
    Status.VERIFYING: Stage.VERIFY,
    Status.ACCEPTED: Stage.FILE,
    Status.FILED: Stage.DISPATCH,
    Status.DISPATCHED: Stage.HANDLE,
    Status.HANDLING: Stage.HANDLE,
    Status.HANDLED: Stage.CHECK,
    Status.CHECKING: Stage.CHECK,
    Status.CHECK_FAILED: Stage.DISPATCH,
    Status.CHECKED: Stage.CLOSE,
}
"""Whose clock runs in a state; in a suspended or ended case none does."""

KEPT: Mapping[Stage, frozenset[Status]] = {
    Stage.ACCEPT: frozenset({Status.VERIFYING}),
    Stage.HANDLE: OPEN,
}
"""Clocks that only pause when the case goes on to one of these states: it may come back.

The accept clock waits for the field's word; the handle clock waits out a return, a suspension and
the check, and is started anew for another unit or for rework.
"""


DESKS: Mapping[Status, Permission] = {
    Status.REPORTED: Permission.INCIDENT_ACCEPT,
    Status.ACCEPTED: Permission.INCIDENT_FILE,
    Status.FILED: Permission.INCIDENT_DISPATCH,
    Status.HANDLED: Permission.INCIDENT_SEND_TO_CHECK,
    Status.CHECK_FAILED: Permission.INCIDENT_DISPATCH,
    Status.CHECKED: Permission.INCIDENT_CLOSE,
}
"""Whose queue a case waits in: the permission of its next step."""


class Source(StrEnum):
    """How a report came in."""

    STEWARD = "steward"
    HOTLINE = "hotline"
    RESIDENT = "resident"
    CAMERA = "camera"
    LEADER = "leader"
    MEDIA = "media"
    PARTNER = "partner"
    SENSOR = "sensor"
    IMPORT = "import"
    OTHER = "other"


SOURCES: Mapping[Source, str] = {
    Source.STEWARD: "网格员",
    Source.HOTLINE: "热线",
    Source.RESIDENT: "市民",
    Source.CAMERA: "视频",
    Source.LEADER: "领导",
    Source.MEDIA: "媒体",
    Source.PARTNER: "协作单位",
    Source.SENSOR: "传感器",
    Source.IMPORT: "导入",
    Source.OTHER: "其他",
}
"""What people call them."""

"""What may be done and by which role: pure data."""

from enum import StrEnum


class Permission(StrEnum):
    """One verb that a route asks for."""

    GRID_READ = "grid:read"
    GRID_IMPORT = "grid:import"
    CATALOG_READ = "catalog:read"
    CATALOG_EDIT = "catalog:edit"
    CALENDAR_EDIT = "calendar:edit"
    RULES_EDIT = "rules:edit"
    STATISTICS_READ = "statistics:read"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    KEY_MANAGE = "key:manage"
    INCIDENT_READ = "incident:read"
    INCIDENT_REPORT = "incident:report"
    INCIDENT_PLACE = "incident:place"
    INCIDENT_ACCEPT = "incident:accept"
    INCIDENT_REJECT = "incident:reject"
    INCIDENT_FILE = "incident:file"
    INCIDENT_DISPATCH = "incident:dispatch"
    INCIDENT_HANDLE = "incident:handle"
    INCIDENT_ASSIGN = "incident:assign"
    INCIDENT_SELF_HANDLE = "incident:self_handle"
    INCIDENT_SEND_TO_CHECK = "incident:send_to_check"
    INCIDENT_CHECK = "incident:check"
    INCIDENT_CLOSE = "incident:close"
    INCIDENT_REOPEN = "incident:reopen"
    INCIDENT_REQUEST_VOID = "incident:request_void"
    INCIDENT_DECIDE = "incident:decide"
    INCIDENT_MERGE = "incident:merge"
    INCIDENT_CLAIM = "incident:claim"
    INCIDENT_URGE = "incident:urge"
    INCIDENT_SUPERVISE = "incident:supervise"
    INCIDENT_ADD_EVIDENCE = "incident:add_evidence"
    FACT_READ = "fact:read"
    CALLER_MANAGE = "caller:manage"


class Role(StrEnum):
    """Who somebody is: 网格员/监督员, 受理员, 值班长, 派遣员, 处置员, 部门负责人, 领导 …"""

    STEWARD = "steward"
    ACCEPTOR = "acceptor"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    LEADER = "leader"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"
    INTEGRATION = "integration"


_P = Permission
_READ = frozenset({_P.GRID_READ, _P.CATALOG_READ, _P.INCIDENT_READ, _P.FACT_READ})
_STAFF = _READ | {_P.PEOPLE_READ, _P.INCIDENT_REPORT}

_QUEUE = {_P.INCIDENT_CLAIM, _P.INCIDENT_MERGE, _P.INCIDENT_REQUEST_VOID, _P.INCIDENT_URGE}
_DESK = _STAFF | _QUEUE | {_P.INCIDENT_PLACE, _P.INCIDENT_ADD_EVIDENCE}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.STEWARD: _READ
    | {
        _P.INCIDENT_REPORT,
        _P.INCIDENT_CHECK,
        _P.INCIDENT_SELF_HANDLE,
        _P.INCIDENT_ADD_EVIDENCE,
    },
    Role.ACCEPTOR: _DESK
    | {
        _P.INCIDENT_ACCEPT,
        _P.INCIDENT_REJECT,
        _P.INCIDENT_SEND_TO_CHECK,
        _P.CALLER_MANAGE,
    },
    Role.SUPERVISOR: _DESK
    | {
        _P.INCIDENT_REJECT,
        _P.INCIDENT_FILE,
        _P.INCIDENT_CLOSE,
        _P.INCIDENT_REOPEN,
        _P.INCIDENT_DECIDE,
        _P.INCIDENT_SUPERVISE,
        _P.CALLER_MANAGE,
        _P.STATISTICS_READ,
    },
    Role.DISPATCHER: _DESK | {_P.INCIDENT_DISPATCH, _P.INCIDENT_DECIDE, _P.STATISTICS_READ},
    Role.HANDLER: _READ | {_P.INCIDENT_HANDLE, _P.INCIDENT_ADD_EVIDENCE},
    Role.UNIT_HEAD: _READ
    | {_P.PEOPLE_READ, _P.INCIDENT_HANDLE, _P.INCIDENT_ASSIGN, _P.INCIDENT_ADD_EVIDENCE},
    Role.LEADER: _READ
    | {
        _P.PEOPLE_READ,
        _P.INCIDENT_URGE,
        _P.INCIDENT_SUPERVISE,
        _P.INCIDENT_DECIDE,
        _P.STATISTICS_READ,
    },
    Role.EVALUATOR: _READ | {_P.PEOPLE_READ, _P.INCIDENT_DECIDE, _P.STATISTICS_READ},
    Role.ADMINISTRATOR: _READ
    | {
        _P.PEOPLE_READ,
        _P.PEOPLE_MANAGE,
        _P.KEY_MANAGE,
        _P.GRID_IMPORT,
        _P.CATALOG_EDIT,
        _P.CALENDAR_EDIT,
        _P.RULES_EDIT,
        _P.STATISTICS_READ,
    },
    Role.OBSERVER: _READ,
    Role.INTEGRATION: _READ
    | {
        _P.INCIDENT_REPORT,
        _P.INCIDENT_HANDLE,
        _P.INCIDENT_ADD_EVIDENCE,
        _P.CALLER_MANAGE,
    },
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All that the given roles may do together."""
    return frozenset().union(*(ROLES[Role(role)] for role in roles))

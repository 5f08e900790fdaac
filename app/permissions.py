"""What may be done and by which role: pure data."""

from enum import StrEnum


class Permission(StrEnum):
    """One verb that a route asks for."""

    GRID_READ = "grid:read"
    GRID_IMPORT = "grid:import"
    CATALOG_READ = "catalog:read"
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
    INCIDENT_SEND_TO_CHECK = "incident:send_to_check"
    INCIDENT_CHECK = "incident:check"
    INCIDENT_CLOSE = "incident:close"
    INCIDENT_REOPEN = "incident:reopen"
    INCIDENT_VOID = "incident:void"
    FACT_READ = "fact:read"


class Role(StrEnum):
    """Who somebody is in the centre (domain words: 监督员, 受理员, 值班长, 派遣员 …)."""

    STEWARD = "steward"
    ACCEPTOR = "acceptor"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"
    INTEGRATION = "integration"


_P = Permission
_READ = frozenset({_P.GRID_READ, _P.CATALOG_READ, _P.INCIDENT_READ, _P.FACT_READ})
_STAFF = _READ | {_P.PEOPLE_READ, _P.INCIDENT_REPORT}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.STEWARD: _READ | {_P.INCIDENT_REPORT, _P.INCIDENT_CHECK},
    Role.ACCEPTOR: _STAFF
    | {_P.INCIDENT_ACCEPT, _P.INCIDENT_REJECT, _P.INCIDENT_PLACE, _P.INCIDENT_SEND_TO_CHECK},
    Role.SUPERVISOR: _STAFF
    | {
        _P.INCIDENT_REJECT,
        _P.INCIDENT_PLACE,
        _P.INCIDENT_FILE,
        _P.INCIDENT_CLOSE,
        _P.INCIDENT_REOPEN,
        _P.INCIDENT_VOID,
    },
    Role.DISPATCHER: _STAFF | {_P.INCIDENT_DISPATCH, _P.INCIDENT_PLACE},
    Role.HANDLER: _READ | {_P.INCIDENT_HANDLE},
    Role.EVALUATOR: _READ | {_P.PEOPLE_READ},
    Role.ADMINISTRATOR: _READ | {_P.PEOPLE_READ, _P.PEOPLE_MANAGE, _P.KEY_MANAGE, _P.GRID_IMPORT},
    Role.OBSERVER: _READ,
    Role.INTEGRATION: _READ | {_P.INCIDENT_REPORT},
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All that the given roles may do together."""
    return frozenset().union(*(ROLES[Role(role)] for role in roles))

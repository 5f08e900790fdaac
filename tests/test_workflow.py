"""The table of moves, exactly as agreed, and what follows from it alone."""

from collections import deque

import pytest

from app.incidents.guards import DESKS
from app.incidents.states import ENDED, KEPT, LABELS, OPEN, STAGES, Stage, Status
from app.incidents.workflow import MOVES, Guard, Move, moves_from
from app.permissions import ROLES, Permission, Role

EXPECTED = {
    "reported": "accept>accepted reject>rejected merge>merged send_to_verify>verifying"
    " self_handle>handled void>voided"
    " | place claim unclaim reply_order request_void withdraw refuse approve urge supervise"
    " add_evidence",
    "verifying": "verify_exists>reported verify_not_exists>reported verify_unclear>reported"
    " recall_task>reported"
    " | place reply_order forward_task withdraw refuse approve urge supervise add_evidence",
    "accepted": "reject>rejected file>filed return_report>reported merge>merged void>voided"
    " | confirm_return place claim unclaim reply_order request_void withdraw refuse approve urge"
    " supervise add_evidence",
    "filed": "return_filing>accepted dispatch>dispatched merge>merged void>voided"
    " | confirm_return place claim unclaim reply_order request_void withdraw refuse approve urge"
    " supervise add_evidence",
    "dispatched": "take>handling return>filed recall>filed feed_back>handled suspend>suspended"
    " void>voided"
    " | place assign unassign reply_part reply_order request_extension request_suspension"
    " request_void withdraw refuse approve extend urge supervise add_evidence",
    "handling": "return>filed recall>filed feed_back>handled suspend>suspended void>voided"
    " | place assign unassign delegate reply_part reply_order request_extension"
    " request_suspension request_void withdraw refuse approve extend urge supervise add_evidence",
    "suspended": "void>voided resume>dispatched"
    " | place reply_order request_void withdraw refuse approve urge supervise add_evidence",
    "handled": "send_to_check>checking return_feedback>handling approve_self_handled>checked"
    " | place claim unclaim reply_order withdraw refuse approve urge supervise add_evidence",
    "checking": "check_fixed>checked check_not_fixed>check_failed check_unclear>handled"
    " recall_task>handled"
    " | place reply_order forward_task withdraw refuse approve urge supervise add_evidence",
    "check_failed": "rework>dispatched"
    " | place claim unclaim reply_order withdraw refuse approve urge supervise add_evidence",
    "checked": "close>closed return_check>handled"
    " | place claim unclaim reply_order withdraw refuse approve urge supervise add_evidence",
    "closed": "reopen>filed | appeal withdraw refuse approve exempt",
    "rejected": "reopen>reported |",
    "voided": "|",
    "merged": "unmerge>reported |",
}
"""For each state the moves that lead elsewhere, and after the bar those that stay."""

WHO = {
    "accept": "acceptor",
    "reject": "acceptor supervisor",
    "file": "supervisor",
    "return_report": "supervisor",
    "return_filing": "dispatcher",
    "dispatch": "dispatcher",
    "confirm_return": "supervisor leader",
    "recall": "dispatcher",
    "rework": "dispatcher",
    "close": "supervisor",
    "return_check": "supervisor",
    "reopen": "supervisor",
    "place": "acceptor supervisor dispatcher",
    "claim": "acceptor supervisor dispatcher",
    "unclaim": "acceptor supervisor dispatcher",
    "merge": "acceptor supervisor dispatcher",
    "unmerge": "acceptor supervisor dispatcher",
    "take": "handler unit_head integration",
    "assign": "unit_head",
    "unassign": "unit_head",
    "delegate": "handler unit_head integration",
    "return": "handler unit_head integration",
    "feed_back": "handler unit_head integration",
    "reply_part": "handler unit_head integration",
    "reply_order": "handler unit_head integration",
    "send_to_verify": "acceptor",
    "verify_exists": "steward",
    "verify_not_exists": "steward",
    "verify_unclear": "steward",
    "send_to_check": "acceptor",
    "check_fixed": "steward",
    "check_not_fixed": "steward",
    "check_unclear": "steward",
    "forward_task": "steward",
    "recall_task": "acceptor",
    "return_feedback": "acceptor",
    "self_handle": "steward",
    "approve_self_handled": "acceptor",
    "request_extension": "handler unit_head integration",
    "request_suspension": "handler unit_head integration",
    "request_void": "acceptor supervisor dispatcher",
    "appeal": "handler unit_head integration",
    "withdraw": "steward acceptor supervisor dispatcher handler unit_head leader evaluator"
    " administrator observer integration",
    "refuse": "supervisor dispatcher leader evaluator",
    "approve": "supervisor dispatcher leader evaluator",
    "extend": "supervisor dispatcher leader evaluator",
    "suspend": "supervisor dispatcher leader evaluator",
    "void": "supervisor dispatcher leader evaluator",
    "exempt": "supervisor dispatcher leader evaluator",
    "resume": "dispatcher",
    "urge": "acceptor supervisor dispatcher leader",
    "supervise": "supervisor leader",
    "add_evidence": "steward acceptor supervisor dispatcher handler unit_head integration",
}
"""Who holds the permission of a move."""


def agreed(status: Status) -> dict[str, str]:
    """The moves from a state as agreed, and where they lead."""
    goes, stays = EXPECTED[status].split("|")
    pairs = dict(part.split(">") for part in goes.split())
    return pairs | dict.fromkeys(stays.split(), str(status))


def reachable(start: Status) -> set[Status]:
    seen, waiting = {start}, deque([start])
    while waiting:
        here = waiting.popleft()
        fresh = {move.steps[here] for move in moves_from(here)} - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen


@pytest.mark.parametrize("status", Status)
def test_the_table_is_exactly_what_was_agreed(status: Status) -> None:
    found = {move.name: str(move.steps[status]) for move in moves_from(status)}
    assert found == agreed(status)


def test_every_move_may_be_made_by_exactly_these_roles() -> None:
    found = {
        name: {str(role) for role, granted in ROLES.items() if move.permission in granted}
        for name, move in MOVES.items()
    }
    assert found == {name: set(roles.split()) for name, roles in WHO.items()}


def test_every_state_can_be_reached_and_has_a_name() -> None:
    assert reachable(Status.REPORTED) == set(Status) == set(LABELS)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_from_every_open_state_a_case_can_end(status: Status) -> None:
    assert reachable(status) & ENDED


@pytest.mark.parametrize("status", sorted(OPEN))
def test_from_every_open_state_a_case_can_be_closed(status: Status) -> None:
    assert Status.CLOSED in reachable(status)


@pytest.mark.parametrize(("end", "name"), [(Status.VOIDED, "void"), (Status.SUSPENDED, "suspend")])
def test_only_an_approved_request_voids_or_suspends(end: Status, name: str) -> None:
    leading = {
        move.name: move.guards
        for move in MOVES.values()
        if any(to is end and status is not end for status, to in move.steps.items())
    }
    assert leading == {name: (Guard.DECIDES,)}


def test_nobody_files_and_dispatches_and_nobody_handles_and_checks() -> None:
    for one, other in (
        (Permission.INCIDENT_FILE, Permission.INCIDENT_DISPATCH),
        (Permission.INCIDENT_HANDLE, Permission.INCIDENT_CHECK),
        (Permission.INCIDENT_HANDLE, Permission.INCIDENT_CLOSE),
        (Permission.INCIDENT_CHECK, Permission.INCIDENT_CLOSE),
        (Permission.INCIDENT_REQUEST_VOID, Permission.INCIDENT_HANDLE),
    ):
        both = {role for role in Role if {one, other} <= ROLES[role]}
        assert not both, (one, other)


@pytest.mark.parametrize("move", MOVES.values(), ids=lambda move: move.name)
def test_moves_at_one_address_ask_for_one_permission(move: Move) -> None:
    sharing = [other for other in MOVES.values() if other.command == move.command]
    assert {other.permission for other in sharing} == {move.permission}


def test_a_clock_runs_in_every_open_state_but_a_suspended_one() -> None:
    assert set(STAGES) == OPEN - {Status.SUSPENDED}
    assert set(STAGES.values()) == set(Stage)
    assert all(not states & ENDED for states in KEPT.values())


@pytest.mark.parametrize("status", DESKS)
def test_a_queue_waits_for_who_can_move_the_case_on(status: Status) -> None:
    onward = {move.permission for move in moves_from(status) if move.steps[status] is not status}
    assert DESKS[status] in onward
    assert {"claim", "unclaim"} <= {move.name for move in moves_from(status)}


def test_only_states_with_a_queue_can_be_claimed() -> None:
    claimable = {status for status in Status if status in MOVES["claim"].steps}
    assert claimable == set(DESKS)

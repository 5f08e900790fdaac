"""The table of moves, walked exhaustively."""

from collections import deque

import pytest

from app.incidents.workflow import ENDED, LABELS, MOVES, OPEN, Status, moves_from
from app.permissions import ROLES, Permission

EXPECTED = {
    ("reported", "accept", "accepted"),
    ("reported", "reject", "rejected"),
    ("accepted", "reject", "rejected"),
    ("accepted", "file", "filed"),
    ("filed", "dispatch", "dispatched"),
    ("dispatched", "take", "handling"),
    ("dispatched", "return", "filed"),
    ("handling", "return", "filed"),
    ("dispatched", "feed_back", "handled"),
    ("handling", "feed_back", "handled"),
    ("handled", "send_to_check", "checking"),
    ("checking", "pass_check", "checked"),
    ("checking", "fail_check", "filed"),
    ("checked", "close", "closed"),
    ("closed", "reopen", "filed"),
    ("rejected", "reopen", "reported"),
    ("reported", "void", "voided"),
    ("accepted", "void", "voided"),
    ("filed", "void", "voided"),
    ("dispatched", "void", "voided"),
    ("handling", "void", "voided"),
} | {(status, "place", status) for status in OPEN}


def test_the_table_is_exactly_what_was_agreed() -> None:
    found = {
        (status, move.name, move.steps[status])
        for move in MOVES.values()
        for status in Status
        if status in move.steps
    }
    assert found == EXPECTED


def test_every_state_can_be_reached_and_has_a_name() -> None:
    seen, waiting = {Status.REPORTED}, deque([Status.REPORTED])
    while waiting:
        here = waiting.popleft()
        fresh = {move.steps[here] for move in moves_from(here)} - seen
        seen |= fresh
        waiting.extend(fresh)
    assert seen == set(Status) == set(LABELS)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_from_every_open_state_a_case_can_end(status: Status) -> None:
    seen, waiting = {status}, deque([status])
    while waiting:
        fresh = {move.steps[s] for s in [waiting.popleft()] for move in moves_from(s)} - seen
        seen |= fresh
        waiting.extend(fresh)
    assert seen & ENDED


@pytest.mark.parametrize("move", MOVES.values(), ids=lambda move: move.name)
def test_somebody_may_make_every_move_and_an_observer_none(move: object) -> None:
    permission: Permission = move.permission  # type: ignore[attr-defined]
    holders = {role for role, granted in ROLES.items() if permission in granted}
    assert holders
    assert not holders & {"observer", "integration", "evaluator"}


def test_the_one_who_files_does_not_dispatch_and_the_handler_does_not_check() -> None:
    assert Permission.INCIDENT_DISPATCH not in ROLES["supervisor"]  # type: ignore[index]
    assert Permission.INCIDENT_CHECK not in ROLES["handler"]  # type: ignore[index]
    assert Permission.INCIDENT_FILE not in ROLES["dispatcher"]  # type: ignore[index]

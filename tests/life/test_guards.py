"""Every state, every move, every role; and every guard of a move, broken by itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.auth import Actor
from app.db import new_id
from app.incidents import guards, refusals
from app.incidents.case import EVERYTHING, Case
from app.incidents.errors import NotYourUnit
from app.incidents.models import Incident
from app.incidents.proof import Photos
from app.incidents.rules import Rules
from app.incidents.states import Status
from app.incidents.workflow import MOVES, Guard, Move
from app.permissions import ROLES, Role
from app.problems import AppError
from tests.life.arranging import HOUR, NOW, World, arranged, expected

WORLD = World(new_id(), new_id(), new_id(), new_id())
ME = new_id()
G = Guard


def an_actor(role: Role) -> Actor:
    return Actor(
        ME, role, role, (role,), ROLES[role], frozenset({WORLD.unit}), frozenset(), frozenset()
    )


def a_case(status: Status, name: str, role: Role) -> Case:
    """A case in memory with all that the move wants, about which everything is known."""
    found = arranged(status, name, ME, role, WORLD)
    return Case(
        session=None,  # type: ignore[arg-type]
        actor=an_actor(role),
        incident=Incident(id=WORLD.incident, **found.columns),
        at=NOW,
        rules=found.rules,
        calendar=None,  # type: ignore[arg-type]
        task=found.task,
        application=found.application,
        parts=[found.part] if found.part else [],
        order=found.order,
        photos=Photos(frozenset({"before", "after"}), proves=True),
        known=set(EVERYTHING),
    )


def slug(refusal: AppError | None) -> str | None:
    return refusal.slug if refusal is not None else None


@pytest.mark.parametrize("role", Role)
def test_every_triple_of_state_move_and_role_is_judged_as_the_table_says(role: Role) -> None:
    for status in Status:
        for name, move in MOVES.items():
            found = slug(guards.why_not(a_case(status, name, role), move))
            assert found == expected(status, name, role), (status, name, role)


def _incident(**columns: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        for name, value in columns.items():
            setattr(case.incident, name, value)

    return change


def _no_unit(case: Case) -> None:
    case.actor = replace(case.actor, units=frozenset())


def _parts_open(case: Case) -> None:
    case.parts = [arranged(Status.HANDLING, "reply_part", ME, Role.HANDLER, WORLD).part]  # type: ignore[list-item]


def _part_done(case: Case) -> None:
    case.parts[0].done_at = NOW


def _others_task(case: Case) -> None:
    case.task.assignee_id = WORLD.somebody  # type: ignore[union-attr]


def _asked_by(who: UUID) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.application.requested_by = who  # type: ignore[union-attr]

    return change


def _no_order(case: Case) -> None:
    case.order = None


def _photos(*stages: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.photos = Photos(frozenset(stages), proves=False)

    return change


CLAIMED = _incident(claimed_by=WORLD.somebody, claimed_at=NOW)
BROKEN: Mapping[Guard, tuple[Callable[[Case], None], type[AppError]]] = {
    G.IN_CHARGE: (_no_unit, NotYourUnit),
    G.UNCLAIMED: (CLAIMED, refusals.ClaimedByOther),
    G.CLAIMABLE: (CLAIMED, refusals.ClaimedByOther),
    G.CLAIM_MINE: (CLAIMED, refusals.NotClaimed),
    G.NOT_BARRED: (_incident(barred_id=ME), refusals.Barred),
    G.PLACED: (_incident(cell_code=None), refusals.NoCell),
    G.CONFIRMS_RETURN: (_incident(barred_id=ME), refusals.NothingReturned),
    G.ASSIGNMENT_REVOKED: (_incident(handler_id=WORLD.somebody), refusals.AssignmentStands),
    G.HAS_HANDLER: (_incident(handler_id=None), refusals.NoHandler),
    G.HANDLED_BY_ME: (_incident(handler_id=WORLD.somebody), refusals.NotYourCase),
    G.NOT_ANOTHERS: (_incident(handler_id=WORLD.somebody), refusals.NotYourCase),
    G.PARTS_DONE: (_parts_open, refusals.PartsOpen),
    G.PART_MINE: (_part_done, refusals.NoPart),
    G.TASK_MINE: (_others_task, refusals.NotYourTask),
    G.IMPARTIAL: (_incident(reporter_id=ME), refusals.NotImpartial),
    G.MY_REPORT: (_incident(reporter_id=WORLD.somebody), refusals.NotYourReport),
    G.BEFORE_AND_AFTER: (_photos("before", "check"), refusals.PhotosMissing),
    G.SELF_HANDLED: (_incident(self_handled=False), refusals.NotSelfHandled),
    G.BY_UNIT: (_incident(self_handled=True), refusals.SelfHandled),
    G.AFTER_PHOTO: (_photos("before", "after"), refusals.NoAfterPhoto),
    G.NOTHING_PENDING: (_incident(pending="void"), refusals.RequestPending),
    G.IN_TIME: (_incident(due_at=NOW - HOUR), refusals.TooLate),
    G.EXTENSIONS_LEFT: (_incident(extension_count=2), refusals.NoneLeft),
    G.SUSPENSIONS_LEFT: (_incident(suspension_count=1), refusals.NoneLeft),
    G.APPEALABLE: (_incident(overdue_at=None), refusals.NotAppealable),
    G.DECIDES: (_asked_by(ME), refusals.MayNotDecide),
    G.REQUEST_MINE: (_asked_by(WORLD.somebody), refusals.NotYourRequest),
    G.ORDERED: (_no_order, refusals.NoOrder),
}


def test_every_guard_can_be_broken_here_and_guards_something() -> None:
    used = {guard for move in MOVES.values() for guard in move.guards}
    assert set(BROKEN) == set(Guard) == used


def a_holder(move: Move, status: Status) -> Role:
    """Some role that makes the move; a supervisor only where nobody else does."""
    roles = [role for role in Role if expected(status, move.name, role) is None]
    return min(roles, key=lambda role: role is Role.SUPERVISOR)


GUARDED = [(move, guard) for move in MOVES.values() for guard in move.guards]


@pytest.mark.parametrize(("move", "guard"), GUARDED, ids=lambda value: getattr(value, "name", ""))
def test_a_broken_guard_refuses_by_its_name_and_the_system_passes(move: Move, guard: Guard) -> None:
    change, refusal = BROKEN[guard]
    for status in move.steps:
        case = a_case(status, move.name, a_holder(move, status))
        change(case)
        assert type(guards.why_not(case, move)) is refusal, status
        case.system = True
        assert guards.why_not(case, move) is None


SWITCHES = {
    G.NOT_BARRED: "return_needs_another",
    G.PARTS_DONE: "parts_before_feedback",
    G.IMPARTIAL: "impartial_checks",
    G.BEFORE_AND_AFTER: "self_handling_needs_photos",
    G.AFTER_PHOTO: "close_needs_after_photo",
}


@pytest.mark.parametrize(
    ("move", "guard"),
    [(move, guard) for move, guard in GUARDED if guard in SWITCHES],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_city_may_switch_a_guard_off(move: Move, guard: Guard) -> None:
    (status, *_) = move.steps
    case = a_case(status, move.name, a_holder(move, status))
    BROKEN[guard][0](case)
    case.rules = Rules.model_validate({SWITCHES[guard]: False})
    assert guards.why_not(case, move) is None


@pytest.mark.parametrize("name", ["accept", "claim"])
def test_a_claim_holds_until_it_runs_out(name: str) -> None:
    case = a_case(Status.REPORTED, name, Role.ACCEPTOR)
    CLAIMED(case)
    end = NOW + HOUR / 2
    for at, slugs in ((end - HOUR / 3600, "claimed-by-other"), (end, None)):
        case.at = at
        assert slug(guards.why_not(case, MOVES[name])) == slugs


def test_a_supervisor_releases_anybodys_claim() -> None:
    case = a_case(Status.CHECKED, "unclaim", Role.SUPERVISOR)
    CLAIMED(case)
    assert guards.why_not(case, MOVES["unclaim"]) is None


@pytest.mark.parametrize("name", ["approve", "extend", "suspend", "void"])
def test_only_the_decision_that_the_request_asks_for_can_be_made(name: str) -> None:
    case = a_case(Status.HANDLING, name, Role.DISPATCHER)
    made = {
        other
        for other in ("approve", "extend", "suspend", "void", "refuse")
        if guards.why_not(case, MOVES[other]) is None
    }
    assert made == {name, "refuse"}


def test_an_appeal_comes_within_its_days() -> None:
    case = a_case(Status.CLOSED, "appeal", Role.HANDLER)
    for days, slugs in ((30, None), (30.001, "not-appealable")):
        case.at = NOW + 24 * days * HOUR
        assert slug(guards.why_not(case, MOVES["appeal"])) == slugs

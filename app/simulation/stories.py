"""What can happen to a case: each story is one way through the table of moves, in order."""

from collections.abc import Mapping

from app.incidents import moves_in as m
from app.incidents import refusals as r
from app.incidents.errors import IllegalMove, NotYourUnit, NoUnit
from app.media.models import Stage
from app.simulation import ways
from app.simulation.contested import (
    appealed,
    appealed_in_vain,
    extended,
    not_extended,
    not_voided,
    ordered,
    raised,
    resumed,
    suspended,
    voided,
)
from app.simulation.play import IN_THE_FIELD, SOON, Play, Steps, Story


def plain(p: Play) -> Steps:
    """Nothing special."""
    if p.rng.random() < 0.4:
        yield p.shoot("reporter", Stage.REPORT, within=SOON)
    yield from ways.whole(p)


def repeated(p: Play) -> Steps:
    """The same matter as another case: merged into it for good."""
    if p.main is None:
        yield from ways.whole(p)
    else:
        yield p.do("acceptor", "merge", m.Merge(into=p.main.id), within=SOON)


def parted(p: Play) -> Steps:
    """Merged by mistake."""
    if p.main is not None:
        yield p.do("acceptor", "merge", m.Merge(into=p.main.id), within=SOON)
        yield p.do("acceptor2", "unmerge")
    yield from ways.whole(p)


def not_fixed(p: Play) -> Steps:
    """The check finds it undone: again, with the whole limit."""
    yield from ways.handled(p)
    yield p.do("acceptor", "send_to_check")
    yield p.do("assignee", "check_not_fixed", within=IN_THE_FIELD)
    yield p.do("dispatcher", "rework")
    yield from ways.work(p)


def returned(p: Play) -> Steps:
    """Not this unit's: who dispatched it needs another person's word before doing so again."""
    yield from ways.taken(p)
    yield p.do("handler", "return")
    yield p.do("dispatcher", "dispatch", m.Dispatch(unit=p.crews[1].unit_id), refused=r.Barred)
    yield p.do("supervisor", "confirm_return")
    yield from ways.send(p, to=1)
    yield from ways.work(p)


def returned_to_another(p: Play) -> Steps:
    """Not this unit's: another dispatcher sends it on."""
    yield from ways.dispatched(p)
    yield p.do("head", "return")
    yield from ways.send(p, "dispatcher2", to=1)
    yield from ways.work(p)


def recalled(p: Play) -> Steps:
    """Sent to the wrong unit: the dispatcher takes it back and sends it to the right one."""
    yield from ways.taken(p)
    yield p.do("dispatcher", "recall")
    yield from ways.send(p, to=1)
    yield from ways.work(p)


def filing_returned(p: Play) -> Steps:
    """Wrongly filed: who filed it needs another person's word."""
    yield from ways.filed(p)
    yield p.do("dispatcher", "return_filing")
    yield p.do("supervisor", "file", refused=r.Barred)
    yield p.do("supervisor2", "confirm_return")
    yield from ways.pursue(p)


def report_returned(p: Play) -> Steps:
    """Wrongly accepted."""
    yield from ways.accepted(p)
    yield p.do("supervisor", "return_report")
    yield from ways.whole(p)


def rejected(p: Play) -> Steps:
    """Not taken up."""
    yield p.do("acceptor", "reject")


def rejected_wrongly(p: Play) -> Steps:
    """Not taken up, then taken up after all."""
    yield p.do("acceptor", "reject")
    yield p.do("supervisor", "reopen")
    yield from ways.whole(p)


def reopened(p: Play) -> Steps:
    """It was not done after all."""
    yield from ways.whole(p)
    yield p.do("supervisor", "reopen", within=IN_THE_FIELD)
    yield from ways.send(p, "dispatcher2", to=1)
    yield from ways.work(p)


def verified(p: Play) -> Steps:
    """Somebody looks first."""
    yield p.do("acceptor", "send_to_verify")
    yield p.shoot("assignee", Stage.VERIFY, within=IN_THE_FIELD)
    yield p.do("assignee", "verify_exists")
    yield from ways.whole(p)


def not_there(p: Play) -> Steps:
    """Somebody looks first and finds nothing."""
    yield p.do("acceptor", "send_to_verify")
    yield p.do("assignee", "verify_not_exists", within=IN_THE_FIELD)
    yield p.do("acceptor", "reject")


def unclear(p: Play) -> Steps:
    """Tasks that go from hand to hand."""
    yield p.do("acceptor", "send_to_verify")
    yield p.do("assignee", "verify_unclear", within=IN_THE_FIELD)
    yield p.do("acceptor", "send_to_verify")
    yield p.do("assignee", "forward_task", m.Forward(assignee=p.other_steward.id))
    yield p.do("assignee", "verify_exists", within=IN_THE_FIELD)
    yield from ways.handled(p)
    yield p.do("acceptor", "send_to_check")
    yield p.do("assignee", "check_unclear", within=IN_THE_FIELD)
    yield p.do("acceptor", "send_to_check")
    yield p.do("acceptor", "recall_task")
    yield from ways.ending(p)


def together(p: Play) -> Steps:
    """Two units: the leading one waits for the other."""
    yield from ways.filed(p)
    lead, other = p.crews[0].unit_id, p.crews[1].unit_id
    yield p.do("dispatcher", "dispatch", m.Dispatch(unit=lead, co=(other,)))
    yield from ways.take(p)
    yield p.do("handler", "feed_back", refused=r.PartsOpen)
    if lead not in p.crews[1].head.units:
        yield p.do("co_handler", "feed_back", refused=NotYourUnit)
    yield p.do("co_handler", "reply_part")
    yield p.do("co_handler", "reply_part", refused=r.NoPart)
    yield from ways.finish(p)


def handed_on(p: Play) -> Steps:
    """Assigned, taken back, assigned to another, handed over."""
    yield from ways.dispatched(p)
    one, two = (handler.id for handler in p.crews[0].handlers)
    yield p.do("head", "assign", m.Assign(handler=one))
    yield p.do("handler2", "return", refused=r.AssignmentStands)
    yield p.do("head", "unassign")
    yield p.do("head", "assign", m.Assign(handler=two))
    yield p.do("handler2", "take")
    yield p.do("handler2", "delegate", m.Assign(handler=one))
    yield from ways.finish(p)


def claimed(p: Play) -> Steps:
    """One desk, two people; and the class was another one."""
    yield p.do("acceptor", "claim", within=SOON)
    yield p.do("acceptor2", "accept", within=SOON, refused=r.ClaimedByOther)
    yield p.do("acceptor", "unclaim", within=SOON)
    yield p.do("acceptor2", "accept", m.Accept(category=p.matter.category), within=SOON)
    yield from ways.pursue(p)


def self_handled(p: Play) -> Steps:
    """Fixed by the one who reported it: two photos, and a third person agrees."""
    yield p.do("reporter", "self_handle", within=SOON, refused=r.PhotosMissing)
    yield p.shoot("reporter", Stage.BEFORE, within=SOON)
    yield p.shoot("reporter", Stage.AFTER)
    yield p.do("reporter", "self_handle", within=SOON)
    yield p.do("acceptor", "approve_self_handled")
    yield from ways.close(p)


def self_handled_badly(p: Play) -> Steps:
    """Said to be fixed on the spot, but it is not: to a unit."""
    yield p.shoot("reporter", Stage.BEFORE, within=SOON)
    yield p.shoot("reporter", Stage.AFTER)
    yield p.do("reporter", "self_handle", within=SOON)
    yield p.do("acceptor", "return_feedback", refused=r.SelfHandled)
    yield p.do("acceptor", "send_to_check")
    yield p.do("assignee", "check_not_fixed", within=IN_THE_FIELD)
    yield p.do("dispatcher", "rework", refused=NoUnit)
    yield p.do("dispatcher", "rework", m.Rework(unit=p.crews[0].unit_id))
    yield from ways.work(p)


def outside(p: Play) -> Steps:
    """Reported from outside every cell."""
    nearest = (p.told.get("suggestion") or {}).get("cell")
    yield p.do("acceptor", "place", m.Placing(cell=nearest), within=SOON)
    yield from ways.whole(p)


def checked_again(p: Play) -> Steps:
    """Sent back from the last desks: to the unit, and to another check."""
    yield from ways.handled(p)
    yield p.do("acceptor", "return_feedback")
    yield from ways.feed_back(p)
    yield from ways.check(p)
    yield p.do("supervisor", "return_check")
    yield p.do("supervisor", "close", refused=IllegalMove)
    yield from ways.ending(p)


def old_photo(p: Play) -> Steps:
    """Proved with a picture of another case: it does not close with that."""
    yield from ways.taken(p)
    yield p.shoot("handler", Stage.AFTER, old=True)
    yield p.do("handler", "feed_back")
    yield from ways.check(p)
    yield p.do("supervisor", "close", refused=r.NoAfterPhoto)
    yield p.shoot("handler", Stage.AFTER)
    yield from ways.close(p)


STORIES: Mapping[str, Story] = {
    story.__name__: story
    for story in (
        plain, repeated, parted, appealed, appealed_in_vain, reopened, suspended, resumed,
        not_fixed, raised, ordered, unclear, returned, returned_to_another, recalled,
        filing_returned,
        report_returned, rejected, rejected_wrongly, verified, not_there, together, handed_on,
        extended, not_extended, voided, not_voided, claimed, self_handled, self_handled_badly,
        outside, checked_again, old_photo,
    )
}  # fmt: skip
"""By name, in the order in which a day begins with them: those that take long come first."""
REPEATS = {"repeated", "parted"}
LATE = {"appealed", "appealed_in_vain"}
OUTSIDE = {"outside"}
